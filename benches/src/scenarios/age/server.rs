//! The server of the positions.

use std::io::Write as _;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use nano::{App, Group, Session, Tls, WebSocket, WebTransport, component, push};

use super::{Options, PORT, line};

/// What the server pushes.
#[push]
pub(super) trait PositionPush {
    /// The clock of the server, in microseconds.
    #[push(name = "onMove", class = latest)]
    fn moved(clock: u64);
}

/// All clients, and the rate of the positions.
struct Field {
    everybody: Group,
    rate: u32,
}

#[component]
impl Field {
    #[on(init)]
    fn start(&self, ctx: &nano::Context<Self>) {
        ctx.every(Duration::from_secs(1) / self.rate, |field| {
            // Nobody may be there yet.
            let _ = PositionPush::to(&field.everybody).moved(&now());
        });
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) -> nano::Result<()> {
        self.everybody.add(session)
    }
}

/// The machine's clock, in microseconds.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_micros() as u64
}

/// Serves until this process ends, and tells the hash of the certificate.
pub(super) async fn run(options: Options) -> Result<()> {
    let tls = Tls::self_signed([line::SERVER])?;
    let address = (line::SERVER, PORT);
    let address = format!("{}:{}", address.0, address.1);
    let server = App::new()
        .component(Field { everybody: Group::new(), rate: options.rate })
        .push(PositionPush)
        .listen(WebSocket::bind(&address))
        .listen(WebTransport::bind(&address).tls(&tls))
        .start()
        .await
        .context("the server of the positions does not start")?;
    writeln!(std::io::stdout(), "{}", tls.certificate_hash().unwrap_or_default())?;
    server.run().await?;
    Ok(())
}

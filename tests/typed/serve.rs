//! The command line of both servers.

use std::time::Duration;

use nano::{App, Error, Result, Tcp, WebSocket};

const USAGE: &str = "options: --listen ADDRESS (WebSocket), --tcp ADDRESS; 127.0.0.1:0 is the default of both; --heartbeat SECONDS";

/// Serves the app over WebSocket and TCP, and prints where.
pub(crate) async fn serve(mut app: App) -> Result<()> {
    let [mut listen, mut tcp] = ["127.0.0.1:0"; 2].map(String::from);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match (name.as_str(), arguments.next()) {
            ("--listen", Some(address)) => listen = address,
            ("--tcp", Some(address)) => tcp = address,
            ("--heartbeat", Some(seconds)) => {
                let seconds = seconds
                    .parse()
                    .map_err(|_| Error::internal(format!("{seconds:?} is no number of seconds")))?;
                app = app.heartbeat(Duration::from_secs(seconds));
            }
            _ => return Err(Error::internal(format!("`{name}` is not understood; {USAGE}"))),
        }
    }
    let server =
        app.listen(WebSocket::bind(listen).path("/nano")).listen(Tcp::bind(tcp)).start().await?;
    let [websocket, tcp] = server.addresses() else {
        return Err(Error::internal("two listeners have two addresses"));
    };
    // The reader of the addresses may send a signal at once, so signals are handled from here on.
    let (ran, ()) = tokio::join!(biased; server.run(), async {
        println!("websocket  ws://{websocket}/nano");
        println!("tcp        tcp://{tcp}");
    });
    ran
}

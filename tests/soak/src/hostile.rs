//! Clients that misbehave, each in one of many ways, over and over.

mod packets;
mod sockets;

use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, timeout};

use crate::connection::{Stream, Target, Transport, UPGRADE, reset};
use crate::ledger::Ledger;
use crate::packet::{ACK, HANDSHAKE, packet};

/// The bytes that precede the misbehaviour.
#[derive(Clone, Copy, Debug)]
enum Opening {
    Nothing,
    /// The request for a WebSocket.
    Upgrade,
    /// The handshake, without its ack.
    Handshake,
    /// The whole handshake.
    Working,
}

/// The misbehaviour itself.
enum Act {
    /// Sends the bytes, reads until the end, and finds a fault in a server that does not end the connection.
    IsEnded(Vec<u8>),
    /// Sends one byte after the other. The server ends the connection.
    Drips(Vec<u8>),
    /// Sends the bytes, reads for a moment, and goes.
    Goes(Vec<u8>),
    /// Sends the bytes, and resets the connection.
    Resets(Vec<u8>),
    /// Sends the bytes again and again, and never reads.
    Floods(Vec<u8>),
}

struct Behaviour {
    name: &'static str,
    /// The way to the server; `None` is the port for TLS, without TLS.
    transport: Option<Transport>,
    opening: Opening,
    act: fn(&mut Rng) -> Act,
}

const TCP: Option<Transport> = Some(Transport { is_tls: false, is_websocket: false });
const WEBSOCKET: Option<Transport> = Some(Transport { is_tls: false, is_websocket: true });
const TLS: Option<Transport> = Some(Transport { is_tls: true, is_websocket: false });

/// The time of a flood.
const FLOOD: Duration = Duration::from_secs(3);

fn behaviours() -> impl Iterator<Item = &'static Behaviour> {
    packets::BEHAVIOURS.iter().chain(sockets::BEHAVIOURS)
}

/// Returns the number of behaviours.
pub(crate) fn count() -> usize {
    behaviours().count()
}

/// Misbehaves until a moment, in one way after another.
pub(crate) async fn run(
    index: usize,
    target: Target,
    ledger: Ledger,
    mut rng: Rng,
    until: Instant,
) {
    let all: Vec<_> = behaviours().collect();
    // Neighbours begin with different ones, so that a short run has all of them.
    let mut at = index;
    while Instant::now() < until {
        let behaviour = all[at % all.len()];
        at += 1;
        let since = Instant::now();
        match behaviour.run(&target, &mut rng).await {
            Ok(()) => {
                ledger.count("hostile connections", 1);
                ledger.behaved(behaviour.name);
                ledger.took("end of a hostile client", since.elapsed(), || behaviour.name.into());
            }
            Err(fault) => ledger.fault(format!("a hostile client ({}): {fault}", behaviour.name)),
        }
        sleep(Duration::from_millis(rng.u64(..500))).await;
    }
}

impl Behaviour {
    async fn run(&self, target: &Target, rng: &mut Rng) -> Result<(), String> {
        let stream = match self.transport {
            Some(transport) => target.stream(transport, None).await,
            None => target.plain().await,
        };
        let mut stream = stream.map_err(|error| format!("{error:#}"))?;
        let opening = match self.opening {
            Opening::Nothing => Vec::new(),
            Opening::Upgrade => UPGRADE.into(),
            Opening::Handshake => packet(HANDSHAKE, b"{}"),
            Opening::Working => [packet(HANDSHAKE, b"{}"), packet(ACK, b"")].concat(),
        };
        match (self.act)(rng) {
            Act::IsEnded(bytes) => {
                // The server may end the connection while more is written.
                let _ = stream.write_all(&[opening, bytes].concat()).await;
                let _ = stream.flush().await;
                is_ended(&mut stream, target).await
            }
            Act::Drips(bytes) => {
                let drip = async {
                    for byte in [opening, bytes].concat() {
                        if stream.write_all(&[byte]).await.is_err() || stream.flush().await.is_err()
                        {
                            return;
                        }
                        sleep(Duration::from_millis(300)).await;
                    }
                };
                let _ = timeout(target.patience, drip).await;
                is_ended(&mut stream, target).await
            }
            Act::Goes(bytes) => {
                let _ = stream.write_all(&[opening, bytes].concat()).await;
                let _ = stream.flush().await;
                let _ = timeout(Duration::from_millis(500), drain(&mut stream)).await;
                Ok(())
            }
            Act::Resets(bytes) => {
                let _ = stream.write_all(&[opening, bytes].concat()).await;
                let _ = stream.flush().await;
                reset(&stream);
                Ok(())
            }
            Act::Floods(bytes) => {
                let flood = async {
                    let mut written = stream.write_all(&opening).await;
                    while written.is_ok() {
                        written = stream.write_all(&bytes).await;
                    }
                };
                let _ = timeout(FLOOD, flood).await;
                reset(&stream);
                Ok(())
            }
        }
    }
}

async fn drain(stream: &mut Stream) {
    let mut bytes = [0; 4096];
    while stream.read(&mut bytes).await.is_ok_and(|read| read > 0) {}
}

/// Reads until the server ends the connection, which has broken the protocol, or does not open.
async fn is_ended(stream: &mut Stream, target: &Target) -> Result<(), String> {
    timeout(target.patience, drain(stream))
        .await
        .map_err(|_| format!("the server has not ended it after {:?}", target.patience))
}

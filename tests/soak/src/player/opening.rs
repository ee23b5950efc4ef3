//! The handshake of a player, for a new session or for one that it comes back to.

use std::collections::{HashMap, VecDeque};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::packet::{self, ACK, HANDSHAKE, packet};

/// The kinds of clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Nano,
    Pitaya,
    Native,
}

/// The number of sent packets that a client keeps for its return.
const KEPT: usize = 1024;

/// A client's side of a session that outlives its connections.
#[derive(Default)]
pub(super) struct Kept {
    token: String,
    /// The data packets that were received.
    pub(super) received: u64,
    /// The data packets that were sent, the last of them.
    sent: VecDeque<Vec<u8>>,
    /// The number of those that are kept no more.
    dropped: u64,
}

impl Kept {
    pub(super) fn sends(&mut self, packet: &[u8]) {
        self.sent.push_back(packet.to_vec());
        if self.sent.len() > KEPT {
            self.sent.pop_front();
            self.dropped += 1;
        }
    }

    /// Returns the packets that the server has not, which has taken in `received`.
    fn missing(&self, received: u64) -> Result<Vec<u8>> {
        let has = received.checked_sub(self.dropped).context("the server misses too much")?;
        let has = usize::try_from(has)?;
        ensure!(
            has <= self.sent.len(),
            "the server has received {received} packets, more than were sent"
        );
        Ok(self.sent.iter().skip(has).flatten().copied().collect())
    }
}

/// The outcome of a handshake.
pub(super) struct Opened {
    /// The codes of routes, for requests.
    pub(super) codes: HashMap<String, u16>,
    pub(super) is_resumed: bool,
}

/// Does the handshake. `kept` is the session to come back to if it has a token, and is a new one if it has none.
pub(super) async fn open(
    connection: &mut Connection,
    dialect: Dialect,
    kept: Option<&mut Kept>,
) -> Result<Opened> {
    let mut sys = match dialect {
        Dialect::Nano => json!({"type": "soak", "version": "1.0.0"}),
        Dialect::Pitaya => json!({"libVersion": "0.3.5", "platform": "linux"}),
        Dialect::Native => json!({"features": ["errors", "zlib"]}),
    };
    let is_back = kept.as_ref().is_some_and(|kept| !kept.token.is_empty());
    if let Some(kept) = &kept {
        sys["features"] = json!(["errors", "zlib", "resume"]);
        if is_back {
            sys["resume"] = json!({"token": kept.token, "received": kept.received});
        }
    }
    let body = serde_json::to_vec(&json!({"sys": sys, "user": {}}))?;
    connection.send(&packet(HANDSHAKE, &body)).await?;
    let patience = connection.patience;
    let answer = timeout(patience, connection.receive()).await.context("the handshake")??;
    let answer = answer.context("the connection ended in the handshake")?;
    ensure!(answer.kind == HANDSHAKE, "the handshake is answered with {answer:?}");
    let answer = packet::handshake(&answer.body)?;
    ensure!(answer["code"] == 200, "the handshake is refused: {answer}");
    let mut after = packet(ACK, &[]);
    let mut is_resumed = false;
    if let Some(kept) = kept {
        let offer = &answer["sys"]["resume"];
        if let Some(received) = offer.get("received").and_then(Value::as_u64) {
            ensure!(is_back, "a new client is told that it is back");
            after.extend(kept.missing(received)?);
            is_resumed = true;
        } else {
            if is_back && !matches!(offer["lost"].as_str(), Some("unknown" | "overrun")) {
                bail!("the server does not say why a session is lost: {offer}");
            }
            *kept = Kept::default();
        }
        kept.token = offer["token"].as_str().context("there is no token")?.to_owned();
    }
    connection.send(&after).await?;
    let codes = match dialect {
        Dialect::Native => serde_json::from_value(answer["sys"]["dict"].clone())?,
        _ => HashMap::new(),
    };
    Ok(Opened { codes, is_resumed })
}

//! The facts that a node's process tells: lines of JSON on its standard output.

use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::role::ROLE;

/// A fact that a node tells when it comes about.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Fact {
    /// It is in the cluster, and open for clients if it is a gate.
    Started { cluster: SocketAddr, clients: Option<SocketAddr> },
    /// Another node came.
    Joined { number: u32, name: String },
    /// Another node is gone.
    Left { number: u32, name: String },
    /// A session, by its id, is known here.
    Opened { session: u64 },
    /// A session has ended here.
    Closed { session: u64 },
    /// A message with this number was handled.
    Noted { number: u64 },
    /// The push that follows the answer to this message was sent.
    Pushed { number: u64 },
    /// A session left a room.
    Out { room: String, session: u64, reason: String },
    /// A room has closed.
    RoomClosed { room: String },
}

impl Fact {
    /// The number under which the node of this name came.
    pub(crate) fn joined(&self, wanted: &str) -> Option<u32> {
        match self {
            Self::Joined { number, name } if name == wanted => Some(*number),
            _ => None,
        }
    }

    /// The session that is known now.
    pub(crate) fn opened(&self) -> Option<u64> {
        match self {
            Self::Opened { session } => Some(*session),
            _ => None,
        }
    }

    /// The number of the node that is gone.
    pub(crate) fn left(&self) -> Option<u32> {
        match self {
            Self::Left { number, .. } => Some(*number),
            _ => None,
        }
    }
}

/// Tells a fact to the test that started this process. A node in the test's own process tells nothing.
pub(crate) fn tell(fact: &Fact) {
    static IS_NODE: LazyLock<bool> = LazyLock::new(|| std::env::var_os(ROLE).is_some());
    if !*IS_NODE {
        return;
    }
    let line = serde_json::to_string(fact).expect("it is JSON") + "\n";
    // In one write, between those of other threads. Nobody is left to hear it if it fails.
    let _ = stdout().lock().write_all(line.as_bytes());
}

/// The facts that a process has told, with the times.
#[derive(Default)]
pub(super) struct Facts {
    told: Mutex<Vec<(Instant, Fact)>>,
    news: Notify,
}

impl Facts {
    /// Notes a line. Those of the test program itself are none of the facts.
    pub(super) fn note(&self, line: &str) {
        let Some(start) = line.find('{') else { return };
        let Ok(fact) = serde_json::from_str(&line[start..]) else { return };
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), fact));
        self.news.notify_waiters();
    }

    pub(super) fn all(&self) -> Vec<(Instant, Fact)> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for a fact, and returns the time at which it was told first.
    pub(super) async fn find(&self, wanted: impl Fn(&Fact) -> bool) -> Instant {
        loop {
            let news = self.news.notified();
            let found = self.all().into_iter().find(|(_, fact)| wanted(fact));
            if let Some((time, _)) = found {
                return time;
            }
            news.await;
        }
    }
}

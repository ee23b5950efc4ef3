//! Common parts of the promises' tests.

mod logged;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use nano::testing::TestApp;
use serde_json::Value;
use tokio::sync::watch;

pub(crate) use logged::{Logged, ask_each_thread};

/// The time that any wait may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// A log of events, in order; clones write to the same log.
#[derive(Clone, Debug)]
pub(crate) struct Log(Arc<watch::Sender<Vec<String>>>);

impl Default for Log {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Vec::new())))
    }
}

impl Log {
    pub(crate) fn add(&self, entry: impl Into<String>) {
        self.0.send_modify(|entries| entries.push(entry.into()));
    }

    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    pub(crate) fn count(&self, entry: &str) -> usize {
        self.0.borrow().iter().filter(|other| *other == entry).count()
    }

    /// Waits until `entry` has been added.
    pub(crate) async fn reached(&self, entry: &str) {
        self.reached_times(entry, 1).await;
    }

    /// Waits until `entry` has been added so many times.
    pub(crate) async fn reached_times(&self, entry: &str, times: usize) {
        let mut entries = self.0.subscribe();
        let count = |entries: &Vec<String>| entries.iter().filter(|e| *e == entry).count();
        let reached = entries.wait_for(|entries| count(entries) >= times);
        if tokio::time::timeout(DEADLINE, reached).await.is_err() {
            panic!("expected `{entry}` {times} times, got {:?}", self.entries());
        }
    }
}

/// Waits for `work`, and fails the test if it takes too long.
pub(crate) async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, work).await {
        Ok(value) => value,
        Err(_) => panic!("expected {what} within {DEADLINE:?}"),
    }
}

/// Waits until the app has so many sessions.
pub(crate) async fn sessions(app: &TestApp, count: usize) {
    let settled = async {
        while app.server().sessions() != count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    in_time(&format!("{count} sessions"), settled).await;
}

/// The code in the body of an error, flagged or not.
pub(crate) fn code_of(error: &Value) -> &str {
    let code = error.pointer("/error/code").or_else(|| error.pointer("/code"));
    code.and_then(Value::as_str).unwrap_or_else(|| panic!("expected an error, got {error}"))
}

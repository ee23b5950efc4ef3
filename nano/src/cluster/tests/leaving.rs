//! Nodes that leave while they have work.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Chat, Nodes, nodes};
use crate::{Error, Result};

async fn code<T>(asked: impl Future<Output = Result<T>>) -> Option<String> {
    asked.await.err().as_ref().and_then(Error::code).map(str::to_owned)
}

#[tokio::test(start_paused = true)]
async fn fault_24_late_replies_and_concurrent_handlers_are_waited_for() {
    let Nodes { gate, backend, .. } = nodes().await;
    let (patient, other) = (gate.connect().await, gate.connect().await);
    let start = Instant::now();
    let (parked, slow, ()) = tokio::join!(
        patient.request::<_, String>("chat.park", &()),
        other.request::<_, u64>("chat.slow", &2000),
        async {
            sleep(Duration::from_millis(100)).await;
            let reply = async {
                sleep(Duration::from_secs(3)).await;
                let chat = backend.server().component::<Chat>().expect("the chat");
                let parked = chat.call(|chat| chat.parked.take().expect("a reply"));
                parked.await.expect("the component lives").send("late".to_owned());
            };
            tokio::join!(backend.shutdown(), reply);
        }
    );
    assert_eq!(parked.expect("it is waited for"), "late");
    assert_eq!(slow.expect("it is waited for"), 2000);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(4), "and nothing else: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_does_not_come_is_an_error_when_its_node_has_waited() {
    let Nodes { gate, backend, .. } = nodes().await;
    let (patient, other) = (gate.connect().await, gate.connect().await);
    let start = Instant::now();
    let (parked, slow, ()) = tokio::join!(
        code(patient.request::<_, String>("chat.park", &())),
        other.request::<_, u64>("chat.slow", &7000),
        async {
            sleep(Duration::from_millis(100)).await;
            backend.shutdown().await;
        }
    );
    assert_eq!(parked.as_deref(), Some("shutdown"));
    assert_eq!(slow.expect("it has the time of a handler"), 7000);
    // Half of the time for the shutdown is for replies.
    let took = start.elapsed();
    assert!(took >= Duration::from_secs(5) && took < Duration::from_secs(8), "{took:?}");
}

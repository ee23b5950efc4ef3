//! Nodes whose processes start again at once, at the same addresses.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use nano::Json;
use nano::client::Client;
use tokio::sync::watch;
use tokio::time::sleep;

use super::stage::{Stage, all_see_all, ask, client_of, echo};
use crate::game::code;
use crate::node::{Fact, Node};
use crate::table::{is_whole, report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_09_restart_at_the_same_address() {
    restart("fault_09_restart_at_the_same_address", Stage::start(["one", "two"]).await).await;
}

/// Restarts a backend at once, and again.
pub(crate) async fn restart(fault: &str, mut stage: Stage) {
    let rounds = if is_whole() { 10 } else { 2 };
    for round in 1..=rounds {
        let number = stage.gate.knows("one").await;
        let member = client_of(&stage.gate, "one").await;
        ask(&member, "desk.open", &"forest").await.expect("the name of the zone is free");
        ask(&member, "desk.enter", &"forest").await.expect("it is let in");
        let stuck = client_of(&stage.gate, "one").await;
        let base = round * 1_000_000;
        let waiting = tokio::spawn(async move { ask(&stuck, "desk.stuck", &base).await });
        stage.backends[0].told("it is handled", |fact| *fact == Fact::Noted { number: base }).await;
        let (end, ends) = watch::channel(false);
        let noting = tokio::spawn(note(client_of(&stage.gate, "one").await, base + 1, ends));
        sleep(SECOND / 2).await;

        let killed = stage.backends[0].kill();
        let next = Node::start(stage.backends[0].again()).await;
        let old = std::mem::replace(&mut stage.backends[0], next);
        let new = &stage.backends[0];
        assert_eq!(waiting.await.expect("an answer"), Err("node_lost".to_owned()));
        until("the others see it", async || stage.gate.knows("one").await > number).await;
        within(fault, "it is back under a new number", killed.elapsed(), 2 * SECOND, 4);
        all_see_all(&[new, &stage.gate, &stage.backends[1]]).await;
        assert_eq!(ask(&member, "zone.count", &()).await, Err("room_closed".to_owned()));
        let node = echo(&member).await.expect("it is served");
        assert_eq!(stage.gate.left(number).len(), 1);

        sleep(SECOND / 2).await;
        end.send_replace(true);
        let answers = noting.await.expect("it ends");
        let codes = check(&[&old, new, &stage.backends[1]], base + 1, &answers).await;
        let lost = answers.iter().filter(|answer| answer.is_err()).count();
        assert!(codes.keys().all(|code| ["answered", "node_lost", "unavailable"].contains(code)));
        report(
            fault,
            format_args!("{} messages, {lost} lost; {node} serves it now", answers.len()),
        );
        assert!(lost <= 1, "what was on its way: {codes:?}");
        assert_eq!(new.count(|fact| *fact == Fact::Noted { number: base }), 0, "the wrong start");
    }
}

/// Checks that each message was handled as often as its answer says, and returns how often there was which.
pub(super) async fn check<'a>(
    nodes: &[&Node],
    first: u64,
    answers: &'a [Result<String, String>],
) -> BTreeMap<&'a str, usize> {
    let handled = || {
        let mut handled = HashMap::<u64, usize>::new();
        for (_, fact) in nodes.iter().flat_map(|node| node.facts()) {
            if let Fact::Noted { number } = fact {
                *handled.entry(number).or_default() += 1;
            }
        }
        handled
    };
    // Its answer may be here before the fact is.
    until("each message that was answered was handled", async || {
        let handled = handled();
        let mut answered = (first..).zip(answers).filter(|(_, answer)| answer.is_ok());
        answered.all(|(number, _)| handled.contains_key(&number))
    })
    .await;
    let (handled, mut codes) = (handled(), BTreeMap::new());
    for (number, answer) in (first..).zip(answers) {
        let times = handled.get(&number).copied().unwrap_or_default();
        let code = answer.as_ref().map_or_else(String::as_str, |_| "answered");
        let most = usize::from(["answered", "node_lost"].contains(&code));
        assert!(times <= most, "message {number}, {code}, was handled {times} times");
        *codes.entry(code).or_default() += 1;
    }
    codes
}

/// Sends numbers from `first` on until it is told to end, and returns the answers: the node, or the code of the error.
pub(super) async fn note(
    client: Client<Json>,
    first: u64,
    ends: watch::Receiver<bool>,
) -> Vec<Result<String, String>> {
    let mut answers = Vec::new();
    for number in first.. {
        let asked = client.request::<_, (String, u64)>("desk.note", &number).await;
        answers.push(asked.map_err(|error| code(&error)).map(|(node, echo)| {
            assert_eq!(echo, number);
            node
        }));
        if *ends.borrow() {
            break;
        }
        sleep(SECOND / 100).await;
    }
    answers
}

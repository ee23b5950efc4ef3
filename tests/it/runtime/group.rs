//! Groups: membership, and the receivers of messages.

mod closing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use nano::testing::{RawClient, TestApp};
use nano::{App, ErrorKind, Group, Session, Uid, component, push};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::promises::support::sessions;

#[push]
trait News {
    #[push(name = "onNews")]
    fn news(number: u32);
    #[push(name = "onEnd")]
    fn end();
}

#[derive(Clone)]
struct Hub(Arc<watch::Sender<Vec<Session>>>);

#[component]
impl Hub {
    #[handler]
    fn ping(&self) {}

    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.0.send_modify(|sessions| sessions.push(session.clone()));
    }
}

struct Field {
    app: TestApp,
    clients: Vec<RawClient>,
    sessions: Vec<Session>,
}

/// Starts an app with `count` clients, which announce nothing.
async fn field(count: usize) -> Field {
    field_of(vec![json!({}); count]).await
}

/// Starts an app with a client for each handshake.
async fn field_of(handshakes: Vec<Value>) -> Field {
    let hub = Hub(Arc::new(watch::Sender::new(Vec::new())));
    let app = TestApp::start(App::new().component(hub.clone()).push(News)).await;
    let mut clients = Vec::new();
    for (number, handshake) in (1..).zip(handshakes) {
        let mut client = app.raw();
        client.handshake(handshake).await;
        client.ack().await;
        let mut opened = hub.0.subscribe();
        opened.wait_for(|sessions| sessions.len() == number).await.expect("a hub");
        clients.push(client);
    }
    let sessions = hub.0.borrow().clone();
    Field { app, clients, sessions }
}

impl Field {
    /// Returns the pushes that each client got before the reply to a request of its own.
    async fn pushes(&mut self) -> Vec<Vec<Value>> {
        let mut all = Vec::new();
        for client in &mut self.clients {
            client.request(1, "hub.ping", "").await;
            let mut pushes = Vec::new();
            loop {
                let message = client.message().await;
                if message.id == 1 {
                    break;
                }
                pushes.push(message.json());
            }
            all.push(pushes);
        }
        all
    }
}

#[tokio::test]
async fn members_are_kept_in_order_and_once() {
    let field = field(3).await;
    let [a, b, c] = [0, 1, 2].map(|index| field.sessions[index].clone());
    let group = Group::new();
    assert!(group.is_empty());
    for session in [&b, &a, &b, &c] {
        group.add(session).expect("an open group");
    }
    let clone = group.clone();
    assert_eq!((clone.len(), clone.members()), (3, vec![b.clone(), a.clone(), c.clone()]));
    assert!(group.contains(&a));
    clone.leave(&a);
    clone.leave(&a);
    assert!(!group.contains(&a), "clones are the same group");
    assert_eq!(group.members(), [b.clone(), c.clone()]);
    a.bind(1).await.expect("free");
    b.bind("bob").await.expect("free");
    assert_eq!(group.uids(), [Uid::from("bob")]);
    assert_eq!(group.find("bob"), Some(b));
    assert_eq!((group.find(1), group.find("1")), (None, None));
    group.add(&a).expect("an open group");
    assert_eq!(group.find(1), Some(a));
}

#[tokio::test]
async fn pushes_reach_those_who_are_meant() {
    let mut field = field(4).await;
    let sessions = field.sessions.clone();
    let group = Group::new();
    News::to(&group).news(&0).expect("nobody is there");
    for session in &sessions[..3] {
        group.add(session).expect("an open group");
    }
    group.broadcast("onNews", &1).expect("sent");
    News::to(&group).news(&2).expect("sent");
    group.multicast("onNews", &3, |member| *member == sessions[1]).expect("sent");
    News::to(&group.filter(|member| *member != sessions[2])).news(&4).expect("sent");
    News::to(&group.except(&sessions[0])).news(&5).expect("sent");
    News::to(&sessions[3]).news(&6).expect("sent");
    News::to(&group).end().expect("sent");
    let end = json!(null);
    let expected = [
        vec![json!(1), json!(2), json!(4), end.clone()],
        vec![json!(1), json!(2), json!(3), json!(4), json!(5), end.clone()],
        vec![json!(1), json!(2), json!(5), end],
        vec![json!(6)],
    ];
    assert_eq!(field.pushes().await, expected);
}

#[tokio::test]
async fn two_groups_share_members_and_nothing_else() {
    let mut field = field(2).await;
    let (red, blue) = (Group::new(), Group::new());
    red.add(&field.sessions[0]).expect("an open group");
    red.add(&field.sessions[1]).expect("an open group");
    blue.add(&field.sessions[1]).expect("an open group");
    News::to(&red).news(&1).expect("sent");
    News::to(&blue).news(&2).expect("sent");
    red.leave(&field.sessions[1]);
    News::to(&red).news(&3).expect("sent");
    News::to(&blue).news(&4).expect("sent");
    let expected = [vec![json!(1), json!(3)], vec![json!(1), json!(2), json!(4)]];
    assert_eq!(field.pushes().await, expected);
}

#[tokio::test]
async fn a_closed_group_lets_its_members_go_and_takes_no_more() {
    let mut field = field(2).await;
    let (group, other) = (Group::new(), Group::new());
    group.add(&field.sessions[0]).expect("an open group");
    other.add(&field.sessions[0]).expect("an open group");
    group.close();
    group.close();
    assert!(group.is_empty());
    for session in &field.sessions {
        assert_eq!(group.add(session).expect_err("closed").kind(), ErrorKind::Closed);
    }
    assert_eq!(group.broadcast("onNews", &1).expect_err("closed").kind(), ErrorKind::Closed);
    assert_eq!(News::to(&group).news(&1).expect_err("closed").kind(), ErrorKind::Closed);
    News::to(&other).news(&2).expect("another group is open");
    assert_eq!(field.pushes().await, [vec![json!(2)], vec![]], "the sessions stay open");
}

#[tokio::test]
async fn a_broadcast_that_cannot_be_encoded_or_is_too_large_reaches_nobody() {
    let mut field = field(1).await;
    let group = Group::new();
    group.add(&field.sessions[0]).expect("an open group");
    let odd = std::collections::BTreeMap::from([((1, 2), 3)]);
    let encode = group.broadcast("onNews", &odd).expect_err("no text for a key");
    assert_eq!(encode.kind(), ErrorKind::Encode);
    let large = group.broadcast("onNews", &"x".repeat(70_000)).expect_err("over the limit");
    assert_eq!(large.kind(), ErrorKind::TooLarge);
    let large = field.sessions[0].push("onNews", &"x".repeat(70_000)).expect_err("over the limit");
    assert_eq!(large.kind(), ErrorKind::TooLarge);
    assert_eq!(field.pushes().await, [Vec::<Value>::new()]);
}

/// Stock clients need characters beyond the BMP escaped, which makes this text too large for them. The other
/// members get it, also those that come after such a client.
#[tokio::test]
async fn a_broadcast_that_is_too_large_for_some_reaches_the_others() {
    let (stock, own) = (json!({}), json!({"sys": {"features": ["errors"]}}));
    let handshakes = vec![own.clone(), stock.clone(), own.clone(), stock, own];
    let mut field = field_of(handshakes).await;
    let group = Group::new();
    for session in &field.sessions {
        group.add(session).expect("an open group");
    }
    let text = "\u{1f600}".repeat(10_000);
    group.broadcast("onNews", &text).expect("it reaches somebody");
    News::to(&group).news(&1).expect("sent");
    let (all, rest) = (vec![json!(text), json!(1)], vec![json!(1)]);
    let expected = [all.clone(), rest.clone(), all.clone(), rest, all];
    assert!(field.pushes().await == expected, "all but the second and the fourth get the text");
    // It is an error if no member can take the message.
    let only_stock = |member: &Session| *member == field.sessions[1];
    let error = group.multicast("onNews", &text, only_stock).expect_err("it reaches nobody");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let error = field.sessions[1].push("onNews", &text).expect_err("too large for this one");
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(field.sessions.iter().all(|session| !session.is_closed()), "it costs no session");
}

#[tokio::test]
async fn a_member_that_closes_costs_the_others_nothing() {
    let mut field = field(2).await;
    let group = Group::new();
    for session in &field.sessions {
        group.add(session).expect("an open group");
    }
    field.sessions[0].close();
    News::to(&group).news(&1).expect("sent to the other");
    drop(field.clients.remove(0));
    assert_eq!(field.pushes().await, [vec![json!(1)]]);
    sessions(&field.app, 1).await;
    assert_eq!(group.members(), [field.sessions[1].clone()]);
}

#[tokio::test]
async fn a_session_that_joins_and_leaves_at_the_same_time_is_in_no_group_when_it_ends() {
    let field = field(10).await;
    let mut left_behind = Vec::new();
    for session in &field.sessions {
        let groups: Vec<Group> = (0..500).map(|_| Group::new()).collect();
        for group in &groups {
            group.add(session).expect("an open group");
        }
        let meeting = AtomicUsize::new(0);
        // Both come to each group at the same moment.
        let meet = |round: usize| {
            meeting.fetch_add(1, SeqCst);
            while meeting.load(SeqCst) < 2 * (round + 1) {
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                for (round, group) in groups.iter().enumerate() {
                    meet(round);
                    group.leave(session);
                }
            });
            for (round, group) in groups.iter().enumerate() {
                meet(round);
                group.add(session).expect("an open group");
            }
        });
        left_behind.extend(groups);
    }
    drop(field.clients);
    sessions(&field.app, 0).await;
    let members: usize = left_behind.iter().map(Group::len).sum();
    assert_eq!(members, 0, "an ended session is in no group");
}

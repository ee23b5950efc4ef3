//! Groups and sessions that are closing: a handler of theirs may still run.

use std::time::Duration;

use nano::testing::{RawClient, TestApp};
use nano::{App, CloseReason, ErrorKind, Group, Result, Session, Uid, component};
use serde_json::json;
use tokio::time::sleep;

#[derive(Clone, Default)]
struct Court {
    players: Group,
}

#[component]
impl Court {
    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await?;
        self.players.add(session)
    }

    #[handler(concurrent)]
    async fn slow(&self, session: &Session, millis: u64) -> bool {
        sleep(Duration::from_millis(millis)).await;
        self.players.contains(session)
    }

    /// Closes the session, and returns the errors of binding it and adding it to a group after that.
    #[handler]
    async fn leave(&self, session: &Session) -> [String; 2] {
        session.close();
        let kind = |result: Result<()>| format!("{:?}", result.expect_err("it closes").kind());
        [kind(session.bind(1).await), kind(self.players.add(session))]
    }

    /// An administrator's kick.
    #[handler]
    fn kick(&self, uid: i64) -> bool {
        let player = self.players.find(uid);
        player.iter().for_each(|player| player.kick("cheating"));
        player.is_some()
    }
}

struct Field {
    app: TestApp,
    court: Court,
}

async fn start() -> Field {
    let court = Court::default();
    let app = App::new().component(court.clone()).outbound_limit(70_000);
    Field { app: TestApp::start(app).await, court }
}

impl Field {
    /// Connects a client, logs it in, and lets a handler of its run for a while.
    async fn player(&self, uid: i64, millis: u64) -> (RawClient, Session) {
        let mut client = self.app.raw();
        client.open().await;
        client.request(1, "court.login", uid.to_string()).await;
        assert_eq!(client.message().await.id, 1);
        client.request(2, "court.slow", millis.to_string()).await;
        settle().await;
        let session = self.court.players.find(uid).expect("a player");
        (client, session)
    }
}

/// Lets all tasks see what happened.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_kicked_session_whose_handler_runs_hides_no_live_one() {
    let field = start().await;
    let (mut old, first) = field.player(1, 5000).await;
    let (mut admin, _) = field.player(2, 0).await;
    admin.message().await;
    let mut kick = async |id| {
        admin.request(id, "court.kick", "1").await;
        admin.message().await.json()
    };
    assert_eq!(kick(3).await, true);
    assert_eq!(kick(4).await, false, "the kicked one is found no more");
    let (mut new, second) = field.player(1, 5000).await;
    assert_eq!(field.court.players.find(1), Some(second.clone()));
    assert_eq!(field.court.players.uids(), [Uid::from(2), Uid::from(1)]);
    assert!(!field.court.players.contains(&first) && field.court.players.contains(&second));
    assert_eq!(kick(5).await, true, "the live one");
    for client in [&mut old, &mut new] {
        assert_eq!(client.kick_reason().await, "cheating");
    }
}

#[tokio::test(start_paused = true)]
async fn the_handler_of_a_kicked_session_still_answers() {
    let field = start().await;
    let (mut client, session) = field.player(1, 500).await;
    session.kick("cheating");
    let reply = client.message().await;
    assert_eq!((reply.id, reply.json()), (2, json!(false)), "it is no member any more");
    assert_eq!(client.kick_reason().await, "cheating");
}

/// Checks that a session which closes is in no group's answers, and gets nothing more.
async fn check(
    field: Field,
    closes: impl AsyncFnOnce(&TestApp, &Session, RawClient),
    expected: CloseReason,
) {
    let (client, session) = field.player(1, 5000).await;
    let group = field.court.players.clone();
    assert_eq!((group.len(), group.members()), (1, vec![session.clone()]));
    closes(&field.app, &session, client).await;
    settle().await;
    assert_eq!(session.close_reason(), Some(expected.clone()));
    assert!(group.is_empty() && !group.contains(&session), "{expected}");
    assert_eq!(
        (group.len(), group.members(), group.uids(), group.find(1)),
        (0, vec![], vec![], None)
    );
    let asked = |_: &Session| -> bool { panic!("{expected}: the filter is asked about it") };
    group.multicast("onNews", &1, asked).expect("a group without members");
    group.broadcast("onNews", &1).expect("a group without members");
    let kind = |result: Result<()>| result.expect_err("a session that closes").kind();
    assert_eq!(kind(group.add(&session)), ErrorKind::Closed);
    assert_eq!(kind(Group::new().add(&session)), ErrorKind::Closed);
    assert_eq!(kind(session.push("onNews", &1)), ErrorKind::Closed);
    session.bind(1).await.expect("it is this user's");
    // Its hooks need them.
    session.insert(7_u8);
    assert_eq!((session.uid(), session.get::<u8>()), (Some(Uid::from(1)), Some(7)));
}

#[tokio::test(start_paused = true)]
async fn a_closing_session_is_no_member_whatever_closes_it() {
    check(start().await, async |_, session, _client| session.close(), CloseReason::Closed).await;
    let kicked = CloseReason::Kicked("bye".into());
    check(start().await, async |_, session, _client| session.kick("bye"), kicked).await;
    let slow = async |_: &TestApp, session: &Session, _client| {
        while session.push("onNews", &"x".repeat(60_000)).is_ok() {}
    };
    check(start().await, slow, CloseReason::SlowConsumer).await;
    let broken =
        async |_: &TestApp, _: &Session, mut client: RawClient| client.send([9, 0, 0, 0]).await;
    let reason = "unknown packet type 9, expected 1 to 5";
    check(start().await, broken, CloseReason::Protocol(reason.into())).await;
    let gone = async |_: &TestApp, _: &Session, client| drop(client);
    check(start().await, gone, CloseReason::Disconnected).await;
    let shutdown = async |app: &TestApp, _: &Session, _client| {
        let app = app.clone();
        tokio::spawn(async move { app.shutdown().await });
        settle().await;
    };
    check(start().await, shutdown, CloseReason::Shutdown).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nothing_is_heard_of_is_no_member() {
    let field = start().await;
    let (_client, session) = field.player(1, 0).await;
    sleep(Duration::from_secs(300)).await;
    assert_eq!(session.close_reason(), Some(CloseReason::HeartbeatTimeout));
    assert!(field.court.players.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_closing_session_is_bound_to_no_user() {
    let field = start().await;
    let mut client = field.app.raw();
    client.open().await;
    client.request(1, "court.leave", "").await;
    assert_eq!(client.message().await.json(), json!(["Closed", "Closed"]));
    client.expect_closed().await;
    assert!(field.court.players.is_empty());
}

//! Tests of a session's promises, over a link to this node and over one that only records.
//!
//! The second link stands for every link that is not a connection of this node, such as a backend's or that of a
//! resumed session. Each test runs over both, so that nothing above the link can depend on its kind.

mod player;
mod recorder;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use player::{Over, Player, Said};

use crate::testing::TestApp;
use crate::{App, Context, Error, Group, Reply, Session, component};

/// The log of the hooks' calls, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.lock().expect("no panic").push(line.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic"))
    }
}

#[derive(Default)]
struct Hall {
    seen: Log,
    members: Group,
    turn: u32,
}

#[component(crate = crate)]
impl Hall {
    #[on(session_opened)]
    fn opened(&self) {
        self.seen.note("opened");
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.seen.note(format!("bound {}", session.uid().expect("a user")));
    }

    #[on(session_closed)]
    async fn closed(&self, session: &Session) {
        tokio::task::yield_now().await;
        let reason = session.close_reason().expect("a reason");
        self.seen.note(format!("closed: {reason}, {} members", self.members.len()));
    }

    #[handler]
    async fn join(&mut self, session: &Session, uid: i64) -> crate::Result<usize> {
        tokio::task::yield_now().await;
        session.bind(uid).await?;
        self.members.add(session)?;
        Ok(self.members.len())
    }

    #[handler]
    async fn turn(&mut self) -> u32 {
        self.turn += 1;
        tokio::time::sleep(Duration::from_millis(u64::from(10 - self.turn))).await;
        self.turn
    }

    #[handler(concurrent)]
    async fn beside(&self, millis: u64) -> u64 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        millis
    }

    #[handler]
    fn say(&self, text: String) -> crate::Result<()> {
        self.members.broadcast("onSay", &text)
    }

    #[handler]
    fn answer(&self, session: &Session, text: String) -> crate::Result<String> {
        session.push("onBefore", &text)?;
        Ok(text)
    }

    #[handler]
    fn refuse(&self) -> crate::Result<()> {
        Err(Error::reject("no_seat", "the hall is full"))
    }

    #[handler]
    async fn panic(&self) {
        tokio::task::yield_now().await;
        panic!("a handler panics");
    }

    #[handler]
    async fn stuck(&self) {
        std::future::pending::<()>().await;
    }

    #[handler]
    fn later(&self, reply: Reply<u32>, ctx: &Context<Self>) {
        ctx.after(Duration::from_millis(5), move |_| reply.send(7));
    }

    #[handler]
    fn forget(&self, reply: Reply<u32>) {
        drop(reply);
    }

    #[handler]
    async fn leave(&self, session: &Session) -> u32 {
        session.kick("bye");
        let refused = session.push("onLate", &1).is_err();
        tokio::task::yield_now().await;
        u32::from(refused)
    }
}

async fn app(seen: &Log) -> TestApp {
    let hall = Hall { seen: seen.clone(), ..Hall::default() };
    let app = App::new().handler_timeout(Duration::from_secs(5)).component(hall);
    #[cfg(feature = "cluster")]
    let app = app.cluster(crate::cluster::tests::cable::node(2));
    TestApp::start(app).await
}

const BOTH: [Over; 2] = [Over::Local, Over::Recorder];

/// The links of sessions whose messages this node handles.
const ALL: &[Over] = &[
    Over::Local,
    Over::Recorder,
    #[cfg(feature = "cluster")]
    Over::Gate,
];

#[tokio::test(start_paused = true)]
async fn promise_1_messages_are_handled_one_at_a_time_in_order() {
    for &over in ALL {
        let app = app(&Log::default()).await;
        let mut player = Player::connect(&app, over).await;
        for id in 1..=9 {
            player.request(id, "hall.turn", "null").await;
        }
        for id in 1..=9 {
            assert_eq!(player.next().await, Said::reply(id, &id.to_string()), "{over:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_1_concurrent_handlers_are_overtaken() {
    for &over in ALL {
        let app = app(&Log::default()).await;
        let mut player = Player::connect(&app, over).await;
        player.request(1, "hall.beside", "50").await;
        player.request(2, "hall.beside", "20").await;
        player.request(3, "hall.turn", "null").await;
        for (id, body) in [(3, "1"), (2, "20"), (1, "50")] {
            assert_eq!(player.next().await, Said::reply(id, body), "{over:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_every_request_gets_one_reply() {
    for &over in ALL {
        let app = app(&Log::default()).await;
        let mut player = Player::connect(&app, over).await;
        for (route, body, said) in [
            ("hall.answer", "\"a\"", None),
            ("hall.answer", "1", Some("bad_request")),
            ("hall.refuse", "null", Some("no_seat")),
            ("hall.panic", "null", Some("internal")),
            ("hall.stuck", "null", Some("timeout")),
            ("hall.forget", "null", Some("no_reply")),
            ("hall.nobody", "null", Some("not_found")),
        ] {
            player.request(5, route, body).await;
            match said {
                Some(code) => assert_eq!(player.next().await, Said::error(5, code), "{route}"),
                None => {
                    assert_eq!(player.next().await, Said::push("onBefore", body), "{over:?}");
                    assert_eq!(player.next().await, Said::reply(5, body), "{over:?}");
                }
            }
        }
        player.request(6, "hall.later", "null").await;
        assert_eq!(player.next().await, Said::reply(6, "7"), "{over:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_panic_costs_its_call_only() {
    for &over in ALL {
        let app = app(&Log::default()).await;
        let mut player = Player::connect(&app, over).await;
        player.notify("hall.panic", "null").await;
        player.request(1, "hall.turn", "null").await;
        assert_eq!(player.next().await, Said::reply(1, "1"), "{over:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_5_a_kick_comes_after_the_reply_and_hooks_run_once() {
    for &over in ALL {
        let seen = Log::default();
        let app = app(&seen).await;
        let mut player = Player::connect(&app, over).await;
        player.request(1, "hall.join", "42").await;
        assert_eq!(player.next().await, Said::reply(1, "1"), "{over:?}");
        player.request(2, "hall.leave", "null").await;
        assert_eq!(player.next().await, Said::reply(2, "1"), "{over:?}");
        assert_eq!(player.next().await, Said::Closed("bye".into()), "{over:?}");
        player.gone(&app).await;
        assert_eq!(seen.take(), ["opened", "bound 42", "closed: bye, 0 members"], "{over:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_group_holds_sessions_of_every_link() {
    let app = app(&Log::default()).await;
    let mut players = Vec::new();
    for (n, over) in (1..).zip(BOTH) {
        let mut player = Player::connect(&app, over).await;
        player.request(1, "hall.join", &n.to_string()).await;
        assert_eq!(player.next().await, Said::reply(1, &n.to_string()));
        players.push(player);
    }
    players[0].notify("hall.say", "\"hi\"").await;
    for player in &mut players {
        assert_eq!(player.next().await, Said::push("onSay", "\"hi\""));
    }
    app.shutdown().await;
    for player in &mut players {
        assert_eq!(player.next().await, Said::Closed("shutdown".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn promise_6_shutdown_refuses_what_was_not_started() {
    for over in BOTH {
        let seen = Log::default();
        let app = app(&seen).await;
        let mut player = Player::connect(&app, over).await;
        player.request(1, "hall.turn", "null").await;
        player.request(2, "hall.stuck", "null").await;
        player.request(3, "hall.turn", "null").await;
        assert_eq!(player.next().await, Said::reply(1, "1"), "{over:?}");
        app.shutdown().await;
        assert_eq!(player.next().await, Said::error(2, "timeout"), "{over:?}");
        assert_eq!(player.next().await, Said::error(3, "shutdown"), "{over:?}");
        assert_eq!(player.next().await, Said::Closed("shutdown".into()), "{over:?}");
        assert_eq!(seen.take(), ["opened", "closed: shutdown, 0 members"], "{over:?}");
    }
}

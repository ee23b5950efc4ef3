//! Users at several gates.

mod late;
mod races;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, advance};

use super::cable::{Cable, join, node};
use super::code;
use super::shared::Shared;
use crate::client::{Client, CloseReason};
use crate::cluster::claims::{Claim, ClaimKind, Holder};
use crate::testing::TestApp;
use crate::{App, Cluster, DuplicateLogin, ErrorKind, Json, Result, Session, component, push};

/// The component that all log in with.
struct Hall;

#[component(crate = crate)]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await
    }
}

/// A component of the gates.
#[derive(Clone, Default)]
struct Porch {
    /// Notified when a handler is held up.
    lingers: Arc<Notify>,
    /// The session that entered last.
    entered: Arc<Mutex<Option<Session>>>,
}

#[component(crate = crate)]
impl Porch {
    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await
    }

    #[handler]
    fn enter(&self, session: &Session) -> Result<()> {
        *self.entered.lock().expect("no panic") = Some(session.clone());
        Ok(())
    }

    #[handler]
    async fn linger(&self) {
        self.lingers.notify_one();
        std::future::pending::<()>().await;
    }
}

#[push(crate = crate)]
trait TextPush {
    #[push(name = "onText")]
    fn text(text: u32);
}

/// Two gates, and a backend that has the component.
struct World {
    gates: [TestApp; 2],
    hall: TestApp,
    porch: Porch,
    _cables: [Cable; 3],
}

impl World {
    async fn new(policy: DuplicateLogin, node: impl Fn(u32) -> Cluster) -> Self {
        let start =
            |number, app: App| TestApp::start(app.duplicate_login(policy).cluster(node(number)));
        let porch = Porch::default();
        let gate = |number| start(number, App::new().component(porch.clone()));
        let (one, two) = (gate(1).await, gate(2).await);
        let hall = start(3, App::new().component(Hall)).await;
        let cables = [join(&one, &two).await, join(&one, &hall).await, join(&two, &hall).await];
        Self { gates: [one, two], hall, porch, _cables: cables }
    }

    async fn shared(policy: DuplicateLogin) -> (Self, Arc<Shared>) {
        let shared = Arc::<Shared>::default();
        (Self::new(policy, |number| shared.node(number)).await, shared)
    }

    /// Lets a handler of a client at its gate last for long.
    async fn linger(&self, client: &Client<Json>) {
        client.notify("porch.linger", &()).await.expect("sent");
        self.porch.lingers.notified().await;
    }

    async fn login(&self, gate: usize, uid: i64) -> (Client<Json>, Result<()>) {
        let client = self.gates[gate].connect().await;
        let outcome = client.request("hall.login", &uid).await;
        (client, outcome)
    }
}

fn kicked(reason: &str) -> CloseReason {
    CloseReason::Kicked { reason: reason.to_owned() }
}

/// Waits until a node finds a user nowhere.
async fn offline(node: &TestApp, uid: i64) {
    let start = Instant::now();
    while node.server().user(uid).is_online().await {
        assert!(start.elapsed() < Duration::from_secs(1), "user {uid} is still online");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The texts that a client is sent.
fn heard(client: &Client<Json>) -> mpsc::UnboundedReceiver<u32> {
    let (hear, heard) = mpsc::unbounded_channel();
    client.on("onText", move |text: u32| {
        // The test has heard enough.
        let _ = hear.send(text);
    });
    heard
}

#[tokio::test(start_paused = true)]
async fn fault_17_of_logins_at_two_gates_the_newest_stays_and_the_end_of_older_ones_takes_nothing()
{
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    world.linger(&old).await;
    // The hall does not know it, and knows the old one, which ends late.
    let new = world.gates[1].connect().await;
    new.request::<_, ()>("porch.login", &7).await.expect("it replaces the other");
    assert_eq!(old.closed().await, kicked("replaced"));
    assert_eq!(world.hall.server().user(7).sessions().len(), 1);
    let mut texts = heard(&new);
    world.hall.server().user(7).push("onText", &1).expect("on its way");
    assert_eq!(texts.recv().await, Some(1));

    // Many at once: each is bound or closed, and one is left.
    let logins = join_all((0..20).map(|n| world.login(n % 2, 7))).await;
    assert_eq!(new.closed().await, kicked("replaced"));
    let mut left = 20;
    for (client, _) in &logins {
        let closed = tokio::time::timeout(Duration::from_secs(1), client.closed()).await;
        left -= usize::from(closed.is_ok());
    }
    assert_eq!(left, 1, "one session stays");
    let holder = shared.holder(ClaimKind::User, "7").expect("its claim");
    let sessions = world.gates.each_ref().map(|gate| gate.server().everyone().sessions());
    let ids: Vec<_> = sessions.iter().flatten().map(|session| session.id().get()).collect();
    assert_eq!(ids, [holder.id()], "the claim is that of the session");
    assert!(world.hall.server().user(7).is_online().await);

    for (client, _) in logins {
        client.close().await;
    }
    offline(&world.hall, 7).await;
    assert_eq!(shared.holder(ClaimKind::User, "7"), None);
}

#[tokio::test(start_paused = true)]
async fn fault_17_a_user_of_a_gate_that_is_gone_logs_in_elsewhere() {
    let (world, shared) = World::shared(DuplicateLogin::Refuse).await;
    let (_old, _) = world.login(0, 7).await;
    shared.drop_node(1);
    world.login(1, 7).await.1.expect("the name ended with the node");
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_frees_its_user_once() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (client, _) = world.login(0, 7).await;
    client.close().await;
    // The paused clock goes on when all that the end of the session has set going has been done.
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(shared.holder(ClaimKind::User, "7"), None);
    assert_eq!(shared.releases(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_second_login_is_refused_at_any_gate_while_the_first_is_open() {
    let (world, shared) = World::shared(DuplicateLogin::Refuse).await;
    let (first, _) = world.login(0, 7).await;
    for gate in [0, 1] {
        let (client, outcome) = world.login(gate, 7).await;
        assert_eq!(outcome.expect_err("refused").code(), Some("already_online"));
        client.request::<_, ()>("hall.login", &8).await.expect("it is bound to nobody");
        client.close().await;
    }
    // Its handler goes on for long after it was closed.
    let session = world.gates[0].server().user(7).sessions().remove(0);
    let held = shared.holder(ClaimKind::User, "7");
    world.linger(&first).await;
    session.close();
    first.closed().await;
    assert_eq!(shared.holder(ClaimKind::User, "7"), held, "the session has not ended");
    let (_second, outcome) = world.login(1, 7).await;
    outcome.expect("a session that is closing refuses nobody");
    let (_, outcome) = world.login(0, 7).await;
    assert_eq!(outcome.expect_err("refused").code(), Some("already_online"));
}

#[tokio::test(start_paused = true)]
async fn logins_wait_for_the_registry_for_some_seconds() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    shared.set_away(true);
    let client = world.gates[1].connect().await;
    assert_eq!(code(&client, "hall.login", json!(7)).await, "unavailable");
    assert!(!old.is_closed() && world.gates[1].server().user(7).sessions().is_empty());

    let login = client.request::<_, ()>("hall.login", &7);
    let back = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        shared.set_away(false);
    };
    tokio::join!(login, back).0.expect("bound in the end");
    assert_eq!(old.closed().await, kicked("replaced"));
}

#[tokio::test(start_paused = true)]
async fn names_that_the_registry_has_forgotten_are_claimed_again() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (ann, _) = world.login(0, 7).await;
    let (ben, _) = world.login(1, 8).await;
    let held = shared.holder(ClaimKind::User, "7");
    shared.forget(&Claim::new(ClaimKind::User, "8", Holder::new(5, 1)));
    assert_eq!(ben.closed().await, kicked("replaced"), "another has it");
    while shared.holder(ClaimKind::User, "7").is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(shared.holder(ClaimKind::User, "7"), held);
    assert!(!ann.is_closed());
}

#[tokio::test(start_paused = true)]
async fn pushes_to_a_user_find_its_gate_and_keep_their_order() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let (old, _) = world.login(0, 7).await;
    let (mut texts, user) = (heard(&old), world.gates[1].server().user(7));
    for text in 0..100 {
        user.push("onText", &text).expect("on its way");
    }
    for text in 0..100 {
        assert_eq!(texts.recv().await, Some(text));
    }
    assert_eq!(shared.take_finds(), 1, "the gate is remembered");
    advance(Duration::from_secs(1)).await;
    user.push("onText", &100).expect("on its way");
    assert_eq!(texts.recv().await, Some(100));
    assert_eq!(shared.take_finds(), 1, "for a second");
}

#[tokio::test(start_paused = true)]
async fn a_push_to_a_gate_that_the_user_has_left_is_looked_up_once_more() {
    let (world, shared) = World::shared(DuplicateLogin::Replace).await;
    let third =
        TestApp::start(App::new().duplicate_login(DuplicateLogin::Replace).cluster(shared.node(4)))
            .await;
    let mut cables = Vec::new();
    for gate in &world.gates {
        cables.push(join(gate, &third).await);
    }
    let user = third.server().user(7);
    let (old, _) = world.login(0, 7).await;
    let mut texts = heard(&old);
    user.push("onText", &1).expect("on its way");
    assert_eq!(texts.recv().await, Some(1));
    let (new, _) = world.login(1, 7).await;
    old.closed().await;
    while world.gates[0].server().sessions() > 0 {
        tokio::task::yield_now().await;
    }
    let mut texts = heard(&new);
    shared.take_finds();
    for text in 2..5 {
        user.push("onText", &text).expect("on its way");
    }
    for text in 2..5 {
        assert_eq!(texts.recv().await, Some(text), "in their order");
    }
    assert_eq!(shared.take_finds(), 1);

    // Nobody is there in the end, and nothing goes round for ever.
    new.close().await;
    offline(&third, 7).await;
    user.push("onText", &5).expect("nobody can tell at once");
    assert!(!user.is_online().await);
}

#[tokio::test(start_paused = true)]
async fn without_claims_a_user_may_be_at_all_gates() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let user = world.hall.server().user(7);
    assert!(!user.is_online().await);
    let mut clients = Vec::new();
    for gate in [0, 0, 1] {
        // The hall knows the first two by their login, and the third not at all.
        let client = world.gates[gate].connect().await;
        let route = if gate == 1 { "porch.login" } else { "hall.login" };
        client.request::<_, ()>(route, &7).await.expect("bound");
        clients.push((heard(&client), client));
    }
    assert_eq!(user.sessions().len(), 2);
    for text in 0..3 {
        user.push("onText", &text).expect("on its way");
    }
    for (texts, _) in &mut clients {
        for text in 0..3 {
            assert_eq!(texts.recv().await, Some(text));
        }
    }
    assert!(world.gates[0].server().user(7).is_online().await);
    assert_eq!(user.kick("enough"), 2);
    for (texts, client) in &mut clients {
        assert_eq!(client.closed().await, kicked("enough"));
        assert!(texts.try_recv().is_err(), "nothing came twice");
    }
    offline(&world.hall, 7).await;
}

#[tokio::test(start_paused = true)]
async fn everyone_is_at_all_gates_and_each_gate_is_told_once() {
    let world = World::new(DuplicateLogin::Keep, node).await;
    let mut clients = Vec::new();
    for gate in [0, 0, 1, 1] {
        let client = world.login(gate, 7).await.0;
        clients.push((heard(&client), client));
    }
    let everyone = world.hall.server().everyone();
    everyone.broadcast("onText", &1).expect("sent");
    let one = world.gates[0].server().user(7).sessions().remove(0);
    TextPush::to(&everyone.except(&one)).text(&2).expect("sent");
    everyone.broadcast("onText", &3).expect("sent");
    for (at, (texts, _)) in clients.iter_mut().enumerate() {
        assert_eq!(texts.recv().await, Some(1));
        if at > 0 {
            assert_eq!(texts.recv().await, Some(2));
        }
        assert_eq!(texts.recv().await, Some(3));
    }
    for cable in &world._cables[1..] {
        assert_eq!(cable.pushes().len(), 3, "one frame for each gate and message");
    }
}

#[tokio::test]
async fn a_list_of_nodes_cannot_decide_whose_a_user_is() {
    let app = App::new().duplicate_login(DuplicateLogin::Replace).cluster(node(1));
    let error = app.start().await.expect_err("a problem");
    assert_eq!(error.kind(), ErrorKind::Config);
    let text =
        "`duplicate_login(Replace)` needs a registry that keeps claims, and a list of numbers";
    assert!(error.to_string().contains(text), "{error}");
}

//! Users and all sessions as the targets of pushes, and the time for which a session is idle.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Context, ErrorKind, Result, Session, Uid, component, push};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use tokio::time::sleep;

#[push]
trait WordPush {
    #[push(name = "onWord")]
    fn word(text: String);
    fn counted(message: Counted);
}

/// A message that counts how often it is written.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        serializer.serialize_unit()
    }
}

struct Hall;

#[component]
impl Hall {
    #[handler]
    async fn login(&self, session: &Session, uid: Uid) -> Result<()> {
        session.bind(uid).await
    }

    #[handler]
    fn whisper(&self, to: Uid, ctx: &Context<Self>) -> Result<()> {
        WordPush::to(&ctx.user(to)).word(&"psst".into())
    }

    #[handler]
    fn shout(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        WordPush::to(&ctx.everyone().except(session)).word(&"hey".into())
    }
}

async fn start() -> TestApp {
    TestApp::start(App::new().component(Hall)).await
}

async fn open(app: &TestApp, uid: Option<&Value>) -> RawClient {
    let mut client = app.raw();
    client.open().await;
    if let Some(uid) = uid {
        assert_eq!(ask(&mut client, "hall.login", uid).await, json!({}));
    }
    client
}

async fn ask(client: &mut RawClient, route: &str, body: &Value) -> Value {
    client.request(1, route, body.to_string()).await;
    let answer = client.message().await;
    assert_eq!(answer.id, 1, "a reply, and no push: {answer:?}");
    answer.json()
}

async fn pushed(client: &mut RawClient) -> Value {
    client.message().await.json()
}

#[tokio::test(start_paused = true)]
async fn a_user_is_reached_on_every_device_or_the_caller_is_told() {
    let app = start().await;
    let (ann, bob) = (json!("ann"), json!(7));
    let mut devices = [open(&app, Some(&ann)).await, open(&app, Some(&ann)).await];
    let mut other = open(&app, Some(&bob)).await;
    assert_eq!(ask(&mut other, "hall.whisper", &ann).await, json!({}));
    for device in &mut devices {
        assert_eq!(pushed(device).await, json!("psst"));
    }
    // Nobody is called 8, and the number 7 is not the text.
    for nobody in [json!(8), json!("7")] {
        let told = ask(&mut other, "hall.whisper", &nobody).await;
        assert_eq!(told["error"], json!({ "code": "offline", "msg": "the user is offline" }));
    }
    let user = app.server().user("ann");
    assert_eq!((user.uid(), user.sessions().len()), (&Uid::from("ann"), 2));
    user.push_bytes("onWord", b"\"raw\"").expect("online");
    let [one, two] = &mut devices;
    assert_eq!(pushed(one).await, json!("raw"));

    // The first that leaves takes nothing from the second.
    let [first, second]: [Session; 2] = user.sessions().try_into().expect("two sessions");
    first.close();
    assert_eq!(user.sessions(), [second]);
    assert_eq!((user.kick("enough"), user.kick("enough")), (1, 0));
    one.expect_closed().await;
    assert_eq!(pushed(two).await, json!("raw"));
    assert_eq!(two.kick_reason().await, "enough");
    let error = user.push("onWord", &1).expect_err("nobody is there");
    assert_eq!((error.kind(), error.message()), (ErrorKind::Offline, "user ann is offline"));
    assert!(!user.is_online().await);
}

#[tokio::test(start_paused = true)]
async fn everyone_is_who_has_completed_the_handshake_and_a_message_is_written_once() {
    let app = start().await;
    assert!(app.server().everyone().broadcast("onWord", &1).is_ok(), "nobody is no error");
    let mut clients = [open(&app, None).await, open(&app, Some(&json!(1))).await];
    let mut early = app.raw();
    early.handshake(json!({})).await;
    assert_eq!(app.server().sessions(), 3);
    assert_eq!(app.server().everyone().sessions().len(), 2);

    let counted = Counted::default();
    WordPush::to(&app.server().everyone()).counted(&counted).expect("sent");
    assert_eq!(counted.0.load(Ordering::Relaxed), 1);
    for client in &mut clients {
        assert_eq!(pushed(client).await, json!(null));
    }
    let [one, two] = &mut clients;
    assert_eq!(ask(one, "hall.shout", &json!(null)).await, json!({}));
    assert_eq!(pushed(two).await, json!("hey"));
    app.server().everyone().broadcast_bytes("onWord", b"2").expect("sent");
    for client in [one, two] {
        assert_eq!(pushed(client).await, json!(2), "and nothing before it");
    }
    early.ack().await;
    assert_eq!(ask(&mut early, "hall.login", &json!(5)).await, json!({}), "nothing came early");
    let everyone = app.server().everyone();
    let bound = everyone.filter(|session| session.uid().is_some());
    WordPush::to(&bound).word(&"user".into()).expect("sent");
    assert_eq!(pushed(&mut early).await, json!("user"));

    let handle = app.server().component::<Hall>().expect("a component");
    app.shutdown().await;
    assert!(handle.everyone().sessions().is_empty() && !handle.user(5).is_online().await);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_idle_since_its_last_message_whatever_its_heartbeats() {
    let app = start().await;
    let mut client = open(&app, Some(&json!(1))).await;
    let [session]: [Session; 1] =
        app.server().everyone().sessions().try_into().expect("one session");
    let check = async |client: &mut RawClient, seconds: u64| {
        for _ in 0..seconds {
            client.send_packet(PacketKind::Heartbeat, "").await;
            sleep(Duration::from_secs(1)).await;
        }
        let (idle, expected) = (session.idle_for(), Duration::from_secs(seconds));
        assert!(idle.abs_diff(expected) <= Duration::from_millis(250), "{idle:?}, {expected:?}");
    };
    check(&mut client, 40).await;
    client.notify("hall.login", "1").await;
    check(&mut client, 20).await;
    client.request(1, "nobody.knows", "").await;
    check(&mut client, 3).await;
}

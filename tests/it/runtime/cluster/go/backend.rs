//! A backend of gates of Go nano.

use std::sync::{Arc, Mutex};

use nano::{App, InboundMessage, Result, Session, component};
use serde::{Deserialize, Serialize};
use tokio::sync;
use tonic::Code;

use super::messages::{MemberInfo, Notify, OfAddress, OfSession, Push, Request, Response, vector};
use super::script::Script;
use super::{address, behind, until};

#[derive(Deserialize, Serialize)]
struct Text {
    text: String,
}

/// The component of the vectors.
#[derive(Clone, Default)]
struct Echo {
    seen: Arc<Mutex<Vec<String>>>,
    goes_on: Arc<sync::Notify>,
}

impl Echo {
    fn note(&self, text: impl Into<String>) {
        self.seen.lock().expect("no panic").push(text.into());
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("no panic").clone()
    }
}

#[component(rename_all = "PascalCase")]
impl Echo {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        assert!(session.remote_addr().is_none() && session.uid().is_none());
        self.note("opened");
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.note(format!("closed {:?}", session.uid().and_then(|uid| uid.as_i64())));
    }

    #[handler]
    fn say(&self, message: Text) -> Text {
        message
    }

    #[handler]
    fn tell(&self, session: &Session, message: Text) -> Result<()> {
        session.push("onTell", &message)
    }

    #[handler]
    async fn login(&self, session: &Session, uid: i64) -> Result<()> {
        session.bind(uid).await?;
        session.push("onLogin", &uid)
    }

    #[handler(max_body = "8B")]
    fn short(&self, _: String) {
        self.note("short");
    }

    #[handler]
    fn note_it(&self) {
        self.note("noted");
    }

    #[handler]
    async fn hold(&self) {
        self.note("holds");
        self.goes_on.notified().await;
    }

    #[handler]
    fn hang_up(&self, session: &Session) {
        session.close();
    }
}

const ERROR: &str = "\"error\":{\"code\":";

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[tokio::test]
async fn clients_of_a_gate_of_go_nano_are_served_by_a_backend() {
    let gate = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("gate", &gate.address, &["Gate"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let echo = Echo::default();
    let backend = behind(master, App::new().component(echo.clone())).await;
    let to_backend = gate.to(address(&backend));
    let from = gate.address.clone();

    // The bytes of a request of a live gate, with the gate's address in place of its own.
    let say: Request = vector("b-session", "clusterpb.Member/HandleRequest", "exactly the gate");
    let session = say.session;
    let say = Request { gate: from.clone(), ..say };
    to_backend.call("Member/HandleRequest", &say).await.expect("queued");
    let reply: Response = gate.expect("Member/HandleResponse").await;
    assert_eq!(reply, Response { session, id: 2, data: say.data.clone() });

    let tell: Notify = vector("b-session", "clusterpb.Member/HandleNotify", "gate");
    let tell = Notify { gate: from.clone(), ..tell };
    to_backend.call("Member/HandleNotify", &tell).await.expect("queued");
    let push: Push = gate.expect("Member/HandlePush").await;
    let route = "onTell".to_owned();
    assert_eq!(push, Push { session, route, data: br#"{"text":"note"}"#.to_vec() });

    // Everything is answered: what Go nano leaves its clients without.
    let request = |id, route: &str, data: &str| {
        let (gate, route, data) = (from.clone(), route.to_owned(), data.as_bytes().to_vec());
        Request { gate, session, id, route, data }
    };
    for (id, route, body, code) in [
        (3, "Echo.Nope", "1", "not_found"),
        (4, "Echo.Say", "[", "bad_request"),
        (5, "Echo.Short", "\"far too long\"", "too_large"),
    ] {
        to_backend.call("Member/HandleRequest", &request(id, route, body)).await.expect("queued");
        let reply: Response = gate.expect("Member/HandleResponse").await;
        assert_eq!((reply.session, reply.id), (session, id));
        let (body, expected) = (text(&reply.data), format!("{ERROR}\"{code}\""));
        assert!(body.contains(&expected), "{body}");
    }

    // Messages of one session are handled in order, and so are its replies and pushes.
    to_backend.call("Member/HandleRequest", &request(6, "Echo.Login", "42")).await.expect("queued");
    let push: Push = gate.expect("Member/HandlePush").await;
    let reply: Response = gate.expect("Member/HandleResponse").await;
    assert_eq!((push.route.as_str(), reply.id, text(&reply.data)), ("onLogin", 6, "{}"));

    let ended = OfSession { session };
    to_backend.call("Member/SessionClosed", &ended).await.expect("noted");
    until("its hooks run", || echo.seen().len() == 2).await;
    assert_eq!(echo.seen(), ["opened", "closed Some(42)"]);
    for (method, status) in [
        ("Member/HandleRequest", to_backend.call("Member/HandleRequest", &say).await),
        ("Member/HandleNotify", to_backend.call("Member/HandleNotify", &tell).await),
    ] {
        let status = status.expect_err("it came too late");
        assert_eq!(status.code(), Code::NotFound, "{method}: {status}");
    }
    assert_eq!(backend.sessions(), 0, "nobody came back");
    backend.shutdown().await;
}

#[tokio::test]
async fn a_backend_closes_clients_of_a_gate_of_go_nano() {
    let gate = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("gate", &gate.address, &[])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let backend = behind(master, App::new().component(Echo::default())).await;
    let to_backend = gate.to(address(&backend));
    for session in [1, 2] {
        let (gate, route, data) =
            (gate.address.clone(), "Echo.Say".into(), br#"{"text":""}"#.to_vec());
        let say = Request { gate, session, id: 1, route, data };
        to_backend.call("Member/HandleRequest", &say).await.expect("queued");
    }
    for _ in [1, 2] {
        let _: Response = gate.expect("Member/HandleResponse").await;
    }
    let hang_up = Notify {
        gate: gate.address.clone(),
        session: 1,
        route: "Echo.HangUp".to_owned(),
        data: b"null".to_vec(),
    };
    to_backend.call("Member/HandleNotify", &hang_up).await.expect("queued");
    assert_eq!(gate.expect::<OfSession>("Member/CloseSession").await.session, 1);
    until("it has ended here", || backend.sessions() == 1).await;

    // The gate would send the others here for ever: they are closed with the node.
    let own = address(&backend).to_string();
    backend.shutdown().await;
    assert_eq!(master.expect::<OfAddress>("Master/Unregister").await.address, own);
    assert_eq!(gate.expect::<OfSession>("Member/CloseSession").await.session, 2);
}

#[tokio::test]
async fn fault_26_gates_with_equal_ids_do_not_touch_each_others_sessions() {
    let (one, other) =
        (&mut Script::start("127.0.0.1").await, &mut Script::start("127.0.0.2").await);
    let others = [&one.address, &other.address].map(|address| MemberInfo::new("", address, &[]));
    let master = &mut Script::master("127.0.0.1", &others).await;
    let echo = Echo::default();
    let backend = behind(master, App::new().component(echo.clone())).await;
    let say = |script: &Script, data: &str| Request {
        gate: script.address.clone(),
        session: 42,
        id: 7,
        route: "Echo.Say".to_owned(),
        data: format!("{{\"text\":\"{data}\"}}").into_bytes(),
    };
    for (script, text) in [(&mut *one, "one"), (&mut *other, "other")] {
        let say = say(script, text);
        let caller = script.to(address(&backend));
        caller.call("Member/HandleRequest", &say).await.expect("queued");
        let reply: Response = script.expect("Member/HandleResponse").await;
        assert_eq!(reply, Response { session: 42, id: 7, data: say.data });
    }
    assert_eq!(backend.sessions(), 2);

    // One of them ends. Its gate is known by its host.
    let ended = OfSession { session: 42 };
    other.to(address(&backend)).call("Member/SessionClosed", &ended).await.expect("noted");
    until("it ends", || backend.sessions() == 1).await;
    let again = say(one, "still here");
    one.to(address(&backend)).call("Member/HandleRequest", &again).await.expect("queued");
    let reply: Response = one.expect("Member/HandleResponse").await;
    assert_eq!(reply.data, again.data);

    // A gate that starts again has no sessions of before.
    let restarted = one.info("", &[]);
    master.to(address(&backend)).call("Member/NewMember", &restarted).await.expect("noted");
    until("they end", || backend.sessions() == 0).await;
    assert_eq!(echo.seen(), ["opened", "opened", "closed None", "closed None"]);
    backend.shutdown().await;
}

#[tokio::test]
async fn trap_40_policies_and_stages_hold_for_what_a_gate_of_go_nano_sends() {
    let gate = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("gate", &gate.address, &[])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let (echo, passed) = (Echo::default(), Arc::<Mutex<Vec<String>>>::default());
    let stage = {
        let passed = passed.clone();
        move |message: &mut InboundMessage<'_>| {
            passed.lock().expect("no panic").push(message.route().to_owned());
            Ok(())
        }
    };
    let app = App::new().component(echo.clone()).inbound(stage).require_bind();
    let backend = behind(master, app).await;
    let say: Request = vector("g-errors", "clusterpb.Member/HandleRequest", "id 0");
    let say = Request { gate: gate.address.clone(), id: 9, ..say };
    let to_backend = gate.to(address(&backend));
    to_backend.call("Member/HandleRequest", &say).await.expect("queued");
    let reply: Response = gate.expect("Member/HandleResponse").await;
    assert!(text(&reply.data).contains(&format!("{ERROR}\"not_bound\"")), "{reply:?}");
    assert!(passed.lock().expect("no panic").is_empty(), "it is refused before");
    backend.shutdown().await;
}

#[tokio::test]
async fn a_flood_of_notifies_for_a_slow_handler_is_bounded() {
    let gate = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("gate", &gate.address, &[])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let echo = Echo::default();
    let backend = behind(master, App::new().component(echo.clone())).await;
    let to_backend = gate.to(address(&backend));
    let notify = |route: &str| Notify {
        gate: gate.address.clone(),
        session: 1,
        route: route.to_owned(),
        data: b"null".to_vec(),
    };
    to_backend.call("Member/HandleNotify", &notify("Echo.Hold")).await.expect("handled");
    until("it is handled", || echo.seen().contains(&"holds".to_owned())).await;

    let mut taken = 0;
    let refused = loop {
        match to_backend.call("Member/HandleNotify", &notify("Echo.NoteIt")).await {
            Ok(_) => taken += 1,
            Err(status) => break status,
        }
        assert!(taken < 1000, "no bound");
    };
    assert_eq!((taken, refused.code()), (128, Code::ResourceExhausted), "{refused}");

    echo.goes_on.notify_one();
    let noted = || echo.seen().iter().filter(|seen| *seen == "noted").count();
    until("what waited is handled", || noted() == taken).await;
    to_backend.call("Member/HandleNotify", &notify("Echo.NoteIt")).await.expect("there is room");
    backend.shutdown().await;
}

//! A gate of backends of Go nano.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use nano::client::Client;
use nano::{App, Json, Result, Server, Session, Tcp, component};
use prost::Message;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tonic::{Code, Status};

use super::messages::{MemberInfo, Notify, OfAddress, OfSession, Push, Request, Response};
use super::script::Script;
use super::{address, behind, behind_with, trust, until};

/// The component of a gate.
#[derive(Clone, Default)]
pub(super) struct Gate {
    left: Arc<Mutex<Vec<String>>>,
}

#[component(rename_all = "PascalCase")]
impl Gate {
    #[on(node_left)]
    fn left(&self, node: &nano::Node) {
        assert!(node.is_of_go_nano());
        self.left.lock().expect("no panic").push(node.name().to_owned());
    }

    #[handler]
    fn hear(&self, session: &Session, text: String) -> Result<()> {
        session.push("onHear", &text)
    }
}

async fn start(master: &mut Script, gate: Gate) -> Server {
    behind(master, app(gate)).await
}

pub(super) fn app(gate: Gate) -> App {
    App::new()
        .listen(Tcp::bind("127.0.0.1:0"))
        .component(gate)
        .handler_timeout(Duration::from_millis(500))
}

/// Connects, and waits until the gate has reached the backend, which records the calls of nobody else.
pub(super) async fn connect(gate: &Server, backend: &mut Script) -> Client<Json> {
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await.expect("a gate");
    let known = async {
        loop {
            client.notify("Echo.Hello", &()).await.expect("sent");
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = known => unreachable!("it never ends"),
        hello = backend.expect::<Notify>("Member/HandleNotify") => {
            assert_eq!(hello.route, "Echo.Hello");
        }
    }
    client
}

/// Returns the next request, after the notifies of the connection.
pub(super) async fn request(backend: &mut Script) -> Request {
    loop {
        let (method, message) = backend.next().await;
        match method.as_str() {
            "Member/HandleRequest" => return Request::decode(message).expect("a request"),
            "Member/HandleNotify" => {}
            other => panic!("{other} is not expected"),
        }
    }
}

pub(super) async fn code(client: &Client<Json>, route: &str) -> String {
    let error = client.request::<_, Value>(route, &()).await.expect_err("an error");
    error.code().expect("a code").to_owned()
}

#[tokio::test]
async fn a_client_is_served_by_a_backend_of_go_nano() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    let to_gate = backend.to(address(&gate));
    let (hear, mut heard) = mpsc::unbounded_channel();
    for route in ["onTell", "onHear"] {
        let hear = hear.clone();
        client.on(route, move |text: String| drop(hear.send(text)));
    }

    let (said, session) = tokio::join!(client.request::<_, String>("Echo.Say", &"hello"), async {
        let asked = request(backend).await;
        assert_eq!((asked.gate, asked.route.as_str()), (address(&gate).to_string(), "Echo.Say"));
        assert_eq!(asked.data, b"\"hello\"");
        let ids: Vec<u64> = gate.everyone().sessions().iter().map(|one| one.id().get()).collect();
        assert_eq!(ids, [asked.session.cast_unsigned()], "the id of the session");

        // A push first, and after the response another one, which is nobody's.
        let (session, route) = (asked.session, "onTell".to_owned());
        let push = Push { session, route, data: b"\"pushed\"".to_vec() };
        to_gate.call("Member/HandlePush", &push).await.expect("sent");
        let response = Response { session, id: asked.id, data: b"\"said\"".to_vec() };
        to_gate.call("Member/HandleResponse", &response).await.expect("sent");
        let second = Response { data: b"\"twice\"".to_vec(), ..response.clone() };
        to_gate.call("Member/HandleResponse", &second).await.expect("noted");
        let foreign = Response { session: session + 1, ..response };
        let refused = to_gate.call("Member/HandleResponse", &foreign).await.expect_err("refused");
        assert_eq!(refused.code(), Code::NotFound);
        session
    });
    assert_eq!(said.unwrap(), "said");
    assert_eq!(heard.recv().await.as_deref(), Some("pushed"));

    // A backend sends a message on to a component of the gate.
    let (gate_addr, route) = (address(&gate).to_string(), "Gate.Hear".to_owned());
    let hear = Notify { gate: gate_addr, session, route, data: b"\"sent on\"".to_vec() };
    to_gate.call("Member/HandleNotify", &hear).await.expect("queued");
    assert_eq!(heard.recv().await.as_deref(), Some("sent on"));

    let close = OfSession { session };
    to_gate.call("Member/CloseSession", &close).await.expect("done");
    client.closed().await;
    // All nodes are told, the master too, which never had a message of the session.
    assert_eq!(backend.expect::<OfSession>("Member/SessionClosed").await, close);
    assert_eq!(master.expect::<OfSession>("Member/SessionClosed").await, close);
    let own = address(&gate).to_string();
    gate.shutdown().await;
    assert_eq!(master.expect::<OfAddress>("Master/Unregister").await.address, own);
}

#[tokio::test]
async fn trap_32_whatever_a_backend_of_go_nano_does_a_request_is_answered() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    backend.answer(|method, message| {
        let asked = || Request::decode(&message[..]).expect("a request").route;
        if method != "Member/HandleRequest" {
            return Some(Ok(Bytes::new()));
        }
        match asked().as_str() {
            "Echo.Nope" => {
                Some(Err(Status::unknown("service not found in current node: Echo.Nope")))
            }
            "Echo.Full" => Some(Err(Status::resource_exhausted("queue full"))),
            "Echo.Hangs" => None,
            // It is queued, and its handler panics.
            _ => Some(Ok(Bytes::new())),
        }
    });
    assert_eq!(code(&client, "Echo.Nope").await, "not_found");
    assert_eq!(code(&client, "Echo.Full").await, "unavailable");
    assert_eq!(code(&client, "Echo.Panic").await, "timeout");
    assert_eq!(code(&client, "Echo.Hangs").await, "timeout");
    assert_eq!(code(&client, "Other.Say").await, "not_found");
    gate.shutdown().await;
}

#[tokio::test]
async fn messages_of_a_session_go_one_after_another() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    let running = Arc::<Mutex<(usize, usize)>>::default();
    let (most, taken) = (running.clone(), Arc::<Mutex<Vec<Value>>>::default());
    let order = taken.clone();
    backend.answer(move |method, message| {
        if method == "Member/HandleNotify" {
            let (now, ever) = &mut *running.lock().expect("no panic");
            *now += 1;
            *ever = (*now).max(*ever);
            std::thread::sleep(Duration::from_millis(2));
            let notify = Notify::decode(&message[..]).expect("a notify");
            let number = serde_json::from_slice(&notify.data).expect("JSON");
            taken.lock().expect("no panic").push(number);
            *now -= 1;
        }
        Some(Ok(Bytes::new()))
    });
    for number in 0..50 {
        client.notify("Echo.Tell", &number).await.expect("sent");
    }
    until("all are there", || order.lock().expect("no panic").last() == Some(&json!(49))).await;
    let numbers: Vec<Value> =
        order.lock().expect("no panic").iter().filter(|one| one.is_number()).cloned().collect();
    assert_eq!(numbers, (0..50).map(|number| json!(number)).collect::<Vec<_>>());
    assert_eq!(most.lock().expect("no panic").1, 1);
    gate.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_backend_of_go_nano_is_killed() {
    let (one, other) =
        (&mut Script::start("127.0.0.1").await, &mut Script::start("127.0.0.1").await);
    let of = |script: &Script, label| MemberInfo::new(label, &script.address, &["Echo"]);
    let master = &mut Script::master("127.0.0.1", &[of(one, "one")]).await;
    let door = Gate::default();
    let gate = start(master, door.clone()).await;
    let client = connect(&gate, one).await;
    let (lost, killed) = tokio::join!(code(&client, "Echo.Say"), async {
        let _ = request(one).await;
        one.kill();
        Instant::now()
    });
    // It is told as soon as somebody calls the node again, which a sign of life does within two seconds.
    assert!(matches!(lost.as_str(), "node_lost" | "timeout"), "{lost}");
    until("it is not chosen any more", || killed.elapsed() > Duration::from_secs(3)).await;
    assert_eq!(code(&client, "Echo.Say").await, "unavailable");

    // The next message goes to another one.
    let joined = other.info("two", &["Echo"]);
    master.to(address(&gate)).call("Member/NewMember", &joined).await.expect("noted");
    let again = async {
        loop {
            if let Ok(text) = client.request::<_, String>("Echo.Say", &"again").await {
                return text;
            }
        }
    };
    let to_gate = other.to(address(&gate));
    let answer = async {
        loop {
            let Request { session, id, data, .. } = request(other).await;
            let response = Response { session, id, data };
            to_gate.call("Member/HandleResponse", &response).await.expect("sent");
        }
    };
    tokio::select! {
        text = again => assert_eq!(text, "again"),
        () = answer => unreachable!("it never ends"),
    }
    let left = OfAddress { address: one.address.clone() };
    master.to(address(&gate)).call("Member/DelMember", &left).await.expect("noted");
    until("its end is told", || *door.left.lock().expect("no panic") == ["one"]).await;
    gate.shutdown().await;
}

#[tokio::test]
async fn trap_41_a_hung_node_of_go_nano_does_not_hold_the_end_of_sessions() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    // Signs of life, which are empty, go through.
    backend.answer(|method, message| {
        (method != "Member/SessionClosed" || message.is_empty()).then(|| Ok(Bytes::new()))
    });
    let start = Instant::now();
    drop(client);
    until("the session ends", || gate.sessions() == 0).await;
    let _: OfSession = master.expect("Member/SessionClosed").await;
    assert!(start.elapsed() < Duration::from_millis(1900), "{:?}", start.elapsed());
    gate.shutdown().await;
}

#[tokio::test]
async fn clients_cannot_ask_for_routes_without_end() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    for number in 0..4096 {
        client.notify(&format!("Echo.Route{number}"), &()).await.expect("sent");
        if number % 64 == 0 {
            // It is answered behind them.
            client.request::<_, ()>("Gate.Hear", &"").await.expect("an answer");
        }
    }
    assert_eq!(code(&client, "Echo.Other").await, "not_found");
    assert_eq!(code(&client, "Echo.Route0").await, "timeout", "it is forwarded, and not answered");
    gate.shutdown().await;
}

#[tokio::test]
async fn routes_that_are_named_are_served_whatever_clients_ask_for() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo", "Free"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let go = trust().routes(["Echo.Hello", "Echo.Say"]);
    let gate = behind_with(master, app(Gate::default()), go).await;
    let client = connect(&gate, backend).await;
    for number in 0..4096 {
        client.notify(&format!("Free.Route{number}"), &()).await.expect("sent");
        if number % 64 == 0 {
            client.request::<_, ()>("Gate.Hear", &"").await.expect("an answer");
        }
    }
    assert_eq!(code(&client, "Free.Other").await, "not_found", "there are too many of them");
    assert_eq!(code(&client, "Echo.Say").await, "timeout", "it is forwarded, and not answered");
    assert_eq!(code(&client, "Echo.Made").await, "not_found", "nobody has named it");
    gate.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_backend_of_go_nano_is_frozen_and_thaws() {
    let backend = &mut Script::start("127.0.0.1").await;
    let others = [MemberInfo::new("backend", &backend.address, &["Echo"])];
    let master = &mut Script::master("127.0.0.1", &others).await;
    let gate = start(master, Gate::default()).await;
    let client = connect(&gate, backend).await;
    backend.answer(|_, _| None);
    let (frozen, start) = (Duration::from_secs(9), Instant::now());
    // It may be handled yet, unless it waited behind a notify for so long that the node counts as lost.
    let first = code(&client, "Echo.Say").await;
    assert!(matches!(first.as_str(), "timeout" | "unavailable"), "{first}");
    while code(&client, "Echo.Say").await != "unavailable" {
        assert!(start.elapsed() < frozen, "two signs of life fail to come");
    }
    backend.answer(|_, _| Some(Ok(Bytes::new())));
    while code(&client, "Echo.Say").await == "unavailable" {
        assert!(start.elapsed() < 2 * frozen, "it gives signs of life again");
    }
    gate.shutdown().await;
}

//! A member of a master of Go nano.

use std::time::Duration;

use nano::client::Client;
use nano::{App, Cluster, DuplicateLogin, ErrorKind, GoNano, Json, Tcp, component};
use prost::Message;
use tokio::time::timeout;
use tonic::{Code, Status};

use super::messages::{MemberInfo, OfAddress, OfMember, Registered};
use super::script::Script;
use super::{address, behind, trust, until};

struct Chat;

#[component(rename_all = "PascalCase")]
impl Chat {
    #[handler]
    fn say(&self, text: String) -> String {
        text
    }
}

#[tokio::test]
async fn a_node_registers_with_its_components_and_leaves() {
    let master = &mut Script::master("127.0.0.1", &[]).await;
    let go = trust().master(master.address.clone());
    let node = Cluster::bind("127.0.0.1:0").name("chat-1").go_nano(go);
    let server = App::new().component(Chat).cluster(node).start().await.expect("it starts");
    let own = address(&server).to_string();
    let registered: OfMember = master.expect("Master/Register").await;
    assert_eq!(registered.info, Some(MemberInfo::new("chat-1", &own, &["Chat"])));
    // The first one comes at once, and says the same.
    assert_eq!(master.expect::<OfMember>("Master/Heartbeat").await, registered);
    server.shutdown().await;
    assert_eq!(master.expect::<OfAddress>("Master/Unregister").await.address, own);
}

#[tokio::test]
async fn a_node_starts_as_soon_as_the_master_lets_it_in() {
    let master = &mut Script::start("127.0.0.1").await;
    master.answer(|_, _| Some(Err(Status::unavailable("dial tcp 127.0.0.1:4452: refused"))));
    let starting = {
        let go = trust().master(master.address.clone());
        tokio::spawn(App::new().cluster(Cluster::bind("127.0.0.1:0").go_nano(go)).start())
    };
    for _ in 0..2 {
        assert_eq!(master.next().await.0, "Master/Register");
    }
    assert!(!starting.is_finished());
    master.answer(|_, _| Some(Ok(bytes::Bytes::new())));
    starting.await.expect("no panic").expect("it starts").shutdown().await;
}

/// Nodes of this framework find each other by what a master of Go nano passes on, and have a link.
#[tokio::test]
async fn nodes_behind_a_master_of_go_nano_have_links_to_each_other() {
    let master = &mut Script::master("127.0.0.1", &[]).await;
    let node = || Cluster::bind("127.0.0.1:0").go_nano(trust().master(master.address.clone()));
    let gate = App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(node()).start();
    let chat = App::new().component(Chat).cluster(node()).start();
    let (gate, chat) = (gate.await.expect("it starts"), chat.await.expect("it starts"));
    // The bytes as they came, what Go nano does not know of them included.
    let mut registered = Vec::new();
    while registered.len() < 2 {
        let (method, message) = master.next().await;
        registered.extend((method == "Master/Register").then_some(message));
    }
    for (server, other) in [&gate, &chat].into_iter().zip(registered.iter().rev()) {
        let to_node = master.to(address(server));
        to_node.call_raw("Member/NewMember", other.clone()).await.expect("noted");
    }
    let client = Client::connect(&format!("tcp://{}", gate.addresses()[0])).await;
    let client: Client<Json> = client.expect("a gate");
    let said = async {
        loop {
            match client.request::<_, String>("Chat.Say", &"linked").await {
                Ok(said) => return said,
                Err(error) => {
                    assert!(matches!(error.code(), Some("not_found" | "unavailable")), "{error}");
                }
            }
        }
    };
    assert_eq!(timeout(Duration::from_secs(20), said).await.expect("in time"), "linked");
    chat.shutdown().await;
    gate.shutdown().await;
}

#[tokio::test]
async fn fault_26_a_master_of_go_nano_that_was_away_lets_the_node_in_again() {
    let master = &mut Script::master("127.0.0.1", &[]).await;
    let go = trust().master(master.address.clone()).heartbeat(Duration::from_secs(1));
    let node = Cluster::bind("127.0.0.1:0").go_nano(go);
    let server = App::new().component(Chat).cluster(node).start().await.expect("it starts");
    let registered: OfMember = master.expect("Master/Register").await;
    master.answer(|method, _| {
        Some(match method {
            "Master/Heartbeat" => Err(Status::unavailable("the connection broke")),
            _ => Ok(bytes::Bytes::new()),
        })
    });
    // Three of its heartbeats without an answer.
    let own = address(&server).to_string();
    assert_eq!(master.expect::<OfAddress>("Master/Unregister").await.address, own);
    assert_eq!(master.expect::<OfMember>("Master/Register").await, registered);
    server.shutdown().await;
}

/// Go nano 0.5.0 knows no heartbeats, and keeps nodes in its memory.
#[tokio::test]
async fn fault_26_a_master_without_heartbeats_that_starts_again_gets_to_know_the_node() {
    let without_heartbeats = |master: &Script| {
        master.answer(|method, _| {
            Some(match method {
                "Master/Heartbeat" => Err(Status::unimplemented("unknown method Heartbeat")),
                _ => Ok(bytes::Bytes::new()),
            })
        });
    };
    let mut master = Script::start("127.0.0.1").await;
    without_heartbeats(&master);
    let server = behind(&mut master, App::new().component(Chat)).await;
    let own = address(&server).to_string();
    assert_eq!(master.next().await.0, "Master/Heartbeat");
    master.kill();
    let mut again = Script::at(&master.address).await;
    without_heartbeats(&again);
    assert_eq!(again.expect::<OfAddress>("Master/Unregister").await.address, own);
    let registered: OfMember = again.expect("Master/Register").await;
    assert_eq!(registered.info, Some(MemberInfo::new("rust", &own, &["Chat"])));
    server.shutdown().await;
}

#[tokio::test]
async fn fault_26_news_overtakes_the_answer_to_a_registration() {
    let [gone, new] = [Script::start("127.0.0.1").await, Script::start("127.0.0.1").await];
    let others = [MemberInfo::new("gone", &gone.address, &["Gone"])];
    let master = &mut Script::start("127.0.0.1").await;
    let (answer, answered) = std::sync::mpsc::channel::<()>();
    let answered = std::sync::Mutex::new(answered);
    let list = bytes::Bytes::from(Registered { members: others.to_vec() }.encode_to_vec());
    master.answer(move |method, _| {
        if method != "Master/Register" {
            return Some(Ok(bytes::Bytes::new()));
        }
        let answered = answered.lock().expect("no panic");
        answered.recv_timeout(Duration::from_secs(20)).expect("the test goes on");
        Some(Ok(list.clone()))
    });
    let go = trust().master(master.address.clone());
    let app = App::new().component(Chat).listen(Tcp::bind("127.0.0.1:0"));
    let app = app.handler_timeout(Duration::from_millis(500));
    let starting = tokio::spawn(app.cluster(Cluster::bind("127.0.0.1:0").go_nano(go)).start());
    let own = master.expect::<OfMember>("Master/Register").await.info.expect("its info").address;
    let to_node = master.to(own.parse().expect("an address"));
    let left = OfAddress { address: gone.address.clone() };
    to_node.call("Member/DelMember", &left).await.expect("noted");
    let joined = new.info("new", &["New"]);
    to_node.call("Member/NewMember", &joined).await.expect("noted");
    answer.send(()).expect("the master waits");
    let server = starting.await.expect("no panic").expect("it starts");

    let client = Client::connect(&format!("tcp://{}", server.addresses()[0])).await;
    let client: Client<Json> = client.expect("a gate");
    let is_known = async |route: &str| {
        let error = client.request::<_, ()>(route, &()).await.expect_err("nobody answers");
        error.code() != Some("not_found")
    };
    let reached = async { while !is_known("New.Say").await {} };
    timeout(Duration::from_secs(20), reached).await.expect("the one that joined is known");
    assert!(!is_known("Gone.Say").await, "it has left");
    server.shutdown().await;
}

#[tokio::test]
async fn news_that_makes_no_sense_is_refused_with_the_reason() {
    let master = &mut Script::master("127.0.0.1", &[]).await;
    let server = behind(master, App::new().component(Chat)).await;
    let to_node = master.to(address(&server));
    let new = |address: &str| OfMember { info: Some(MemberInfo::new("x", address, &[])) };
    let own = address(&server).to_string();
    for (message, reason) in [
        (OfMember::default(), "no memberInfo"),
        (new(""), "no address of a node"),
        (new("8.8.8.8:80"), "not of a trusted network"),
        (new(&own), "the address of this node"),
    ] {
        let refused = to_node.call("Member/NewMember", &message).await.expect_err("refused");
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().contains(reason), "{refused}");
    }
    // It is no master.
    let refused = to_node.call("Master/Register", &new("127.0.0.1:1")).await.expect_err("refused");
    assert_eq!(refused.code(), Code::Unimplemented);
    until("it goes on", || server.is_ready()).await;
    server.shutdown().await;
}

#[tokio::test]
async fn what_cannot_work_is_said_at_the_start() {
    let check = async |app: App, text: &str| {
        let error = app.start().await.expect_err("a problem");
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(text), "{error}");
    };
    let node = || Cluster::bind("127.0.0.1:0");
    let behind = || App::new().cluster(node().go_nano(trust().master("127.0.0.1:1")));
    for policy in [DuplicateLogin::Replace, DuplicateLogin::Refuse] {
        check(behind().duplicate_login(policy), "`GoNano::master(..)` keeps none").await;
    }
    let app = |cluster| App::new().cluster(cluster);
    check(app(node().go_nano(trust())), "nothing says who is a node").await;
    check(app(node().number(1).go_nano(trust())), "register at a master").await;
    let both = node().master().go_nano(trust().master("127.0.0.1:1"));
    check(app(both), "`.master()` and `GoNano::master(..)` are both given").await;
    let go = GoNano::trust(["10.0.0.0/40"]);
    check(app(node().master().go_nano(go)), "`10.0.0.0/40` is no network").await;
    let none: [&str; 0] = [];
    let go = GoNano::trust(none);
    check(app(node().master().go_nano(go)), "no network to trust").await;
    let go = trust().token("two words");
    check(app(node().master().go_nano(go)), "`GoNano::token` is empty, or has a space").await;
    let go = trust().heartbeat(Duration::ZERO);
    check(app(node().master().go_nano(go)), "`GoNano::heartbeat` is 0ns").await;
    let go = trust().routes(["Chat.Say", "Say"]);
    check(app(node().master().go_nano(go)), "cluster: `Say` is no route").await;
    let go = trust().routes((0..4097).map(|number| format!("Chat.{number}")));
    check(app(node().master().go_nano(go)), "is given 4097 routes; 4096 are possible").await;
}

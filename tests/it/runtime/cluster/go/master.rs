//! The master of nodes of Go nano.

use std::time::{Duration, Instant};

use bytes::Bytes;
use nano::{App, Cluster, Server, component};
use prost::Message;
use tonic::Code;

use super::messages::{MemberInfo, OfAddress, OfMember, Registered};
use super::script::{Caller, Script};
use super::{address, trust, until};

struct Topic;

#[component(rename_all = "PascalCase")]
impl Topic {
    #[handler]
    fn stats(&self) {}
}

async fn master() -> Server {
    let node = Cluster::bind("127.0.0.1:0").master().name("master").go_nano(trust());
    App::new().component(Topic).cluster(node).start().await.expect("it starts")
}

async fn register(to_master: &Caller, info: &OfMember) -> Vec<String> {
    let registered = to_master.call("Master/Register", info).await.expect("let in");
    let registered = Registered::decode(registered).expect("a list");
    let label = |info: MemberInfo| format!("{} {}", info.label, info.services.join(","));
    registered.members.into_iter().map(label).collect()
}

#[tokio::test]
async fn trap_34_nodes_of_go_nano_that_register_at_once_know_each_other() {
    let server = master().await;
    let (one, other) =
        (&mut Script::start("127.0.0.1").await, &mut Script::start("127.0.0.1").await);
    let hung = Script::start("127.0.0.1").await;
    hung.answer(|method, _| (method == "Member/SessionClosed").then(|| Ok(Bytes::new())));
    let to_master = one.to(address(&server));
    let infos =
        [hung.info("hung", &[]), one.info("one", &["Echo"]), other.info("other", &["Other"])];
    assert_eq!(register(&to_master, &infos[0]).await, ["master Topic"]);
    let start = Instant::now();
    let [first, second] = [&infos[1], &infos[2]].map(|info| register(&to_master, info));
    let (first, second) = tokio::join!(first, second);
    assert!(start.elapsed() < Duration::from_millis(1900), "nobody waits for the one that hangs");
    // The one that came second was told of the first, and the first is told of the second.
    let (told, second) = if second.len() > first.len() { (one, second) } else { (other, first) };
    assert_eq!(second.len(), 3, "{second:?}");
    let news: OfMember = told.expect("Member/NewMember").await;
    assert!(infos.contains(&news) && news != infos[0], "{news:?}");
    server.shutdown().await;
}

#[tokio::test]
async fn fault_26_members_of_go_nano_die_and_come_back() {
    let server = master().await;
    let mut survivor = Script::start("127.0.0.1").await;
    let to_master = survivor.to(address(&server));
    register(&to_master, &survivor.info("survivor", &[])).await;
    let mut dead = Vec::new();
    for label in ["one", "other"] {
        let mut script = Script::start("127.0.0.1").await;
        register(&to_master, &script.info(label, &["Echo"])).await;
        let news: OfMember = survivor.expect("Member/NewMember").await;
        assert_eq!(news, script.info(label, &["Echo"]));
        script.kill();
        dead.push(script);
    }
    // Both at once: the one that is left hears of both.
    let start = Instant::now();
    let mut gone = Vec::new();
    for _ in &dead {
        gone.push(survivor.expect::<OfAddress>("Member/DelMember").await.address);
    }
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    gone.sort();
    let mut expected: Vec<_> = dead.iter().map(|script| script.address.clone()).collect();
    expected.sort();
    assert_eq!(gone, expected);

    // A member that had stood still comes back with a heartbeat, and the others are told.
    let thawed = Script::start("127.0.0.1").await;
    let info = thawed.info("thawed", &["Echo"]);
    to_master.call("Master/Heartbeat", &info).await.expect("noted");
    assert_eq!(survivor.expect::<OfMember>("Member/NewMember").await, info);
    // One that starts again is taken out first: it would be there twice.
    register(&to_master, &info).await;
    assert_eq!(survivor.expect::<OfAddress>("Member/DelMember").await.address, thawed.address);
    assert_eq!(survivor.expect::<OfMember>("Member/NewMember").await, info);

    let left = OfAddress { address: thawed.address.clone() };
    to_master.call("Master/Unregister", &left).await.expect("it was there");
    assert_eq!(survivor.expect::<OfAddress>("Member/DelMember").await, left);
    let unknown = to_master.call("Master/Unregister", &left).await.expect_err("it was there");
    assert!(unknown.message().contains("has not registered"), "{unknown}");
    for bad in [OfMember::default(), OfMember { info: Some(MemberInfo::new("x", "", &[])) }] {
        for method in ["Master/Register", "Master/Heartbeat"] {
            let refused = to_master.call(method, &bad).await.expect_err("refused");
            assert_eq!(refused.code(), Code::InvalidArgument, "{method}");
        }
    }
    until("it goes on", || server.is_ready()).await;
    server.shutdown().await;
}

//! Promise 8: two apps in one process do not know of each other.

use nano::client::Client;
use nano::testing::TestApp;
use nano::{App, ErrorKind, Group, Json, Protobuf, Result, Session, component};
use prost::Message;
use serde::{Deserialize, Serialize};

#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
struct Count {
    #[prost(uint32, tag = "1")]
    count: u32,
}

#[derive(Default)]
struct Counter {
    count: u32,
    group: Group,
}

#[component]
impl Counter {
    #[handler]
    fn add(&mut self, by: Count) -> Count {
        self.count += by.count;
        Count { count: self.count }
    }

    #[handler]
    fn join(&self, session: &Session) -> Result<Count> {
        self.group.add(session)?;
        self.group.broadcast("onJoin", &Count { count: 1 })?;
        Ok(Count { count: self.group.len() as u32 })
    }
}

#[tokio::test]
async fn promise_8_two_apps_with_the_same_component_and_different_serializers() {
    let json = TestApp::start(App::new().serializer(Json).component(Counter::default())).await;
    let protobuf = App::new().serializer(Protobuf).component(Counter::default());
    let protobuf = TestApp::start(protobuf).await;
    let one = json.connect().await;
    let two = protobuf.connect_with(Client::builder().serializer(Protobuf)).await;
    let (one, two) = (CounterClient::new(&one), CounterClient::new(&two));
    for expected in 1..=3 {
        assert_eq!(one.add(&Count { count: 1 }).await.expect("a reply").count, expected);
        assert_eq!(two.add(&Count { count: 10 }).await.expect("a reply").count, expected * 10);
    }
    assert_eq!((json.server().sessions(), protobuf.server().sessions()), (1, 1));
    json.shutdown().await;
    assert_eq!(two.add(&Count { count: 1 }).await.expect("a reply").count, 31);
    protobuf.shutdown().await;
}

#[tokio::test]
async fn promise_8_a_session_of_one_app_cannot_join_a_group_of_another() {
    // Both components were given the same group.
    let group = Group::new();
    let component = || Counter { count: 0, group: group.clone() };
    let (first, second) = (App::new().component(component()), App::new().component(component()));
    let (first, second) = (TestApp::start(first).await, TestApp::start(second).await);
    let (one, two) = (first.connect().await, second.connect().await);
    let (one, two) = (CounterClient::new(&one), CounterClient::new(&two));
    assert_eq!(one.join().await.expect("a member").count, 1);
    let refused = two.join().await.expect_err("another app's group");
    assert_eq!(refused.code(), Some("internal"));
    let member = group.members().remove(0);
    first.shutdown().await;
    assert!(group.is_empty(), "it is free when its members have left");
    assert_eq!(group.add(&member).expect_err("an ended session").kind(), ErrorKind::Closed);
    assert_eq!(two.join().await.expect("a member").count, 1);
}

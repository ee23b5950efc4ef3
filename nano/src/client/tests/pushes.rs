//! Tests of the handlers of pushes.

use std::fmt::Debug;

use tokio::sync::mpsc;

use super::fake::{connect, open, push, welcome};
use crate::client::Client;
use crate::codec::{MessageHead, PacketKind, Route, zlib};

/// Makes a handler that forwards its messages, and the channel on which they arrive.
fn log<T>() -> (impl Fn(T) + Clone, mpsc::UnboundedReceiver<T>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let log = move |entry| assert!(sender.send(entry).is_ok(), "the test listens");
    (log, receiver)
}

async fn expect<T: Debug + PartialEq>(log: &mut mpsc::UnboundedReceiver<T>, expected: &[T]) {
    for expected in expected {
        assert_eq!(log.recv().await.as_ref(), Some(expected));
    }
    assert!(log.is_empty());
}

#[tokio::test]
async fn handlers_of_a_route_run_in_the_order_of_registration() {
    let (client, mut server) = connect().await;
    let (log, mut calls) = log();
    let (first, second, any) = (log.clone(), log.clone(), log.clone());
    client.on_any(move |route, body| any(format!("any {route} {body:?}")));
    client.on::<i64>("onNumber", move |n| first(format!("first {n}")));
    client.on_bytes("onNumber", move |body| second(format!("second {body:?}")));
    client.on::<i64>("onOther", move |n| log(format!("other {n}")));
    server.push("onNumber", "1").await;
    server.push("onOther", "2").await;
    server.push("onElse", "3").await;
    let expected = [
        "first 1",
        "second b\"1\"",
        "any onNumber b\"1\"",
        "other 2",
        "any onOther b\"2\"",
        "any onElse b\"3\"",
    ];
    expect(&mut calls, &expected.map(str::to_owned)).await;
}

#[tokio::test]
async fn a_push_comes_by_name_by_code_and_compressed() {
    let (client, mut server) = connect().await;
    let (log, mut calls) = log();
    client.on::<String>("onNews", log);
    let long = "news ".repeat(100);
    let body = serde_json::to_vec(&long).expect("texts are json");
    let deflated = zlib::deflate(&body).expect("repetition compresses");
    server.push("onNews", "\"name\"").await;
    server.say(push(Route::Code(2)), "\"code\"").await;
    server.say(MessageHead { compressed: true, ..push(Route::Code(2)) }, deflated).await;
    expect(&mut calls, &["name".to_owned(), "code".to_owned(), long]).await;
}

#[tokio::test]
async fn a_call_that_goes_wrong_costs_that_call_only() {
    let (client, mut server) = connect().await;
    let (log, mut calls) = log();
    client.on::<i64>("onNumber", |n| assert_ne!(n, 1, "this handler does not like 1"));
    client.on::<i64>("onNumber", log);
    server.push("onNobody", "0").await;
    server.push("onNumber", "1").await;
    server.push("onNumber", "\"no number\"").await;
    server.push("onNumber", "2").await;
    expect(&mut calls, &[1, 2]).await;
    assert!(!client.is_closed());
}

#[tokio::test]
async fn handlers_may_register_handlers() {
    let (client, mut server) = connect().await;
    let (log, mut calls) = log();
    let inner = client.clone();
    client.on_bytes("onFirst", move |_| inner.on::<i64>("onSecond", log.clone()));
    server.push("onFirst", "").await;
    server.push("onSecond", "2").await;
    expect(&mut calls, &[2]).await;
}

#[tokio::test]
async fn handlers_of_the_builder_see_the_first_push() {
    let (near, far) = tokio::io::duplex(1024);
    let mut server = super::fake::Fake::new(far);
    let (log, mut calls) = log();
    let bytes = log.clone();
    let builder = Client::builder()
        .on::<i64>("onHello", move |n| log(n.to_string()))
        .on_bytes("onHello", move |body| bytes(format!("{body:?}")));
    let (client, ()) = tokio::join!(builder.over(near), async {
        server.expect(PacketKind::Handshake).await;
        server.send(PacketKind::Handshake, welcome().to_string()).await;
        server.push("onHello", "1").await;
    });
    expect(&mut calls, &["1".to_owned(), "b\"1\"".to_owned()]).await;
    assert!(!client.expect("the server accepts").is_closed());
}

#[tokio::test]
async fn handlers_are_let_go_when_the_connection_ends() {
    let (client, mut server, _) = open(Client::builder(), welcome()).await;
    let (log, mut calls) = log::<()>();
    let inner = client.clone();
    client.on_bytes("onNews", move |_| {
        log(());
        inner.is_closed();
    });
    server.send(PacketKind::Kick, "").await;
    client.closed().await;
    assert_eq!(calls.recv().await, None);
    let (log, mut calls) = self::log::<()>();
    client.on_bytes("onNews", move |_| log(()));
    assert_eq!(calls.recv().await, None);
}

//! Pushes in datagrams.

use nano::codec::{Message, PacketKind, Route};
use nano::testing::{RawClient, TestApp};
use nano::{App, Bytes, Group, Push, Resume, Session, component};
use wtransport::Connection;

use super::browser::{Browser, native};
use super::{start, tls};
use crate::promises::support::in_time;

#[derive(Default)]
struct Field(Group);

#[component]
impl Field {
    #[handler]
    fn enter(&self, session: &Session) -> nano::Result<()> {
        self.0.add(session)
    }

    /// Sends a push of each class to the session alone, and one of each to everybody.
    #[handler]
    fn step(&self, session: &Session, (text, key): (String, u32)) -> nano::Result<()> {
        session.push(Push::latest_of("onMove", &key), &text)?;
        session.push(Push::lossy("onSparkle"), &text)?;
        session.push("onEvent", &text)?;
        self.0.broadcast(Push::latest_of("onMove", &key), &text)?;
        self.0.broadcast(Push::lossy("onSparkle"), &text)
    }
}

/// A push with its number.
#[derive(Debug, PartialEq, Eq)]
struct Numbered {
    sequence: u32,
    key: u32,
    route: String,
    body: String,
}

/// Reads a data packet as the page about the protocol describes it; a push without a number is `None`.
fn read(packet: &[u8]) -> Option<Numbered> {
    let (header, message) = packet.split_at(4);
    assert_eq!(header, [&[4][..], &(message.len() as u32).to_be_bytes()[1..]].concat());
    let (flag, rest) = message.split_first().expect("a flag");
    let (number, rest) = rest.split_at(if flag & 0x40 == 0 { 0 } else { 8 });
    let plain = Bytes::from([&[flag & !0x40], rest].concat());
    let message = Message::decode(&plain).expect("a message");
    let Route::Name(route) = message.route else { panic!("a push by its name") };
    let (sequence, key) = number.split_first_chunk::<4>()?;
    Some(Numbered {
        sequence: u32::from_be_bytes(*sequence),
        key: u32::from_be_bytes(key.try_into().expect("four bytes")),
        route: route.to_owned(),
        body: String::from_utf8(message.body.to_vec()).expect("text"),
    })
}

/// The next push on the stream, with its route and body if it has no number.
async fn pushed(raw: &mut RawClient) -> Result<Numbered, (String, String)> {
    loop {
        let packet = in_time("a push", raw.packet()).await.expect("a packet");
        if packet.kind != PacketKind::Data || packet.body[0] & 0x0e != 0x06 {
            continue;
        }
        if let Some(numbered) = read(&super::browser::packet(4, &packet.body)) {
            return Ok(numbered);
        }
        let message = Message::decode(&packet.body).expect("a message");
        let Route::Name(route) = message.route else { panic!("a push by its name") };
        return Err((route.to_owned(), String::from_utf8_lossy(&message.body).into_owned()));
    }
}

/// The next datagrams, in the order of their numbers.
async fn datagrams(connection: &Connection, count: usize) -> Vec<Numbered> {
    let mut all = Vec::new();
    for _ in 0..count {
        let datagram = in_time("a datagram", connection.receive_datagram()).await;
        all.push(read(&datagram.expect("a datagram").payload()).expect("a number"));
    }
    all.sort_by_key(|numbered| numbered.sequence);
    all
}

async fn enter(browser: &Browser, app: &TestApp, features: &[&str]) -> (Connection, RawClient) {
    let mut stream = browser.open(app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(features)).await;
    raw.request(1, "field.enter", "").await;
    assert_eq!(raw.message().await.id, 1);
    (stream.connection, raw)
}

async fn step(raw: &mut RawClient, text: &str, key: u32) {
    raw.notify("field.step", serde_json::json!([text, key]).to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_that_may_be_lost_go_in_datagrams_with_numbers() {
    let tls = tls();
    let app = start(App::new().component(Field::default()), &tls).await;
    let browser = Browser::new(&tls);
    let (connection, mut raw) = enter(&browser, &app, &["datagrams"]).await;
    step(&mut raw, "a", 1).await;
    // Whatever else is sent goes on the stream, without a number.
    let event = || Err(("onEvent".to_owned(), "\"a\"".to_owned()));
    assert_eq!(pushed(&mut raw).await, event());
    let sent = datagrams(&connection, 4).await;
    let key = sent[0].key;
    assert_ne!(key, 0);
    for (index, (numbered, (route, key))) in sent
        .iter()
        .zip([("onMove", key), ("onSparkle", 0), ("onMove", key), ("onSparkle", 0)])
        .enumerate()
    {
        let sequence = index as u32 + 1;
        let (route, body) = (route.to_owned(), "\"a\"".to_owned());
        assert_eq!(*numbered, Numbered { sequence, key, route, body });
    }
    step(&mut raw, "a", 2).await;
    let others = datagrams(&connection, 4).await;
    assert_ne!(others[0].key, key, "another key of the route");
    assert_eq!(others[0].sequence, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_that_does_not_fit_goes_on_the_stream_with_its_number() {
    let tls = tls();
    let app = start(App::new().component(Field::default()), &tls).await;
    let (connection, mut raw) = enter(&Browser::new(&tls), &app, &["datagrams"]).await;
    let large = "x".repeat(20_000);
    step(&mut raw, &large, 1).await;
    step(&mut raw, "small", 1).await;
    // Those that do not fit wait in the queue, where the second one of the key takes the place of the first.
    let mut numbered = Vec::new();
    while numbered.len() < 3 {
        numbered.extend(pushed(&mut raw).await.ok());
    }
    let small = datagrams(&connection, 4).await;
    assert_eq!(small.iter().map(|push| push.sequence).collect::<Vec<_>>(), [5, 6, 7, 8]);
    assert_eq!(numbered.iter().map(|push| push.sequence).collect::<Vec<_>>(), [3, 2, 4]);
    assert_eq!(numbered[0].key, small[0].key);
    assert_eq!(numbered[0].body.len(), large.len() + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_ask_and_an_app_with_stages_of_sessions_have_no_datagrams() {
    let tls = tls();
    let plain = App::new().component(Field::default());
    let staged = App::new().component(Field::default()).outbound(|_: &Session, _| Ok(()));
    for (app, features) in [(plain, &["errors"][..]), (staged, &["datagrams"][..])] {
        let app = start(app, &tls).await;
        let (_connection, mut raw) = enter(&Browser::new(&tls), &app, features).await;
        step(&mut raw, "a", 1).await;
        let mut routes = Vec::new();
        for _ in 0..5 {
            routes.push(pushed(&mut raw).await.expect_err("no number").0);
        }
        assert_eq!(routes, ["onMove", "onSparkle", "onEvent", "onMove", "onSparkle"]);
        app.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_go_on_when_a_client_comes_back_and_what_it_missed_waits_on_the_stream() {
    let tls = tls();
    let app = start(App::new().component(Field::default()).resume(Resume::new()), &tls).await;
    let browser = Browser::new(&tls);
    let features = ["datagrams", "resume"];
    let mut stream = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    let reply = raw.open_as(native(&features)).await;
    raw.request(1, "field.enter", "").await;
    raw.message().await;
    let mut other = app.raw();
    other.open().await;
    step(&mut other, "there", 1).await;
    datagrams(&stream.connection, 2).await;
    // The reply is all that it has taken in: datagrams do not count.
    stream.connection.close(4000_u32.into(), b"");
    lost(&app).await;
    step(&mut other, "away", 1).await;
    other.request(1, "field.enter", "").await;
    while other.message().await.id != 1 {}

    let mut stream = browser.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    let token = &reply["sys"]["resume"]["token"];
    let resume = serde_json::json!({ "token": token, "received": 1 });
    let hello = serde_json::json!({ "sys": { "features": features, "resume": resume } });
    let reply = raw.open_as(hello).await;
    assert_eq!(reply["sys"]["resume"]["received"], 1);
    for route in ["onMove", "onSparkle"] {
        let missed = (route.to_owned(), "\"away\"".to_owned());
        assert_eq!(pushed(&mut raw).await, Err(missed));
    }
    step(&mut raw, "back", 1).await;
    let sent = datagrams(&stream.connection, 4).await;
    assert_eq!(sent.iter().map(|push| push.sequence).collect::<Vec<_>>(), [3, 4, 5, 6]);
}

/// Waits until a session of the app is lost.
async fn lost(app: &TestApp) {
    let lost = async {
        while !app.server().everyone().sessions().iter().any(Session::is_lost) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    in_time("a loss", lost).await;
}

//! The same app as each dialect of `wire.md` sees it.

use std::time::Duration;

use nano::codec::PacketKind;
use nano::testing::{RawClient, TestApp};
use nano::{App, Group, Protobuf, Result, Session, component, push};
use serde_json::{Value, json};
use tokio::time::Instant;

#[push]
trait Pushes {
    #[push(name = "onSaid")]
    fn said(text: String);
}

#[derive(Default)]
struct Echo(Group);

#[component]
impl Echo {
    #[handler]
    fn say(&self, text: String) -> String {
        text
    }

    #[handler]
    fn tell(&self, session: &Session, text: String) -> Result<()> {
        Pushes::to(session).said(&text)?;
        session.push("onUnlisted", &text)
    }

    #[handler]
    fn tell_all(&self, session: &Session, text: String) -> Result<()> {
        self.0.add(session)?;
        Pushes::to(&self.0).said(&text)
    }

    #[handler]
    fn length(&self, text: String) -> usize {
        text.chars().count()
    }
}

/// The handshakes of the clients of four frameworks.
fn announcements() -> [(&'static str, Value); 4] {
    [
        (
            "pomelo",
            json!({ "sys": { "type": "js-websocket", "version": "0.0.1", "rsa": {} }, "user": {} }),
        ),
        ("nano", json!({})),
        (
            "pitaya",
            json!({ "sys": { "platform": "mac", "libVersion": "0.3.5-release", "clientBuildNumber": "20", "clientVersion": "2.1" } }),
        ),
        ("native", json!({ "sys": { "type": "nano-js", "version": "1", "features": ["errors"] } })),
    ]
}

async fn start() -> TestApp {
    TestApp::start(App::new().component(Echo::default()).push(Pushes)).await
}

async fn open(app: &TestApp, announced: &Value) -> (RawClient, Value) {
    let mut client = app.raw();
    let reply = client.open_as(announced.clone()).await;
    (client, reply)
}

#[tokio::test]
async fn every_dialect_is_told_the_heartbeat_the_time_and_the_dictionary() {
    let app = start().await;
    let version = app.server().dictionary().version().to_owned();
    for (name, announced) in announcements() {
        let (_client, reply) = open(&app, &announced).await;
        assert_eq!(reply["code"], 200, "{name}");
        let sys = &reply["sys"];
        assert_eq!(sys["heartbeat"], 30, "{name}: an integer");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = now.expect("a time after 1970").as_secs();
        let told = sys["servertime"].as_u64().expect("whole seconds");
        assert!(now.abs_diff(told) <= 5, "{name}: {told} is not now, {now}");
        let codes = json!({
            "echo.length": 1, "echo.say": 2, "echo.tell": 3, "echo.tell_all": 4, "onSaid": 5,
        });
        assert_eq!(sys["dict"], codes, "{name}");
        assert_eq!(sys["dictVersion"], version, "{name}");
        assert_eq!(sys["serializer"], "json", "{name}");
        assert!(sys.get("useDict").is_none(), "{name}: libpitaya takes it for compressed pushes");
        assert!(reply["user"].is_object(), "{name}");
    }
}

#[tokio::test]
async fn the_dictionary_is_left_out_for_a_client_that_has_it() {
    let app = start().await;
    let version = app.server().dictionary().version().to_owned();
    for (name, mut announced) in announcements() {
        announced["sys"]["dictVersion"] = json!("another");
        let (_client, reply) = open(&app, &announced).await;
        assert!(reply["sys"]["dict"].is_object(), "{name}");
        announced["sys"]["dictVersion"] = json!(version);
        let (mut client, reply) = open(&app, &announced).await;
        assert!(reply["sys"].get("dict").is_none(), "{name}: {reply}");
        assert_eq!(reply["sys"]["dictVersion"], version, "{name}");
        client.request(1, "echo.say", "\"hello\"").await;
        assert_eq!(client.message().await.json(), "hello", "{name}");
    }
}

#[tokio::test]
async fn f1_pushes_have_codes_only_for_clients_that_list_features() {
    let check = async |app: App, with_codes: &[&str]| {
        let app = TestApp::start(app.component(Echo::default()).push(Pushes)).await;
        pushes_have_codes(&app, with_codes).await;
    };
    check(App::new(), &["native"]).await;
    // The application says that its stock clients read them. Pitaya's do not.
    check(App::new().stock_push_codes(true), &["native", "pomelo", "nano"]).await;
}

/// Checks which clients receive the code of a push that has one.
async fn pushes_have_codes(app: &TestApp, with_codes: &[&str]) {
    for (name, announced) in announcements() {
        let (mut client, _) = open(app, &announced).await;
        client.notify("echo.tell", "\"one\"").await;
        client.notify("echo.tell_all", "\"all\"").await;
        for (text, route, has_code) in
            [("one", "onSaid", true), ("one", "onUnlisted", false), ("all", "onSaid", true)]
        {
            let push = client.message().await;
            assert_eq!((push.route.as_str(), push.json()), (route, json!(text)), "{name}");
            let code = (has_code && with_codes.contains(&name)).then_some(5);
            assert_eq!(push.code, code, "{name}: {route}");
            assert!(!push.compressed, "{name}");
        }
        // Members of several dialects get the same broadcast, each in its own form.
        drop(client);
    }
}

#[tokio::test]
async fn one_broadcast_reaches_members_of_every_dialect_in_their_form() {
    let app = start().await;
    let mut clients = Vec::new();
    for (name, announced) in announcements() {
        let (mut client, _) = open(&app, &announced).await;
        client.request(1, "echo.tell_all", "\"in\"").await;
        while client.message().await.id != 1 {}
        clients.push((name, client));
    }
    let (mut last, _) = open(&app, &json!({})).await;
    last.notify("echo.tell_all", "\"😀\"").await;
    for (name, mut client) in clients {
        let push = loop {
            let push = client.message().await;
            if push.json() == "😀" {
                break push;
            }
        };
        let stock = matches!(name, "pomelo" | "nano");
        let body: &[u8] = if stock { br#""\ud83d\ude00""# } else { "\"😀\"".as_bytes() };
        assert_eq!(&push.body[..], body, "{name}");
        assert_eq!(push.code.is_some(), name == "native", "{name}");
    }
}

#[tokio::test]
async fn text_beyond_the_bmp_is_escaped_for_stock_clients_and_their_cesu_8_is_repaired() {
    let app = start().await;
    // U+1F600 as two surrogates of three bytes each.
    let cesu = b"\"\xed\xa0\xbd\xed\xb8\x80\"";
    for (name, announced) in announcements() {
        let stock = matches!(name, "pomelo" | "nano");
        let (mut client, _) = open(&app, &announced).await;
        client.request(1, "echo.say", "\"😀\"").await;
        let escaped: &[u8] = if stock { br#""\ud83d\ude00""# } else { "\"😀\"".as_bytes() };
        assert_eq!(&client.message().await.body[..], escaped, "{name}");
        client.request(2, "echo.length", cesu).await;
        let reply = client.message().await;
        if stock {
            assert_eq!(reply.json(), 1, "{name}");
        } else {
            assert!(reply.error, "{name}: strict UTF-8");
            assert_eq!(reply.json()["code"], "bad_request", "{name}");
        }
    }
}

#[tokio::test]
async fn an_error_is_flagged_for_those_who_know_the_flag() {
    let app = start().await;
    for (name, announced) in announcements() {
        let (mut client, _) = open(&app, &announced).await;
        client.request(1, "echo.none", "").await;
        let reply = client.message().await;
        assert_eq!(reply.error, matches!(name, "pitaya" | "native"), "{name}");
    }
    let unlisted = json!({ "sys": { "features": ["zlib"] } });
    let (mut client, _) = open(&app, &unlisted).await;
    client.request(1, "echo.none", "").await;
    assert!(!client.message().await.error, "a native client that does not list the flag");
}

#[tokio::test]
async fn an_empty_handshake_is_accepted() {
    let app = start().await;
    let mut client = app.raw();
    client.send_packet(PacketKind::Handshake, "").await;
    let reply = client.packet().await.expect("a reply");
    assert_eq!(reply.kind, PacketKind::Handshake);
    let reply: Value = serde_json::from_slice(&reply.body).expect("a reply in json");
    assert_eq!(reply["code"], 200);
    client.ack().await;
    client.request(1, "echo.say", "\"hello\"").await;
    assert_eq!(client.message().await.json(), "hello");
}

#[tokio::test]
async fn a_refused_handshake_is_told_so_with_the_code_of_its_dialect() {
    let app = start().await;
    for (body, code) in [
        (r#"{"sys":7}"#, 500),
        (r#"{"sys":{"libVersion":"1","platform":"mac"},"#, 400),
        (r#"{"sys":{"features":[]},"#, 500),
    ] {
        let mut client = app.raw();
        client.send_packet(PacketKind::Handshake, body).await;
        let reply = client.packet().await.expect("a refusal");
        assert_eq!(&reply.body[..], format!(r#"{{"code":{code}}}"#).as_bytes(), "{body}");
        client.expect_closed().await;
    }
}

#[tokio::test]
async fn a_version_of_another_type_is_no_error() {
    let app = start().await;
    for version in [json!(1), json!(null), json!([]), json!({}), json!(true)] {
        for (name, mut announced) in announcements() {
            announced["sys"]["dictVersion"] = version.clone();
            announced["sys"]["protoVersion"] = version.clone();
            let (_client, reply) = open(&app, &announced).await;
            assert_eq!(reply["code"], 200, "{name}: {version}");
            assert!(reply["sys"]["dict"].is_object(), "{name}: {version}");
        }
    }
}

#[tokio::test]
async fn an_app_without_routes_sends_no_dictionary() {
    let app = TestApp::start(App::new().serializer(Protobuf)).await;
    let mut client = app.raw();
    let reply = client.open().await;
    assert!(reply["sys"].get("dict").is_none(), "{reply}");
    assert_eq!(reply["sys"]["serializer"], "protobuf");
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_is_sent_at_each_interval() {
    let app = App::new().component(Echo::default()).heartbeat(Duration::from_secs(3));
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    assert_eq!(client.open().await["sys"]["heartbeat"], 3);
    let start = Instant::now();
    for beat in 1..=20_u64 {
        let packet = client.packet().await.expect("a heartbeat");
        assert_eq!((packet.kind, packet.body.len()), (PacketKind::Heartbeat, 0));
        let late = start.elapsed().as_millis().abs_diff(u128::from(beat) * 3_000);
        assert!(late <= 500, "beat {beat} came {late} ms off its time");
        client.send_packet(PacketKind::Heartbeat, "").await;
    }
}

#[tokio::test(start_paused = true)]
async fn f2_any_packet_counts_as_life_and_silence_ends_after_three_intervals() {
    let app = App::new().component(Echo::default()).heartbeat(Duration::from_secs(2));
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    client.open().await;
    // As an idle stock JavaScript client does: it answers a beat one interval later, and counts none in between.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(5_900)).await;
        client.notify("echo.say", "\"\"").await;
    }
    let silent = Instant::now();
    client.expect_closed().await;
    let waited = silent.elapsed().as_millis();
    assert!((6_000..=6_500).contains(&waited), "three intervals, waited {waited} ms");
}

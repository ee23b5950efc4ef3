//! The bytes that each kind of client is sent, for every column of the table of dialects.

use nano::codec::{PacketKind, zlib};
use nano::testing::{RawClient, TestApp};
use nano::{App, Group, Result, Session, component, push};

#[push]
trait Pushes {
    #[push(name = "onSaid")]
    fn said(text: String);
}

#[derive(Default)]
struct Row(Group);

#[component]
impl Row {
    #[handler]
    fn tell(&self, session: &Session, text: String) -> Result<()> {
        Pushes::to(session).said(&text)
    }

    #[handler]
    fn tell_all(&self, session: &Session, text: String) -> Result<()> {
        self.0.add(session)?;
        Pushes::to(&self.0).said(&text)
    }

    #[handler]
    fn text(&self, len: usize) -> String {
        "a".repeat(len)
    }
}

/// One row of the table.
struct Dialect {
    announced: &'static str,
    /// Replies to the handshake are zlib streams, if that makes them smaller.
    zlib_handshake: bool,
    zlib_bodies: bool,
    error_flag: bool,
    push_codes: bool,
    nothing: &'static [u8],
}

const NANO: Dialect = Dialect {
    announced: "",
    zlib_handshake: false,
    zlib_bodies: false,
    error_flag: false,
    push_codes: false,
    nothing: b"{}",
};

const NATIVE: Dialect = Dialect {
    announced: r#"{"sys":{"features":["errors","zlib"]}}"#,
    zlib_bodies: true,
    error_flag: true,
    push_codes: true,
    nothing: b"null",
    ..NANO
};

const PITAYA: Dialect = Dialect {
    announced: r#"{"sys":{"libVersion":"0.3.5-release","platform":"mac"}}"#,
    zlib_handshake: true,
    push_codes: false,
    ..NATIVE
};

async fn body(client: &mut RawClient, kind: PacketKind) -> Vec<u8> {
    let packet = client.packet().await.expect("a packet");
    assert_eq!(packet.kind, kind);
    packet.body.to_vec()
}

/// Plays through all that a client may be sent.
async fn check(row: Dialect) {
    let app = TestApp::start(App::new().component(Row::default()).push(Pushes)).await;
    let mut client = app.raw();
    let announced = row.announced;

    client.send_packet(PacketKind::Handshake, announced).await;
    let mut reply = body(&mut client, PacketKind::Handshake).await;
    assert_eq!(reply[0] == 0x78, row.zlib_handshake, "{announced}");
    if row.zlib_handshake {
        let plain = zlib::inflate(&reply, 1 << 20).expect("a zlib stream");
        assert!(reply.len() < plain.len(), "{announced}");
        reply = plain.to_vec();
    }
    assert!(reply.starts_with(br#"{"code":200,"sys":{"heartbeat":30,"#), "{announced}");
    client.ack().await;

    client.request(1, "row.none", "").await;
    let told: &[u8] = match row.error_flag {
        true => b"\x24\x01{\"code\":\"not_found\",\"msg\":\"no route `row.none`\",\"metadata\":{}}",
        false => {
            b"\x04\x01{\"code\":500,\"error\":{\"code\":\"not_found\",\"msg\":\"no route `row.none`\"}}"
        }
    };
    assert_eq!(body(&mut client, PacketKind::Data).await, told, "{announced}");

    for (id, route) in [(2, "row.tell"), (3, "row.tell_all")] {
        client.request(id, route, "\"hi\"").await;
        // Codes follow the order of the names.
        let head: &[u8] = if row.push_codes { b"\x07\0\x01" } else { b"\x06\x06onSaid" };
        let push = [head, b"\"hi\""].concat();
        assert_eq!(body(&mut client, PacketKind::Data).await, push, "{announced}: {route}");
        let done = [&[4, id as u8][..], row.nothing].concat();
        assert_eq!(body(&mut client, PacketKind::Data).await, done, "{announced}: {route}");
    }

    for (len, is_long) in [(1021, false), (1022, true)] {
        client.request(4, "row.text", len.to_string()).await;
        let reply = body(&mut client, PacketKind::Data).await;
        let text = format!("\"{}\"", "a".repeat(len));
        let (head, sent) = reply.split_at(2);
        if is_long && row.zlib_bodies {
            assert_eq!(head, b"\x14\x04", "{announced}: {len}");
            assert_eq!(zlib::inflate(sent, 1 << 20).as_deref(), Ok(text.as_bytes()), "{announced}");
        } else {
            assert_eq!((head, sent), (&b"\x04\x04"[..], text.as_bytes()), "{announced}: {len}");
        }
    }
}

#[tokio::test]
async fn the_row_of_clients_that_announce_nothing() {
    check(NANO).await;
    for announced in [
        "{}",
        r#"{"sys":{"type":"js-websocket","version":"0.0.1","rsa":{}},"user":{}}"#,
        r#"{"sys":{"type":"somebody-new"}}"#,
        r#"{"sys":{"libVersion":"1"}}"#,
        r#"{"sys":{"dictVersion":7,"protoVersion":{}}}"#,
    ] {
        check(Dialect { announced, ..NANO }).await;
    }
}

#[tokio::test]
async fn the_row_of_pitaya() {
    check(PITAYA).await;
    let announced = r#"{"sys":{"libVersion":1,"platform":null,"dictVersion":7}}"#;
    check(Dialect { announced, ..PITAYA }).await;
    // A refusal would not become smaller.
    let app = TestApp::start(App::new()).await;
    let mut client = app.raw();
    client.send_packet(PacketKind::Handshake, r#"{"libVersion","platform""#).await;
    assert_eq!(body(&mut client, PacketKind::Handshake).await, br#"{"code":400}"#);
    client.expect_closed().await;
}

#[tokio::test]
async fn the_row_of_clients_that_list_their_features() {
    check(NATIVE).await;
    for (announced, error_flag, zlib_bodies) in [
        (r#"{"sys":{"features":[]}}"#, false, false),
        (r#"{"sys":{"features":["errors"]}}"#, true, false),
        (r#"{"sys":{"features":["zlib","more"],"libVersion":"1","platform":"mac"}}"#, false, true),
    ] {
        check(Dialect { announced, error_flag, zlib_bodies, ..NATIVE }).await;
    }
}

//! The return of a client to its lost session, with its own token or with something else, and the stream behind it.

#![no_main]

use std::sync::LazyLock;

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use nano::Json;
use nano::codec::{Packet, PacketKind, packet};
use nano_fuzz::{LIMIT, World};
use serde_json::{Value, json};

static WORLD: LazyLock<World> = LazyLock::new(|| World::new(Json));

// The first bytes choose the return; the others follow the ack.
fuzz_target!(|input: &[u8]| {
    let Some((&[choice, received, len], rest)) = input.split_first_chunk() else { return };
    let (claim, stream) = rest.split_at(rest.len().min(usize::from(len)));
    let first = handshake(&WORLD.exchange_and_go(&hello(Value::Null, &[])));
    let token = first.pointer("/sys/resume/token").and_then(Value::as_str).expect("a token");
    let resume = match choice % 4 {
        0 => json!({"token": token, "received": received}),
        1 => json!({"token": String::from_utf8_lossy(claim), "received": received}),
        2 => json!({"token": token, "received": String::from_utf8_lossy(claim)}),
        _ => serde_json::from_slice(claim).unwrap_or(Value::Null),
    };
    let is_owner = resume.get("token").and_then(Value::as_str) == Some(token);
    let answer = handshake(&WORLD.exchange(&hello(resume, stream)));
    let is_back = answer.pointer("/sys/resume/received").is_some();
    assert!(is_owner || !is_back, "a session is its owner's");
    assert!(choice % 4 != 0 || is_back == (received == 0), "nothing was sent: {answer}");
});

/// The bytes of a client that can resume, with the stream behind its ack.
fn hello(resume: Value, stream: &[u8]) -> BytesMut {
    let mut sys = json!({"type": "fuzz", "version": "1.0.0", "features": ["errors", "resume"]});
    sys["resume"] = resume;
    let mut bytes = BytesMut::new();
    let hello = json!({ "sys": sys }).to_string();
    packet::encode(PacketKind::Handshake, hello.as_bytes(), 2 * LIMIT, &mut bytes)
        .expect("a short packet");
    packet::encode(PacketKind::HandshakeAck, b"", LIMIT, &mut bytes).expect("an empty packet");
    bytes.extend_from_slice(stream);
    bytes
}

fn handshake(packets: &[Packet]) -> Value {
    let answer = packets.first().expect("a client is answered");
    assert_eq!(answer.kind, PacketKind::Handshake);
    serde_json::from_slice(&answer.body).expect("the server's own JSON")
}

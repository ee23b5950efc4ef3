//! The vectors of packets, the handshake's among them.

use bytes::BytesMut;
use nano::codec::{
    Message, MessageError, MessageHead, Packet, PacketDecoder, PacketError, PacketKind, packet,
};
use serde_json::Value;

use super::messages::{decode_message, describe};
use super::vector::{Chunk, Handshake, PacketDecode, PacketEncode, PacketLive};
use super::{Facts, one};
use crate::codec::vectors::{hex, unhex};

/// Go nano's limit.
const LIMIT: usize = 65_536;

fn fill(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 256) as u8).collect()
}

/// Shows bytes as the vectors do: whole when they are few, else by both ends and the length.
fn show(bytes: &[u8]) -> String {
    match bytes.len() {
        0..=1024 => hex(bytes),
        len => format!("{}..{} {len}", hex(&bytes[..32]), hex(&bytes[len - 16..])),
    }
}

fn shown(
    whole: Option<&String>,
    head: Option<&String>,
    tail: Option<&String>,
    len: Option<usize>,
) -> Option<String> {
    match (whole, head, tail, len) {
        (Some(whole), None, None, None) => Some(whole.clone()),
        (None, Some(head), Some(tail), Some(len)) => Some(format!("{head}..{tail} {len}")),
        (None, None, None, None) => None,
        mixed => panic!("bytes given in parts: {mixed:?}"),
    }
}

fn go_packet_error(error: &PacketError) -> String {
    match error {
        PacketError::UnknownKind(_) => "error wrong packet type".to_owned(),
        PacketError::TooLong { .. } => "error codec: packet size exceed".to_owned(),
        other => format!("error {other}"),
    }
}

pub(super) fn packet_encode(vector: &PacketEncode) -> (Facts, Facts) {
    let body = match (&vector.body, vector.body_fill.as_deref()) {
        (Some(body), None) => unhex(body),
        (None, Some("body[i] = i mod 256")) => fill(vector.body_len),
        other => panic!("unknown body: {other:?}"),
    };
    assert_eq!(body.len(), vector.body_len);
    let bytes = shown(
        vector.hex.as_ref(),
        vector.hex_head.as_ref(),
        vector.hex_tail.as_ref(),
        vector.hex_len,
    );
    let go = match (bytes, &vector.error) {
        (Some(bytes), None) => bytes,
        (None, Some(error)) => format!("error {error}"),
        other => panic!("neither bytes nor an error: {other:?}"),
    };
    let ours = PacketKind::try_from(vector.r#type).and_then(|kind| encode_packet(kind, &body));
    let ours = ours.map_or_else(|error| go_packet_error(&error), |bytes| show(&bytes));
    (one("encode", go), one("encode", ours))
}

/// Encodes in both ways, which have to agree.
fn encode_packet(kind: PacketKind, body: &[u8]) -> Result<Vec<u8>, PacketError> {
    let (mut copied, mut in_place) = (BytesMut::new(), BytesMut::new());
    let encoded = packet::encode(kind, body, packet::MAX_BODY_LEN, &mut copied);
    let written =
        packet::encode_with::<PacketError>(kind, packet::MAX_BODY_LEN, &mut in_place, |out| {
            out.extend_from_slice(body);
            Ok(())
        });
    assert_eq!((&encoded, &copied), (&written, &in_place));
    encoded.map(|()| copied.to_vec())
}

pub(super) fn packet_decode(vector: &PacketDecode) -> (Facts, Facts) {
    let decoder = PacketDecoder::new(LIMIT);
    let mut buf = BytesMut::new();
    let (mut go, mut ours) = (Facts::new(), Facts::new());
    for (at, chunk) in vector.chunks.iter().enumerate() {
        let key = format!("chunk {at}");
        let said = chunk.packets.iter().map(|packet| {
            assert!(packet.body.as_ref().is_none_or(|body| body.len() == 2 * packet.len));
            format!(
                "{} {}",
                packet.r#type,
                packet.body.clone().unwrap_or_else(|| show(&fill(packet.len)))
            )
        });
        let said: Vec<String> =
            said.chain(chunk.error.iter().map(|error| format!("error {error}"))).collect();
        go.insert(key.clone(), said.join(", "));
        buf.extend_from_slice(&chunk_bytes(chunk));
        let mut done = Vec::new();
        loop {
            match decoder.decode(&mut buf) {
                Ok(Some(packet)) => {
                    done.push(format!("{} {}", packet.kind as u8, show(&packet.body)))
                }
                Ok(None) => break,
                Err(error) => {
                    done.push(go_packet_error(&error));
                    break;
                }
            }
        }
        ours.insert(key, done.join(", "));
    }
    (go, ours)
}

fn chunk_bytes(chunk: &Chunk) -> Vec<u8> {
    let shown =
        shown(chunk.hex.as_ref(), chunk.hex_head.as_ref(), chunk.hex_tail.as_ref(), chunk.hex_len);
    let (Some(head), Some(len)) = (&chunk.hex_head, chunk.hex_len) else {
        return unhex(&shown.expect("a chunk has bytes"));
    };
    let mut bytes = unhex(&head[..2 * packet::HEADER_LEN]);
    bytes.extend(fill(len - packet::HEADER_LEN));
    assert_eq!(Some(show(&bytes)), shown);
    bytes
}

fn decode_packet(digits: &str) -> Packet {
    let mut buf = BytesMut::from(&unhex(digits)[..]);
    let packet = PacketDecoder::new(LIMIT)
        .decode(&mut buf)
        .expect("a legal packet")
        .expect("a whole packet");
    assert!(buf.is_empty(), "more than one packet");
    packet
}

pub(super) fn packet_live(vector: &PacketLive) -> (Facts, Facts) {
    let (mut go, mut ours) = (Facts::new(), Facts::new());
    for (key, digits) in [("request", vector.request_hex.as_ref()), ("answer", Some(&vector.hex))] {
        let Some(digits) = digits else { continue };
        let packet = decode_packet(digits);
        let mut out = BytesMut::new();
        let written = packet::encode_with::<Failure>(packet.kind, LIMIT, &mut out, |out| {
            if packet.kind != PacketKind::Data {
                assert!(packet.body.is_empty());
                return Ok(());
            }
            let Message { kind, id, route, compressed, error, body } =
                Message::decode(&packet.body)?;
            MessageHead { kind, id, route, compressed, error }.encode(out)?;
            out.extend_from_slice(&body);
            Ok(())
        });
        written.unwrap_or_else(|error| panic!("{digits} cannot be written again: {error:?}"));
        go.insert(key.to_owned(), digits.clone());
        ours.insert(key.to_owned(), hex(&out));
    }
    assert_eq!(vector.route.is_some(), vector.dict.is_some());
    if let Some(route) = &vector.route {
        let packet = decode_packet(&vector.hex);
        let decoded = decode_message(packet.body.to_vec(), vector.dict.as_ref());
        go.insert("push".to_owned(), describe(3, "0", route, &hex(b"hi")));
        ours.insert("push".to_owned(), decoded);
    }
    (go, ours)
}

/// Checks the bytes around the handshake's JSON, and that the JSON means what the vector says.
pub(super) fn handshake(vector: &Handshake) -> (Facts, Facts) {
    let packet = decode_packet(&vector.hex);
    let text = String::from_utf8(packet.body.to_vec()).expect("JSON is UTF-8");
    let answer: Value = serde_json::from_str(&text).expect("a handshake is JSON");
    assert_eq!(answer["sys"]["servertime"], vector.servertime);
    if let (Some(code), Some(heartbeat)) = (vector.code, vector.heartbeat) {
        assert_eq!(answer["code"], code);
        assert_eq!(answer["sys"]["heartbeat"].as_f64(), Some(heartbeat));
        assert_eq!(answer["sys"]["dict"], serde_json::json!(vector.dict));
    }
    let fact = |kind: PacketKind, json: &str, bytes: &str| format!("{kind:?} {json} {bytes}");
    let go = fact(PacketKind::Handshake, &vector.json, &vector.hex);
    let encoded = encode_packet(packet.kind, &packet.body).expect("the limit is not reached");
    let mut go = one("answer", go);
    let mut ours = one("answer", fact(packet.kind, &text, &hex(&encoded)));
    if let Some(digits) = &vector.request_hex {
        let request = decode_packet(digits);
        let json: Value = serde_json::from_slice(&request.body).expect("a handshake is JSON");
        assert!(json["sys"]["version"].is_string(), "{json}");
        let encoded = encode_packet(request.kind, &request.body).expect("the limit is not reached");
        go.insert("request".to_owned(), fact(PacketKind::Handshake, "", digits));
        ours.insert("request".to_owned(), fact(request.kind, "", &hex(&encoded)));
    }
    (go, ours)
}

#[derive(Debug)]
enum Failure {
    Packet(#[expect(dead_code, reason = "shown by the panic that it ends in")] PacketError),
    Message(#[expect(dead_code, reason = "shown by the panic that it ends in")] MessageError),
}

impl From<PacketError> for Failure {
    fn from(error: PacketError) -> Self {
        Self::Packet(error)
    }
}

impl From<MessageError> for Failure {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

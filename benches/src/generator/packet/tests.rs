//! Tests of packets and messages against the framework's codec.

use bytes::{Bytes, BytesMut};
use nano::codec::{self, MessageHead, MessageKind, PacketDecoder, PacketKind};
use tokio_tungstenite::tungstenite::protocol::{Message as WsMessage, Role, WebSocket};

use super::*;

const LIMIT: usize = 64 * 1024;

/// The packets of a stream, as the framework reads them.
fn packets(bytes: &[u8]) -> Vec<codec::Packet> {
    let mut bytes = BytesMut::from(bytes);
    let decoder = PacketDecoder::new(LIMIT);
    let next = || decoder.decode(&mut bytes).expect("packets");
    std::iter::from_fn(next).collect()
}

/// A message as the framework writes it.
fn encoded(kind: MessageKind, id: u64, body: &[u8]) -> Vec<u8> {
    let route = codec::Route::Name("room.said");
    let head = MessageHead { kind, id, route, compressed: false, error: false };
    let mut message = BytesMut::new();
    head.encode(&mut message).expect("a short route");
    message.extend_from_slice(body);
    let mut packet = BytesMut::new();
    codec::packet::encode(PacketKind::Data, &message, LIMIT, &mut packet).expect("a short body");
    packet.to_vec()
}

#[test]
fn the_framework_reads_what_is_written() {
    for id in [1, 127, 128, 300, 1 << 21, u64::MAX] {
        for len in [0, 1, 100, 40_000] {
            let body = vec![7; len];
            let template = Template::new("echo.say", &body);
            let mut out = Vec::new();
            let mut outgoing = Outgoing::new(Transport::Tcp, &mut out);
            outgoing.request(id, &template);
            outgoing.notify(&template);
            outgoing.packet(HEARTBEAT, &[]);

            let packets = packets(&out);
            let kinds: Vec<_> = packets.iter().map(|packet| packet.kind).collect();
            assert_eq!(kinds, [PacketKind::Data, PacketKind::Data, PacketKind::Heartbeat]);
            let request = codec::Message::decode(&packets[0].body).expect("a request");
            assert_eq!((request.kind, request.id), (MessageKind::Request, id));
            assert_eq!(
                (request.route, &request.body[..]),
                (codec::Route::Name("echo.say"), &body[..])
            );
            let notify = codec::Message::decode(&packets[1].body).expect("a notify");
            assert_eq!(
                (notify.kind, notify.route),
                (MessageKind::Notify, codec::Route::Name("echo.say"))
            );
            assert_eq!(notify.body, body);
        }
    }
}

#[test]
fn what_the_framework_writes_is_read_wherever_it_is_cut() {
    let bytes = [
        encoded(MessageKind::Response, 300, b"reply"),
        encoded(MessageKind::Push, 0, b""),
        encoded(MessageKind::Response, 301, b""),
    ]
    .concat();
    let expected = [
        Message::Response { id: 300, body: b"reply", is_error: false },
        Message::Push { route: Route::Name(b"room.said"), body: b"" },
        Message::Response { id: 301, body: b"", is_error: false },
    ];
    for cut in 0..=bytes.len() {
        let mut seen = 0;
        let mut each = |kind, body: &[u8]| {
            assert_eq!((kind, Message::read(body)?), (DATA, expected[seen]));
            seen += 1;
            Ok(())
        };
        let used = read(Transport::Tcp, &bytes[..cut], &mut each).expect("packets");
        let rest = read(Transport::Tcp, &bytes[used..], &mut each).expect("packets");
        assert_eq!((used + rest, seen), (bytes.len(), 3), "cut at {cut}");
    }
}

#[test]
fn messages_that_are_no_replies_are_refused() {
    for (bytes, expected) in [
        (&b""[..], "a message is empty"),
        (b"\x14\x01{}", "a message has the flag 0x14"),
        (b"\x04", "a response has no id"),
        (b"\x04\x80", "a response has no id"),
        (b"\x06\x09room", "a push's route is cut off"),
        (b"\x07\x12", "a push's code is cut off"),
    ] {
        let error = Message::read(bytes).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

/// Both directions of a connection, in memory.
#[derive(Default)]
struct Pipe {
    input: std::io::Cursor<Vec<u8>>,
    output: Vec<u8>,
}

impl std::io::Read for Pipe {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.input.read(buf)
    }
}

impl std::io::Write for Pipe {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.output.write(buf)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn tungstenite_reads_the_frames_and_its_own_are_read() {
    for len in [0, 1, 7, 100, 105, 126, 200, 40_000] {
        let body = vec![b'b'; len];
        let template = Template::new("echo.say", &body);
        let (mut frames, mut plain) = (Vec::new(), Vec::new());
        Outgoing::new(Transport::Ws, &mut frames).request(5, &template);
        Outgoing::new(Transport::Tcp, &mut plain).request(5, &template);

        let pipe = Pipe { input: std::io::Cursor::new(frames), ..Pipe::default() };
        let mut socket = WebSocket::from_raw_socket(pipe, Role::Server, None);
        let frame = socket.read().expect("a frame");
        assert_eq!(frame, WsMessage::Binary(Bytes::from(plain)), "{len} bytes");

        let reply = encoded(MessageKind::Response, 5, &body);
        for _ in 0..2 {
            socket.send(WsMessage::Binary(reply.clone().into())).expect("memory takes it");
        }
        let bytes = &socket.get_ref().output;
        for cut in [0, 1, 3, bytes.len() / 2, bytes.len() - 1, bytes.len()] {
            let mut seen = 0;
            let mut each = |_, packet: &[u8]| {
                assert_eq!(
                    Message::read(packet)?,
                    Message::Response { id: 5, body: &body, is_error: false }
                );
                seen += 1;
                Ok(())
            };
            let used = read(Transport::Ws, &bytes[..cut], &mut each).expect("frames");
            let rest = read(Transport::Ws, &bytes[used..], &mut each).expect("frames");
            assert_eq!((used + rest, seen), (bytes.len(), 2), "{len} bytes, cut at {cut}");
        }
    }
}

#[test]
fn a_close_frame_is_an_error() {
    let error = read(Transport::Ws, b"\x88\x04\x03\xe9by", |_, _| Ok(())).expect_err("a close");
    assert!(error.to_string().contains("begins with 0x88"), "{error}");
}

#[test]
fn errors_and_codes_are_read_as_the_framework_writes_them() {
    let encoded = |kind, id, route, error, body: &[u8]| {
        let mut message = BytesMut::new();
        let head = MessageHead { kind, id, route, compressed: false, error };
        head.encode(&mut message).expect("a short route");
        message.extend_from_slice(body);
        message.to_vec()
    };
    let (name, code) = (codec::Route::Name(""), codec::Route::Code(0x1234));
    assert_eq!(
        Message::read(&encoded(MessageKind::Response, 9, name, true, b"{}")).expect("an error"),
        Message::Response { id: 9, body: b"{}", is_error: true },
    );
    let push = encoded(MessageKind::Push, 0, code, false, b"1");
    assert_eq!(
        Message::read(&push).expect("a push"),
        Message::Push { route: Route::Code(0x1234), body: b"1" },
    );
}

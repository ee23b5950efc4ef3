use super::*;

const FIN: u8 = 0x80;

/// A masked frame, as clients send them.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

type Decoded = Result<(Vec<u8>, Vec<Event>), Violation>;

/// Decodes `bytes`, read in parts of the given length.
fn decode(bytes: &[u8], part: usize) -> Decoded {
    let mut frames = Frames::new(300);
    let (mut packets, mut events) = (Vec::new(), Vec::new());
    for part in bytes.chunks(part) {
        let mut raw = std::mem::take(frames.held());
        raw.extend_from_slice(part);
        let (len, decoded) = frames.decode(&mut raw, |event| events.push(event));
        decoded?;
        packets.extend_from_slice(&raw[..len]);
    }
    Ok((packets, events))
}

fn check(bytes: &[u8], expected: Decoded) {
    for part in 1..=bytes.len() {
        assert_eq!(decode(bytes, part), expected, "in parts of {part}");
    }
}

#[test]
fn any_split_gives_the_same_packets() {
    let long: Vec<u8> = (0..=255).collect();
    let bytes = [
        frame(FIN | 2, b"binary"),
        frame(FIN | 1, b"\xfftext"),
        frame(FIN | 2, b""),
        frame(2, b"frag"),
        frame(FIN | 9, b"there?"),
        frame(0, b""),
        frame(FIN, b"ments"),
        frame(FIN | 10, b"a pong"),
        frame(FIN | 2, &long),
        frame(FIN | 8, b"\x03\xe8bye"),
    ]
    .concat();
    let packets = [b"binary\xfftextfragments", &long[..]].concat();
    let events = vec![Event::Ping(b"there?".to_vec()), Event::Close(Some(1000))];
    check(&bytes, Ok((packets, events)));
}

#[test]
fn what_the_rules_forbid_is_named() {
    let refused = |text: &str| Err(Violation(text.into()));
    for (bytes, text) in [
        (frame(FIN | 0x40 | 2, b""), "reserved bits are set"),
        (vec![FIN | 2, 1, b'x'], "an unmasked frame"),
        (frame(FIN | 3, b""), "WebSocket protocol error: Encountered invalid opcode: 3"),
        (frame(FIN | 11, b""), "WebSocket protocol error: Encountered invalid opcode: 11"),
        (frame(FIN, b""), "a frame continues a message that has not begun"),
        (
            [frame(2, b"a"), frame(FIN | 2, b"b")].concat(),
            "a message begins within another one's fragments",
        ),
        (frame(9, b""), "a control frame is fragmented"),
        (frame(FIN | 9, &[0; 126]), "a control frame of 126 bytes; 125 are the most"),
        (frame(FIN | 2, &[0; 301]), "message of 301 bytes exceeds the limit of 300"),
        (
            [frame(2, &[0; 200]), frame(0, &[0; 101])].concat(),
            "message of 301 bytes exceeds the limit of 300",
        ),
        (frame(FIN | 8, b"\x03"), "a close of one byte"),
        (frame(FIN | 8, b"\x03\xed"), "close code 1005 is not one that may be sent"),
        (frame(FIN | 8, b"\x03\xe8\xff"), "the reason of a close is not UTF-8"),
    ] {
        check(&bytes, refused(text));
    }
}

#[test]
fn nothing_behind_a_close_counts() {
    let bytes = [frame(FIN | 2, b"a"), frame(FIN | 8, b""), frame(FIN | 2, b"b")].concat();
    assert_eq!(decode(&bytes, bytes.len()), Ok((b"a".to_vec(), vec![Event::Close(None)])));
}

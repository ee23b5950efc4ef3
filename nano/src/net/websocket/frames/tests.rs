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

type Decoded = Result<(Vec<u8>, Vec<Event>), Fault>;

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
    use CloseCode::*;
    let opcode = |code: u8| format!("WebSocket protocol error: Encountered invalid opcode: {code}");
    let mut cases = vec![
        (vec![FIN | 2, 1, b'x'], Protocol, "an unmasked frame".to_owned()),
        (frame(FIN, b""), Protocol, "a frame continues a message that has not begun".into()),
        (frame(0, b"a"), Protocol, "a frame continues a message that has not begun".into()),
        (
            [frame(2, b"a"), frame(FIN, b"b"), frame(FIN, b"c")].concat(),
            Protocol,
            "a frame continues a message that has not begun".into(),
        ),
        (frame(FIN | 2, &[0; 301]), Size, "message of 301 bytes exceeds the limit of 300".into()),
        (
            [frame(2, &[0; 200]), frame(0, &[0; 101])].concat(),
            Size,
            "message of 301 bytes exceeds the limit of 300".into(),
        ),
        (
            [&[FIN | 2, 0xff, 0x7f][..], &[0xff; 7], &[0; 4]].concat(),
            Size,
            format!("message of {} bytes exceeds the limit of 300", i64::MAX),
        ),
        // A length has one form.
        (
            [&[FIN | 2, 0xff][..], &[0xff; 8], &[0; 4]].concat(),
            Protocol,
            format!("a frame's length of {} in 14 bytes", u64::MAX),
        ),
        (
            [&[FIN | 2, 0xfe, 0, 125][..], &[0; 4]].concat(),
            Protocol,
            "a frame's length of 125 in 8 bytes".into(),
        ),
        (
            [&[FIN | 9, 0xff][..], &[0; 8], &[0; 4]].concat(),
            Protocol,
            "a frame's length of 0 in 14 bytes".into(),
        ),
        (frame(FIN | 8, b"\x03"), Protocol, "a close of one byte".into()),
        (frame(FIN | 8, b"\x03\xe8\xff"), Invalid, "the reason of a close is not UTF-8".into()),
        // Cut within a character.
        (frame(FIN | 8, b"\x03\xe8\xe2\x82"), Invalid, "the reason of a close is not UTF-8".into()),
    ];
    for begun in [1, 2] {
        for then in [1, 2] {
            let text = "a message begins within another one's fragments";
            let bytes = [frame(begun, b"a"), frame(FIN | then, b"b")].concat();
            cases.push((bytes, Protocol, text.into()));
        }
    }
    for bits in 1..8 {
        for kind in [1, 2, 8, 9, 10] {
            let bytes = frame(FIN | bits << 4 | kind, b"");
            cases.push((bytes, Protocol, "reserved bits are set".into()));
        }
    }
    for code in (3..8).chain(11..16) {
        cases.push((frame(FIN | code, b"x"), Protocol, opcode(code)));
    }
    for control in [8, 9, 10] {
        cases.push((frame(control, b""), Protocol, "a control frame is fragmented".into()));
        let text = "a control frame of 126 bytes; 125 are the most";
        cases.push((frame(FIN | control, &[0; 126]), Protocol, text.into()));
    }
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535_u16] {
        let text = format!("close code {code} is not one that may be sent");
        cases.push((frame(FIN | 8, &code.to_be_bytes()), Protocol, text));
    }
    for (bytes, code, detail) in cases {
        check(&bytes, Err(Fault { code, detail }));
    }
}

#[test]
fn close_codes_that_may_be_sent() {
    let codes = (1000..=1003).chain(1007..=1013).chain([3000, 3999, 4000, 4999_u16]);
    for code in codes {
        let reason = [&code.to_be_bytes()[..], "ü".repeat(61).as_bytes(), b"."].concat();
        assert_eq!(reason.len(), 125);
        for payload in [&reason[..2], &reason] {
            check(&frame(FIN | 8, payload), Ok((vec![], vec![Event::Close(Some(code))])));
        }
    }
}

#[test]
fn nothing_behind_a_close_counts() {
    let bytes = [frame(FIN | 2, b"a"), frame(FIN | 8, b""), frame(FIN | 2, b"b")].concat();
    assert_eq!(decode(&bytes, bytes.len()), Ok((b"a".to_vec(), vec![Event::Close(None)])));
}

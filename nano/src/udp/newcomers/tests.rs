//! Newcomers that show their address, those that cannot, and datagrams that come too late.

use super::*;

fn peer(port: u16) -> SocketAddr {
    (std::net::Ipv4Addr::LOCALHOST, port).into()
}

fn segment(command: Command, number: u32, time: u32, data: &[u8]) -> Segment<'_> {
    let (conv, fragment, window, received) = (5, 0, 128, 0);
    Segment { conv, command, fragment, window, time, number, received, data }
}

fn datagram(segment: Segment<'_>) -> Vec<u8> {
    [&segment.header()[..], segment.data].concat()
}

fn first() -> Vec<u8> {
    datagram(segment(Command::Push, 0, 17, b"x"))
}

/// The confirmation of a challenge, as every implementation sends it.
fn sign(challenge: &[u8]) -> Vec<u8> {
    let asked = Segments(challenge).next().expect("a segment").expect("a valid one");
    assert_eq!((asked.command, asked.number, asked.data), (Command::Push, u32::MAX, &[][..]));
    datagram(segment(Command::Ack, asked.number, asked.time, b""))
}

fn challenge(newcomers: &mut Newcomers, port: u16, now: u32) -> [u8; HEADER_LEN] {
    match newcomers.meet(peer(port), &first(), now) {
        Ok(Meeting::Asked { challenge, .. }) => challenge,
        other => panic!("expected a challenge, got {other:?}"),
    }
}

fn is_proven(newcomers: &mut Newcomers, port: u16, sign: &[u8], now: u32) -> bool {
    matches!(newcomers.meet(peer(port), sign, now), Ok(Meeting::Proven { .. }))
}

#[test]
fn a_newcomer_that_shows_its_address_is_let_in_with_its_first_datagram() {
    let mut newcomers = Newcomers::new(128);
    let sign = sign(&challenge(&mut newcomers, 1, 1000));
    let key = Key { peer: peer(1), conv: 5 };
    let Ok(Meeting::Proven { key: proven, first: kept }) = newcomers.meet(peer(1), &sign, 1100)
    else {
        panic!("not let in");
    };
    assert_eq!((proven, kept.as_deref()), (key, Some(&first()[..])));
    // Its end is followed by nothing, whatever comes.
    newcomers.ended(key, 2000);
    for late in [first(), sign, datagram(segment(Command::Push, 3, 0, b"late"))] {
        let met = newcomers.meet(peer(1), &late, 2000 + ENDED_TIME - 1);
        assert!(matches!(met, Ok(Meeting::Ignored)), "{met:?}");
    }
    challenge(&mut newcomers, 1, 2000 + ENDED_TIME);
}

#[test]
fn a_sign_is_good_for_one_address_one_conversation_and_some_seconds() {
    let mut newcomers = Newcomers::new(128);
    let good = sign(&challenge(&mut newcomers, 1, 20 * CODE_TIME));
    let mut other_conversation = good.clone();
    other_conversation[0] = 6;
    assert!(!is_proven(&mut newcomers, 1, &other_conversation, 20 * CODE_TIME));
    assert!(!is_proven(&mut newcomers, 2, &good, 20 * CODE_TIME));
    assert!(!is_proven(&mut newcomers, 1, &good, 22 * CODE_TIME));
    assert!(!is_proven(&mut newcomers, 1, &good, 19 * CODE_TIME));
    assert!(!is_proven(&mut Newcomers::new(128), 1, &good, 20 * CODE_TIME));
    assert!(is_proven(&mut newcomers, 1, &good, 22 * CODE_TIME - 1));
    let guess = datagram(segment(Command::Ack, u32::MAX, 0, b""));
    assert!(!is_proven(&mut newcomers, 3, &guess, 0));
}

#[test]
fn only_a_first_datagram_is_answered_and_by_less_than_it_has() {
    let mut newcomers = Newcomers::new(128);
    let quiet = [
        segment(Command::Push, 0, 0, b""),
        segment(Command::Push, 1, 0, b"second"),
        Segment { received: 1, ..segment(Command::Push, 0, 0, b"knows something") },
        segment(Command::Ack, 0, 0, b""),
        segment(Command::Ask, 0, 0, b""),
        segment(Command::Tell, 0, 0, b""),
    ];
    for segment in quiet {
        let met = newcomers.meet(peer(1), &datagram(segment), 0);
        assert!(matches!(met, Ok(Meeting::Ignored)), "{segment:?}: {met:?}");
    }
    assert!(challenge(&mut newcomers, 1, 0).len() < first().len());
}

#[test]
fn forged_addresses_fill_no_memory_and_close_the_door_to_nobody() {
    let mut newcomers = Newcomers::new(128);
    let sign = sign(&challenge(&mut newcomers, 1, 0));
    let mut forgotten = 0;
    for port in 2..5000 {
        let Ok(Meeting::Asked { is_full, .. }) = newcomers.meet(peer(port), &first(), 0) else {
            panic!("not asked");
        };
        forgotten += usize::from(is_full);
    }
    assert_eq!(forgotten, 4999 - Newcomers::FIRSTS);
    let met = newcomers.meet(peer(1), &sign, 0);
    assert!(matches!(met, Ok(Meeting::Proven { first: None, .. })), "{met:?}");
}

#[test]
fn what_is_no_datagram_of_one_conversation_is_told() {
    let mut newcomers = Newcomers::new(128);
    let mut long = datagram(segment(Command::Push, 0, 0, b"abc"));
    long[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut unknown = first();
    unknown[4] = 85;
    let mut mixed = first();
    mixed.extend(datagram(Segment { conv: 6, ..segment(Command::Push, 1, 0, b"y") }));
    for (bytes, text) in [
        (&b""[..], "0 bytes are no segment, which has 24"),
        (&first()[..23], "23 bytes are no segment, which has 24"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", "there is no command 47"),
        (&long, "a segment has 4294967295 bytes of data, of which 3 are there"),
        (&unknown, "there is no command 85"),
        (&mixed, "its segments are of several conversations"),
        (&[&first()[..], b"rest"].concat(), "4 bytes are no segment, which has 24"),
    ] {
        let met = newcomers.meet(peer(1), bytes, 0);
        assert_eq!(met.expect_err(text).to_string(), text);
    }
}

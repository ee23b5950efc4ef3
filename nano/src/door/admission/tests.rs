//! Tests of the bounds on connections.

use super::*;

fn admission(sessions: usize, handshakes: usize, per_address: usize) -> Arc<Admission> {
    let limits = AdmissionLimits {
        sessions,
        sessions_per_address: sessions,
        handshakes,
        handshakes_per_address: per_address,
    };
    Arc::new(Admission::new(limits, Arc::default()))
}

/// Returns `true` if there is no room, although the client may be told so.
fn is_refused(admission: &Arc<Admission>, peer: Option<SocketAddr>) -> bool {
    admission.admit(peer).is_none_or(|admitted| admitted.refusal().is_some())
}

fn peer(text: &str) -> Option<SocketAddr> {
    Some(text.parse().expect("an address"))
}

#[tokio::test]
async fn connections_count_until_they_end_and_handshakes_until_they_are_complete() {
    let admission = admission(2, 1, 9);
    let mut first = admission.admit(None).expect("there is room");
    assert!(is_refused(&admission, None), "one is in the handshake");
    first.opened();
    first.opened();
    let second = admission.admit(None).expect("there is room again");
    drop(second);
    let mut second = admission.admit(None).expect("one that went is not counted");
    second.opened();
    assert!(is_refused(&admission, None), "the app is full");
    drop(first);
    assert!(!is_refused(&admission, None));
}

#[tokio::test]
async fn one_address_leaves_room_for_others() {
    let admission = admission(9, 9, 2);
    let one = admission.admit(peer("10.0.0.1:1")).expect("there is room");
    let mapped = admission.admit(peer("[::ffff:10.0.0.1]:2")).expect("there is room");
    assert!(is_refused(&admission, peer("10.0.0.1:3")));
    assert!(!is_refused(&admission, peer("10.0.0.2:1")));
    assert!(!is_refused(&admission, None), "without an address only the sum counts");
    drop((one, mapped));
    assert!(!is_refused(&admission, peer("10.0.0.1:4")));
    assert!(admission.counts().addresses.is_empty(), "nothing is kept of who went");
}

#[tokio::test]
async fn those_who_are_turned_away_take_no_place_and_are_not_too_many() {
    let admission = admission(1, 1, 9);
    let first = admission.admit(None).expect("there is room");
    let turned_away: Vec<_> = (0..TURNED_AWAY).map_while(|_| admission.admit(None)).collect();
    assert_eq!(turned_away.len(), TURNED_AWAY);
    assert!(turned_away.iter().all(|admitted| admitted.refusal() == Some(CloseReason::Full)));
    assert!(admission.admit(None).is_none(), "nobody is told any more");
    drop(first);
    assert!(!is_refused(&admission, None), "the place of the first");
    drop(turned_away);
    let counts = admission.counts();
    assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
}

#[tokio::test]
async fn a_draining_app_has_no_place_for_those_who_are_not_in() {
    let admission = admission(9, 9, 9);
    let early = admission.admit(None).expect("there is room");
    admission.drain();
    let drain = Some(CloseReason::Drain { reconnect_in: DRAIN_RETURN });
    assert_eq!(early.refusal(), drain);
    let late = admission.admit(None).expect("it is told");
    assert_eq!((late.refusal(), late.stage), (drain, Stage::TurnedAway));
}

/// The address that counts is the one that the proxy names.
#[tokio::test]
async fn an_address_may_be_known_later() {
    let admission = admission(9, 9, 1);
    let admit = || admission.admit(None).expect("there is room");
    let (mut first, mut second, mut third) = (admit(), admit(), admit());
    assert!(first.locate(peer("10.0.0.1:1")) && first.refusal().is_none());
    assert!(second.locate(peer("10.0.0.1:2")) && second.refusal().is_some());
    assert!(third.locate(peer("10.0.0.2:1")) && third.refusal().is_none());
    third.opened();
    assert!(is_refused(&admission, peer("10.0.0.1:3")));
    assert!(!is_refused(&admission, peer("10.0.0.2:3")), "the third is in");
    drop(first);
    assert!(!is_refused(&admission, peer("10.0.0.1:3")));
    drop((second, third));
    let counts = admission.counts();
    assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
    assert!(counts.addresses.is_empty());
}

/// The holder of one IPv6 address has 2^64 of them.
#[tokio::test]
async fn a_network_of_ipv6_is_one_address() {
    for (first, second, is_admitted) in [
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:1::1]:2", false),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff:ffff:ffff:ffff]:1", false),
        ("[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", true),
        ("[::1]:1", "[::2]:1", false),
        ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:1", true),
        ("[::ffff:10.0.0.1]:1", "10.0.0.1:2", false),
        ("10.0.0.1:1", "10.0.0.2:1", true),
    ] {
        let admission = admission(9, 9, 1);
        let _first = admission.admit(peer(first)).expect("there is room");
        assert_eq!(!is_refused(&admission, peer(second)), is_admitted, "{first} {second}");
    }
}

/// The handshake of a session is over after a moment; the session counts towards its address until its end.
#[tokio::test]
async fn one_address_has_so_many_sessions_and_no_more() {
    let limits = AdmissionLimits {
        sessions: 9,
        sessions_per_address: 2,
        handshakes: 9,
        handshakes_per_address: 9,
    };
    let admission = Arc::new(Admission::new(limits, Arc::default()));
    let open = |text| {
        let mut admitted = admission.admit(peer(text)).expect("there is room");
        admitted.opened();
        admitted
    };
    let (first, second) = (open("[2001:db8::1]:1"), open("[2001:db8::2]:1"));
    assert!(is_refused(&admission, peer("[2001:db8::3]:1")), "a network of IPv6 is one address");
    assert!(!is_refused(&admission, peer("[2001:db8:0:1::3]:1")));
    let mut late = admission.admit(None).expect("there is room");
    assert!(late.locate(peer("[2001:db8::4]:1")) && late.refusal().is_some(), "named by its proxy");
    drop(first);
    let third = open("[2001:db8::3]:1");
    assert!(is_refused(&admission, peer("[2001:db8::5]:1")));
    drop((second, third, late));
    let counts = admission.counts();
    assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
    assert!(counts.addresses.is_empty(), "nothing is kept of who went");
}

/// A player leaves the network at home: the place there is free for others, and the limit of the next one holds for new
/// sessions only.
#[tokio::test]
async fn a_session_that_is_resumed_counts_towards_its_new_address() {
    let limits = AdmissionLimits {
        sessions: 9,
        sessions_per_address: 1,
        handshakes: 9,
        handshakes_per_address: 9,
    };
    let admission = Arc::new(Admission::new(limits, Arc::default()));
    let [home, away] = ["10.0.0.1:1", "10.0.0.2:1"].map(peer);
    let open = |peer| {
        let mut admitted = admission.admit(peer).expect("there is room");
        admitted.opened();
        admitted
    };
    let (mut session, other) = (open(home), open(away));
    session.moved(away);
    let at_home = open(home);
    assert!(is_refused(&admission, home) && is_refused(&admission, away));
    drop(other);
    assert!(is_refused(&admission, away), "the resumed session is there");
    session.moved(None);
    assert!(!is_refused(&admission, away));
    session.moved(away);
    drop((session, at_home));
    let counts = admission.counts();
    assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
    assert!(counts.addresses.is_empty(), "nothing is kept of who went");
}

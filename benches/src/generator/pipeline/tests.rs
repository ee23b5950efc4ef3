//! Tests of the closed loop.

use super::*;
use crate::transport::Transport;

fn load() -> Pipeline {
    Pipeline::new(Template::new("echo.say", b"body"), 3, 4)
}

/// Lets a connection send, and returns how many bytes that were.
fn fill(load: &mut Pipeline, connection: usize, now: Nanos) -> usize {
    let mut out = Vec::new();
    load.fill(connection, now, &mut Outgoing::new(Transport::Tcp, &mut out));
    out.len()
}

fn reply(id: u64) -> Message<'static> {
    Message::Response { id, body: b"body" }
}

#[test]
fn as_many_requests_as_replies_follow() {
    let mut load = load();
    let request = 4 + 1 + 1 + 9 + 4;
    assert_eq!(fill(&mut load, 0, 100), 3 * request);
    assert_eq!(fill(&mut load, 1, 100), 3 * request);
    assert_eq!(fill(&mut load, 0, 100), 0);
    for id in [1, 2] {
        load.received(0, reply(id), 600).expect("the next reply");
    }
    assert_eq!(fill(&mut load, 0, 600), 2 * request);
    assert_eq!((load.replies(), load.outstanding()), (2, 6));

    load.stop(true);
    for (id, now) in [(3, 1100), (4, 1600), (5, 1600)] {
        load.received(0, reply(id), now).expect("the next reply");
    }
    for id in [1, 2, 3] {
        load.received(1, reply(id), 1600).expect("the next reply");
    }
    assert_eq!((fill(&mut load, 0, 1600), load.outstanding()), (0, 0));
    let latency = load.latency();
    let shares = [(500, 2), (1000, 3), (1500, 3)].map(|(at, n)| (latency.count_at(at), n));
    assert!(shares.iter().all(|(found, expected)| found == expected), "{shares:?}");
}

#[test]
fn wrong_replies_fail_the_run() {
    let wrong: [(Message<'_>, &str); 4] = [
        (reply(2), "the reply to 2 came in place of the reply to 1"),
        (Message::Response { id: 1, body: b"error" }, "has 5 bytes in place of 4: \"error\""),
        (Message::Response { id: 1, body: b"" }, "has 0 bytes in place of 4"),
        (Message::Push { body: b"body" }, "a push is not expected"),
    ];
    for (message, expected) in wrong {
        let mut load = load();
        fill(&mut load, 0, 0);
        let error = load.received(0, message, 1).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    let mut load = load();
    fill(&mut load, 0, 0);
    for id in [1, 2, 3] {
        load.received(0, reply(id), 1).expect("the next reply");
    }
    let error = load.received(0, reply(4), 1).expect_err("nobody asked").to_string();
    assert!(error.contains("a reply to 4 came, which was not sent"), "{error}");
}

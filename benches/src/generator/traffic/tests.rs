//! Tests of closed and open loops.

use super::*;
use crate::generator::Route;
use crate::transport::Transport;

fn load() -> Traffic {
    of(Exchange::Request, Pace::InFlight(3))
}

fn of(exchange: Exchange, pace: Pace) -> Traffic {
    let mut load = Traffic::new(Template::new("echo.say", b"body"), exchange, pace).answer_len(4);
    load.start(2, 0);
    load
}

/// Lets a connection send, and returns how many bytes that were.
fn fill(load: &mut Traffic, connection: usize, now: Nanos) -> usize {
    let mut out = Vec::new();
    load.fill(connection, now, &mut Outgoing::new(Transport::Tcp, &mut out));
    out.len()
}

fn reply(id: u64) -> Message<'static> {
    Message::Response { id, body: b"body", is_error: false }
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

    load.stop();
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
        (
            Message::Response { id: 1, body: b"error", is_error: false },
            "has 5 bytes in place of 4: \"error\"",
        ),
        (Message::Response { id: 1, body: b"", is_error: false }, "has 0 bytes in place of 4"),
        (Message::Push { route: Route::Name(b"said"), body: b"body" }, "a push is not expected"),
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

#[test]
fn an_open_loop_counts_from_the_time_at_which_a_message_was_due() {
    let mut load = of(Exchange::Request, Pace::Rate(1_000_000));
    assert_eq!((load.next(), load.due(0), load.due(0)), (Some(0), Some(0), None));
    fill(&mut load, 0, 0);
    load.received(0, reply(1), 700).expect("the first reply");
    // The generator was held up: what was due meanwhile goes out at once, and keeps its time.
    let due: Vec<_> = std::iter::from_fn(|| load.due(3_500)).collect();
    assert_eq!(due, [1, 0, 1]);
    fill(&mut load, 0, 3_500);
    fill(&mut load, 1, 3_500);
    assert_eq!((load.next(), load.outstanding()), (Some(4_000), 3));
    for (connection, id) in [(1, 1), (0, 2), (1, 2)] {
        load.received(connection, reply(id), 4_000).expect("the next reply");
    }
    let latency = load.latency();
    for expected in [700, 3_000, 2_000, 1_000] {
        assert_eq!(latency.count_at(expected), 1, "{expected}");
    }
    load.stop();
    assert_eq!((load.next(), load.due(1_000_000)), (None, None));
}

#[test]
fn pushes_answer_notifies() {
    let mut load = of(Exchange::Push, Pace::InFlight(1));
    fill(&mut load, 0, 0);
    load.received(0, Message::Push { route: Route::Name(b"said"), body: b"body" }, 5)
        .expect("a push");
    fill(&mut load, 0, 5);
    let error = load.received(0, reply(2), 9).expect_err("no request was sent").to_string();
    assert!(error.contains("a reply is not expected"), "{error}");
}

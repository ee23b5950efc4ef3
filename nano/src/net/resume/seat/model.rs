//! Models of the hand-over of a session from one connection to the next, in every interleaving that loom finds:
//! `cargo xtask loom`.
//!
//! Seat, tokens, link, dispatch and the task of a lost session are those of the library. A connection is a [`Line`], which
//! does without a transport what the pump does for its seat and its link, in the same order. A model fails when its
//! assertions do, and when its threads wait for each other: a connection that is not woken waits for ever.

mod line;
mod world;

use std::future::{Future as _, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use loom::future::block_on;
use loom::thread::{self, JoinHandle};

use crate::net::resume::Resume;
use crate::session::CloseReason;
use crate::sync::model;
use crate::wire::resume::Token;
use line::{Answer, Fate, Line, Written, come_back};
use world::{Shared, World};

const WINDOW: Duration = Duration::from_secs(60);

fn reason() -> CloseReason {
    CloseReason::Kicked("enough".into())
}

/// A client in another thread, which comes back with a token and with what it has of the first connection. The session is
/// its own until it is asked for it again, or ends.
fn client(world: &Shared, token: Token, first: &Written) -> JoinHandle<Came> {
    let (world, first) = (world.clone(), first.clone());
    thread::spawn(move || {
        block_on(async {
            // The rest of what the first connection writes is lost.
            let mut had = first.numbers();
            match come_back(&world, &token, had.len() as u64).await {
                Answer::Back(line) => {
                    world.answered();
                    let (number, written) = (line.number, line.written.clone());
                    let fate = line.serve().await;
                    had.extend(written.numbers());
                    Came::Back { number, fate, had }
                }
                Answer::Superseded(number) => {
                    world.answered();
                    Came::Superseded(number)
                }
                Answer::Gone => {
                    world.answered();
                    Came::Gone
                }
            }
        })
    })
}

/// The end of a client that came back, as the test looks at it.
#[derive(Debug, PartialEq)]
enum Came {
    Back { number: u64, fate: Fate, had: Vec<u64> },
    Superseded(u64),
    Gone,
}

/// Of two clients with one token, the later one has the session. The other one is turned away, or had it before; it is
/// told so, and never waits for ever.
#[test]
fn of_two_that_come_back_at_once_the_later_one_has_the_session() {
    model(1, || {
        let world = World::new(Resume::new().window(WINDOW), 2);
        let (line, token) = Line::open(&world);
        let clients = [(), ()].map(|()| client(&world, token, &line.written));
        let first = block_on(line.serve());
        let came = clients.map(|client| client.join().expect("no panic"));
        assert_eq!(first, Fate::Left);
        let last = |came: &Came| match came {
            Came::Back { number, fate: Fate::Ended, .. } => Some(*number),
            _ => None,
        };
        match (&came[0], &came[1]) {
            (winner, other) | (other, winner)
                if last(winner).is_some() && last(other).is_none() =>
            {
                match other {
                    Came::Back { number, fate, .. } => {
                        assert_eq!((*number < last(winner).unwrap(), *fate), (true, Fate::Left));
                    }
                    Came::Superseded(number) => assert!(*number < last(winner).unwrap()),
                    // The first one had confirmed its new token.
                    Came::Gone => {}
                }
            }
            _ => panic!("{came:?}"),
        }
        world.check_over();
    });
}

/// At the end of the window the session ends, or its client has it: then it goes on.
#[test]
fn a_return_at_the_end_of_the_window_is_in_time_or_too_late() {
    model(2, || {
        let world = World::new(Resume::new().window(WINDOW), 1);
        let (line, token) = Line::open(&world);
        let client = client(&world, token, &line.written);
        let parked = line.park();
        let clock = thread::spawn({
            let world = world.clone();
            move || world.pass(WINDOW)
        });
        block_on(world.woken_by_the_clock(parked));
        clock.join().expect("no panic");
        let came = client.join().expect("no panic");
        let reason = world.session().close_reason();
        match came {
            // It was closed by the last that was answered.
            Came::Back { fate: Fate::Ended, .. } => assert_eq!(reason, Some(CloseReason::Closed)),
            Came::Gone => assert_eq!(reason, Some(CloseReason::Disconnected)),
            other => panic!("{other:?}"),
        }
        world.check_over();
    });
}

/// A session that is kicked while its client comes back ends once, with the kick for the connection that has it.
#[test]
fn a_kick_during_the_return_ends_the_session_wherever_it_is() {
    for is_lost in [false, true] {
        model(1, move || {
            let world = World::new(Resume::new().window(WINDOW), 1);
            let (line, token) = Line::open(&world);
            let client = client(&world, token, &line.written);
            let kick = thread::spawn({
                let session = world.session().clone();
                move || session.kick("enough")
            });
            let written = line.written.clone();
            let first = block_on(async {
                if is_lost {
                    line.park().await;
                    Fate::Left
                } else {
                    line.serve().await
                }
            });
            kick.join().expect("no panic");
            let came = client.join().expect("no panic");
            let is_kicked = world.session().close_reason() == Some(reason());
            match (first, &came) {
                (Fate::Left, Came::Back { fate: Fate::Ended, .. }) => {}
                (Fate::Left, Came::Gone) => assert!(is_kicked),
                (Fate::Ended, Came::Gone) => assert!(is_kicked && written.is_kicked()),
                other => panic!("{other:?}"),
            }
            world.check_over();
        });
    }
}

/// What is pushed meanwhile comes over the one connection or the other, once and in order, or the client learns that
/// its session is gone.
#[test]
fn a_push_during_the_return_comes_once_and_in_order() {
    // The second case keeps less than is pushed.
    for kept in [256, 1] {
        model(1, move || {
            let world = World::new(Resume::new().window(WINDOW).messages(kept), 1);
            let (line, token) = Line::open(&world);
            let pushes = thread::spawn({
                let session = world.session().clone();
                move || [1_u64, 2].map(|n| session.push("n", &n).is_ok())
            });
            let client = client(&world, token, &line.written);
            block_on(line.serve());
            let pushed = pushes.join().expect("no panic");
            match client.join().expect("no panic") {
                Came::Back { fate: Fate::Ended, had, .. } => {
                    let taken = pushed.iter().filter(|is_taken| **is_taken).count();
                    assert_eq!(had, [1, 2][..taken], "{pushed:?}");
                }
                Came::Gone => assert_eq!(kept, 1),
                other => panic!("{other:?}"),
            }
            world.check_over();
        });
    }
}

/// A task that is dropped with its runtime ends the session, and tells the client that waits for it.
#[test]
fn a_task_that_is_dropped_ends_the_session_or_leaves_it_to_its_client() {
    model(2, || {
        let world = World::new(Resume::new().window(WINDOW), 1);
        let (line, token) = Line::open(&world);
        let client = client(&world, token, &line.written);
        let mut parked = line.park();
        // One poll, and then no more.
        block_on(poll_fn(|cx| {
            let _ = Pin::new(&mut parked).poll(cx);
            Poll::Ready(())
        }));
        drop(parked);
        match client.join().expect("no panic") {
            Came::Back { fate: Fate::Ended, .. } | Came::Gone => {}
            other => panic!("{other:?}"),
        }
        world.check_over();
    });
}

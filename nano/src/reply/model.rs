//! Models of replies that are sent later, in every interleaving that loom finds: `cargo xtask loom`.
//!
//! Handler, reply, clock and the end of the session race for the answer to one request: there is exactly one, always.

use std::sync::atomic::Ordering;
use std::time::Duration;

use loom::thread;

use super::*;
use crate::clock::{Clock, PERIOD};
use crate::log::Log;
use crate::serializer::Json;
use crate::session::SessionIds;
use crate::session::link::Nowhere;
use crate::wire::{Dictionary, Wire};

/// A session, the clock that it goes by, and what its client is sent.
struct World {
    session: Session,
    clock: Arc<Clock>,
    sent: Arc<Nowhere>,
}

impl World {
    fn new() -> Self {
        let wire = Arc::new(Wire::new(Json, Dictionary::default()));
        let (clock, sent) = (Arc::new(Clock::new()), Arc::<Nowhere>::default());
        let id = SessionIds::new().next();
        let session = Session::new(id, None, wire, sent.clone(), clock.clone(), Default::default());
        Self { session, clock, sent }
    }

    /// The duty to answer a request within so many periods of the clock.
    fn request(&self, periods: u32) -> Arc<Deferred> {
        let limit = u64::try_from((PERIOD * periods).as_millis()).expect("a small number");
        Deferred::new(self.session.clone(), "test", NonZeroU64::new(1), limit)
    }

    fn answers(&self) -> usize {
        self.sent.0.load(Ordering::Relaxed)
    }
}

fn pass(clock: &Clock, time: Duration) {
    clock.tick(time, &Log::default());
}

/// What becomes of a reply.
#[derive(Clone, Copy)]
enum Fate {
    Sent,
    Failed,
    Dropped,
}

impl Fate {
    const ALL: [Self; 3] = [Self::Sent, Self::Failed, Self::Dropped];

    fn befall(self, reply: Reply<()>) {
        match self {
            Self::Sent => reply.send(()),
            Self::Failed => reply.fail(no_reply()),
            Self::Dropped => drop(reply),
        }
    }
}

/// The handler returns, and the reply is sent or dropped. Then its time may be up, too.
#[test]
fn a_request_has_one_answer_whoever_gives_it() {
    let cases = Fate::ALL.into_iter().flat_map(|fate| {
        [(false, false), (false, true), (true, false), (true, true)].map(|case| (fate, case))
    });
    for (fate, (fails, is_late)) in cases {
        loom::model(move || {
            let world = World::new();
            let request = world.request(1);
            let reply = Reply::new(request.clone(), Encoder::unit());
            let replying = thread::spawn(move || fate.befall(reply));
            let clock = is_late.then(|| {
                let clock = world.clock.clone();
                thread::spawn(move || pass(&clock, PERIOD))
            });
            request.handler_ended(if fails { Err(no_reply()) } else { Ok(()) });
            replying.join().expect("no panic");
            clock.into_iter().for_each(|clock| clock.join().expect("no panic"));
            assert_eq!(world.answers(), 1);
        });
    }
}

/// The session ends with the app, which answers what is open.
#[test]
fn a_request_has_one_answer_at_the_end_of_the_app() {
    for fate in Fate::ALL {
        loom::model(move || {
            let world = World::new();
            let request = world.request(1);
            let reply = Reply::new(request.clone(), Encoder::unit());
            request.handler_ended(Ok(()));
            let replying = thread::spawn(move || fate.befall(reply));
            let clock = thread::spawn({
                let clock = world.clock.clone();
                move || pass(&clock, PERIOD)
            });
            let ended = world.session.end().expect("no user was bound");
            ended.replies.iter().for_each(|reply| reply.fail(&no_reply()));
            replying.join().expect("no panic");
            clock.join().expect("no panic");
            assert_eq!(world.answers(), 1);
        });
    }
}

/// A request that comes while the clock visits the session is watched, too: its time will be up.
#[test]
fn a_request_that_comes_during_a_visit_is_not_forgotten() {
    for (first, second) in [(1, 1), (1, 2), (2, 1)] {
        loom::model(move || {
            let world = World::new();
            let _first = world.request(first);
            let clock = thread::spawn({
                let clock = world.clock.clone();
                move || pass(&clock, 2 * PERIOD)
            });
            let _second = world.request(second);
            clock.join().expect("no panic");
            (0..3).for_each(|_| pass(&world.clock, 2 * PERIOD));
            assert_eq!(world.answers(), 2);
        });
    }
}

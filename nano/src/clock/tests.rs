//! Tests of the clock.

use std::sync::Arc;

use super::*;
use crate::log::Log;

/// A visitor that notes the times of its visits, and returns what the test gives it.
struct Visitor {
    visits: Mutex<Vec<u64>>,
    answer: Box<dyn Fn(u64) -> Option<u64> + Send + Sync>,
}

impl Visitor {
    fn new(answer: impl Fn(u64) -> Option<u64> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { visits: Mutex::default(), answer: Box::new(answer) })
    }

    fn visits(&self) -> Vec<u64> {
        self.visits.lock().unwrap().clone()
    }
}

impl Visit for Visitor {
    fn visit(&self, now: u64) -> Option<u64> {
        self.visits.lock().unwrap().push(now);
        (self.answer)(now)
    }
}

fn weak(visitor: &Arc<Visitor>) -> Weak<dyn Visit> {
    Arc::downgrade(visitor) as Weak<dyn Visit>
}

fn ticks(clock: &Clock, count: u32) {
    (0..count).for_each(|_| clock.tick(PERIOD, &Log::default()));
}

#[test]
fn a_visit_is_made_once_by_the_first_tick_that_has_reached_it() {
    for (due, at) in [(0, 250), (1, 250), (250, 250), (251, 500), (1000, 1000), (1001, 1250)] {
        let clock = Clock::new();
        let visitor = Visitor::new(|_| None);
        clock.schedule(clock.key(), due, weak(&visitor));
        ticks(&clock, 10);
        assert_eq!(visitor.visits(), [at], "due at {due}");
        assert!(clock.due().is_empty());
    }
}

#[test]
fn a_visitor_is_visited_again_when_it_says_so() {
    for (says, visits) in [
        (Some(700), vec![250, 750]),
        // Its time has come already: not in this tick again, which could go on for ever.
        (Some(0), vec![250, 500]),
        (Some(u64::MAX), vec![250]),
        (None, vec![250]),
    ] {
        let clock = Clock::new();
        let visitor = Visitor::new(move |now| says.filter(|_| now == 250));
        clock.schedule(clock.key(), 100, weak(&visitor));
        ticks(&clock, 8);
        assert_eq!(visitor.visits(), visits, "{says:?}");
    }
}

#[test]
fn a_visit_that_is_called_off_is_not_made() {
    let clock = Clock::new();
    let visitor = Visitor::new(|_| None);
    let (one, other) = (clock.key(), clock.key());
    clock.schedule(one, 300, weak(&visitor));
    clock.schedule(other, 300, weak(&visitor));
    clock.cancel(one, 300);
    // Twice, or by another time than the one that it was asked for at, does nothing.
    clock.cancel(one, 300);
    clock.cancel(other, 301);
    ticks(&clock, 4);
    assert_eq!(visitor.visits(), [500], "one of two at the same time");
}

#[test]
fn a_visitor_that_is_gone_leaves_nothing_behind() {
    let clock = Clock::new();
    let visitor = Visitor::new(|_| Some(0));
    clock.schedule(clock.key(), 300, weak(&visitor));
    drop(visitor);
    ticks(&clock, 2);
    assert!(clock.due().is_empty());
}

/// After a suspension the clients get the time to show that they are there.
#[test]
fn the_clock_skips_the_time_in_which_the_process_did_not_run() {
    for (elapsed, now) in [(0, 0), (249, 249), (500, 500), (501, 500), (3_600_000, 500)] {
        let clock = Clock::new();
        clock.tick(Duration::from_millis(elapsed), &Log::default());
        assert_eq!(clock.now(), now, "{elapsed} ms");
    }
}

/// A visitor may schedule and cancel visits.
#[test]
fn a_visit_may_use_the_clock() {
    let clock = Arc::new(Clock::new());
    let late = Visitor::new(|_| None);
    let (uses, then) = (clock.clone(), weak(&late));
    let first = Visitor::new(move |now| {
        let key = uses.key();
        uses.schedule(key, now, then.clone());
        uses.cancel(key, now);
        uses.schedule(uses.key(), now, then.clone());
        None
    });
    clock.schedule(clock.key(), 0, weak(&first));
    ticks(&clock, 3);
    assert_eq!((first.visits(), late.visits()), (vec![250], vec![500]));
}

/// The heartbeats of all clients depend on the clock: it outlives what panics in a visit.
#[test]
fn promise_3_a_panic_costs_its_visit_only() {
    struct Bomb(Mutex<Option<Arc<Self>>>);

    impl Visit for Bomb {
        fn visit(&self, _: u64) -> Option<u64> {
            // From here on the clock holds the last one.
            self.0.lock().unwrap().take();
            None
        }
    }

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("a drop panics");
        }
    }

    let clock = Clock::new();
    let panics = Visitor::new(|_| panic!("a visit panics"));
    let bomb = Arc::new_cyclic(|this: &Weak<Bomb>| {
        clock.schedule(clock.key(), 100, this.clone());
        Bomb(Mutex::default())
    });
    let held = bomb.clone();
    *bomb.0.lock().unwrap() = Some(held);
    drop(bomb);
    clock.schedule(clock.key(), 100, weak(&panics));
    let last = Visitor::new(Some);
    clock.schedule(clock.key(), 100, weak(&last));
    ticks(&clock, 2);
    assert_eq!((panics.visits(), last.visits()), (vec![250], vec![250, 500]));
}

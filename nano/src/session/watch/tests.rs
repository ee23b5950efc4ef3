//! Tests of the watch over open replies.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::*;
use crate::clock::{Clock, PERIOD};
use crate::log::Log;
use crate::serializer::Json;
use crate::session::SessionIds;
use crate::session::link::Nowhere;
use crate::wire::{Dictionary, Wire};

/// A reply that notes its answer.
#[derive(Default)]
struct Deferred {
    failed: Mutex<Vec<ErrorKind>>,
    asked: AtomicUsize,
    is_answered: bool,
}

impl OpenReply for Deferred {
    fn is_open(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed);
        !self.is_answered
    }

    fn fail(&self, error: &Error) {
        self.failed.lock().unwrap().push(error.kind());
    }
}

fn session() -> (Session, Arc<Clock>) {
    let (wire, clock) = (Wire::new(Json, Dictionary::default()), Arc::new(Clock::new()));
    let id = SessionIds::new().next();
    (
        Session::new(
            id,
            None,
            Arc::new(wire),
            Arc::<Nowhere>::default(),
            clock.clone(),
            Default::default(),
        ),
        clock,
    )
}

fn watch(session: &Session, limit: u64) -> Arc<Deferred> {
    let reply = Arc::new(Deferred::default());
    session.watch_reply(Arc::downgrade(&reply) as Weak<dyn OpenReply>, limit);
    reply
}

fn pass(clock: &Clock, time: u64) {
    (0..time / 250).for_each(|_| clock.tick(PERIOD, &Log::default()));
}

fn failed(reply: &Deferred) -> Vec<ErrorKind> {
    reply.failed.lock().unwrap().clone()
}

#[test]
fn each_reply_has_its_own_time() {
    let (session, clock) = session();
    let late = watch(&session, 2000);
    let soon = watch(&session, 500);
    let never = watch(&session, u64::MAX);
    pass(&clock, 1000);
    let sooner = watch(&session, 250);
    assert_eq!((failed(&soon), failed(&late)), (vec![ErrorKind::Timeout], vec![]));
    pass(&clock, 250);
    assert_eq!(failed(&sooner), [ErrorKind::Timeout]);
    pass(&clock, 250);
    assert_eq!(failed(&late), []);
    pass(&clock, 10_000);
    for reply in [&late, &soon, &sooner] {
        assert_eq!(failed(reply), [ErrorKind::Timeout], "once");
    }
    assert_eq!(failed(&never), []);
}

#[test]
fn nothing_is_kept_for_replies_that_were_sent() {
    let (session, clock) = session();
    for _ in 0..3 {
        drop(watch(&session, 1000));
        pass(&clock, 1000);
        assert!(session.state().late.is_none(), "there is nothing to be visited for");
    }
    for _ in 0..1000 {
        drop(watch(&session, 1000));
    }
    let last = watch(&session, 1000);
    pass(&clock, 1000);
    assert_eq!(failed(&last), [ErrorKind::Timeout]);
}

/// The client has very many requests open, all deferred, and one is answered now and then.
#[test]
fn a_reply_costs_the_same_however_many_are_open() {
    const COUNT: usize = 4096;
    let (session, _) = session();
    let mut open: Vec<_> = (0..COUNT).map(|_| watch(&session, 1000)).collect();
    for _ in 0..COUNT {
        open.pop();
        open.push(watch(&session, 1000));
    }
    let asked: usize = open.iter().map(|reply| reply.asked.load(Ordering::Relaxed)).sum();
    assert!(asked < 8 * COUNT, "{asked} looks for {} replies", 2 * COUNT);
}

#[test]
fn an_end_gives_the_open_replies_and_watches_none_any_more() {
    let (session, clock) = session();
    let (open, gone) = (watch(&session, 1000), watch(&session, 1000));
    drop(gone);
    let replies = session.end().expect("nobody was bound").replies;
    assert_eq!(replies.len(), 1);
    assert_eq!(Arc::strong_count(&open), 2);
    let late = watch(&session, 1000);
    assert_eq!(Arc::weak_count(&late), 0, "it is not kept");
    assert_eq!(session.end().map(|ended| ended.replies.len()), Some(0), "twice is harmless");
    pass(&clock, 5000);
    assert_eq!((failed(&open), failed(&late)), (vec![], vec![]), "nobody waits");
}

/// The hooks run for the user before they run for the end, at whatever time the user is bound.
#[tokio::test]
async fn an_end_waits_for_the_note_of_a_user() {
    let (session, _) = session();
    session.bind(7).await.expect("free");
    assert!(session.end().is_none());
    assert!(session.take_bound());
    assert!(session.end().is_some());
    assert_eq!(session.bind(7).await.map_err(|error| error.kind()), Ok(()), "it was before");
    let (unbound, _) = self::session();
    assert!(unbound.end().is_some());
    let refused = unbound.bind(7).await.expect_err("it has ended");
    assert_eq!(refused.kind(), ErrorKind::Closed);
    assert!(!unbound.take_bound());
}

#[test]
fn the_visit_of_a_session_that_is_gone_does_nothing() {
    let (session, clock) = session();
    let reply = watch(&session, 500);
    drop(session);
    clock.tick(Duration::from_millis(500), &Log::default());
    assert_eq!(failed(&reply), []);
}

//! Models of binding, replacing and ending, in every interleaving that loom finds.
//!
//! `cargo xtask loom` runs them.

use futures_util::FutureExt;
use loom::sync::atomic::{AtomicU8, Ordering};
use loom::thread;

use super::link::{Refused, Sent};
use super::*;
use crate::Result;
use crate::serializer::Json;
use crate::wire::Dictionary;
use crate::wire::outgoing::Outgoing;

/// A link that only knows why it was closed.
#[derive(Default)]
struct Closable(AtomicU8);

const REASONS: [Option<CloseReason>; 3] =
    [None, Some(CloseReason::Disconnected), Some(CloseReason::Replaced)];

impl Link for Closable {
    fn send(&self, _: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        Ok(Sent::Queued)
    }

    fn close(&self, reason: CloseReason) -> bool {
        let code = REASONS.iter().position(|other| other.as_ref() == Some(&reason));
        let code = u8::try_from(code.expect("a known reason")).expect("a small number");
        self.0.compare_exchange(0, code, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn close_reason(&self) -> Option<CloseReason> {
        REASONS[usize::from(self.0.load(Ordering::Acquire))].clone()
    }

    fn is_closing(&self) -> bool {
        self.close_reason().is_some()
    }

    fn wake(&self) {}

    fn abort(&self) {}
}

/// Two sessions of an app with this policy, and what they share.
fn two(policy: DuplicateLogin) -> (Session, Session, Arc<Common<Session>>) {
    let common = Arc::new(Common::new(policy, 0));
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let (ids, clock) = (SessionIds::new(), Arc::new(Clock::new()));
    let session = || {
        let link = Arc::new(Closable::default());
        Session::new(ids.next(), None, wire.clone(), link, clock.clone(), common.clone())
    };
    (session(), session(), common)
}

fn bind(session: &Session) -> Result<()> {
    session.bind(7).now_or_never().expect("it waits for nothing")
}

/// Ends a session as its dispatch does when the client has gone.
fn end(session: &Session) {
    session.link().close(CloseReason::Disconnected);
    while session.end().is_none() {
        session.take_bound();
    }
}

fn users(common: &Common<Session>) -> Vec<Session> {
    common.users.sessions(&Uid::from(7))
}

#[test]
fn of_two_that_bind_at_once_one_replaces_the_other() {
    loom::model(|| {
        let (one, other, common) = two(DuplicateLogin::Replace);
        let binding = thread::spawn({
            let other = other.clone();
            move || bind(&other)
        });
        bind(&one).expect("bound");
        binding.join().expect("no panic").expect("bound");
        let left = users(&common);
        let (kept, replaced) = if left == [one.clone()] { (one, other) } else { (other, one) };
        assert_eq!(left, [kept.clone()]);
        assert_eq!(kept.close_reason(), None);
        assert_eq!(replaced.close_reason(), Some(CloseReason::Replaced));
        end(&replaced);
        assert_eq!(users(&common), [kept.clone()]);
        end(&kept);
        assert_eq!(common.users.len(), 0);
    });
}

#[test]
fn of_two_that_bind_at_once_one_is_refused() {
    loom::model(|| {
        let (one, other, common) = two(DuplicateLogin::Refuse);
        let binding = thread::spawn({
            let other = other.clone();
            move || bind(&other).is_ok()
        });
        let bound = [bind(&one).is_ok(), binding.join().expect("no panic")];
        match bound {
            [true, false] => assert_eq!(users(&common), [one]),
            [false, true] => assert_eq!(users(&common), [other]),
            _ => panic!("bound: {bound:?}"),
        }
    });
}

#[test]
fn a_bind_during_the_end_leaves_nothing() {
    loom::model(|| {
        let (session, _, common) = two(DuplicateLogin::Keep);
        let ending = thread::spawn({
            let session = session.clone();
            move || end(&session)
        });
        let bound = bind(&session);
        ending.join().expect("no panic");
        assert_eq!(common.users.len(), 0);
        assert_eq!(bound.is_ok(), session.uid().is_some());
    });
}

#[test]
fn the_end_of_the_old_session_takes_nothing_from_the_new_one() {
    for policy in [DuplicateLogin::Keep, DuplicateLogin::Replace, DuplicateLogin::Refuse] {
        loom::model(move || {
            let (old, new, common) = two(policy);
            bind(&old).expect("bound");
            let ending = thread::spawn({
                let old = old.clone();
                move || end(&old)
            });
            let bound = bind(&new);
            ending.join().expect("no panic");
            match bound {
                Ok(()) => assert_eq!(users(&common), [new]),
                // The old one was open at that time.
                Err(error) => {
                    assert_eq!(
                        (policy, error.kind()),
                        (DuplicateLogin::Refuse, ErrorKind::AlreadyOnline)
                    );
                    assert_eq!(common.users.len(), 0);
                }
            }
        });
    }
}

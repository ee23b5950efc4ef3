//! One seat, many connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use super::*;
use crate::session::link::Nowhere;

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

type Seats = Tokens<Seat<u32>>;

fn seat() -> (Arc<Seats>, Arc<Seat<u32>>, Token) {
    let tokens = Arc::default();
    let seat = Seat::new(&tokens, Arc::<Nowhere>::default());
    let token = seat.issue().expect("random numbers");
    (tokens, seat, token)
}

fn poll(claim: &Claim<u32>, woken: &Arc<Woken>) -> Poll<Claimed<u32>> {
    claim.poll(&mut Context::from_waker(&Waker::from(woken.clone())))
}

#[test]
fn a_claim_waits_for_the_holder_and_gets_what_it_leaves() {
    let (tokens, seat, token) = seat();
    let woken = Arc::default();
    let claim = Seat::claim(&tokens, &token).expect("a session");
    assert!(!seat.is_wanted());
    assert!(poll(&claim, &woken).is_pending() && seat.is_wanted());
    let left = seat.leave(Box::new(7));
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    let Poll::Ready(Claimed::Session(session)) = poll(&claim, &woken) else {
        panic!("it is there")
    };
    assert_eq!((*session, seat.is_wanted()), (7, false));
    // It is there once.
    assert!(seat.take(left).is_none() && poll(&claim, &woken).is_pending());
    drop(claim);
    assert!(!seat.is_wanted(), "nobody waits any more");
    // Who left it before has nothing to do with who leaves it now.
    let left_anew = seat.leave(Box::new(8));
    assert!(seat.take(left).is_none() && seat.take(left_anew).is_some());
}

#[test]
fn of_several_claims_the_last_one_gets_the_session() {
    let (tokens, seat, token) = seat();
    let (early, late) = (Arc::default(), Arc::default());
    let first = Seat::claim(&tokens, &token).expect("a session");
    assert!(poll(&first, &early).is_pending());
    let second = Seat::claim(&tokens, &token).expect("the same");
    assert_eq!(early.0.load(Ordering::SeqCst), 1);
    assert!(matches!(poll(&first, &early), Poll::Ready(Claimed::Superseded)));
    assert!(poll(&second, &late).is_pending());
    drop(first);
    assert!(seat.is_wanted(), "the second one still waits");
    seat.leave(Box::new(7));
    assert!(matches!(poll(&second, &late), Poll::Ready(Claimed::Session(_))));
}

#[test]
fn the_end_of_a_session_is_told_to_those_that_wait_and_voids_its_tokens() {
    let (tokens, seat, token) = seat();
    let woken = Arc::default();
    let claim = Seat::claim(&tokens, &token).expect("a session");
    assert!(poll(&claim, &woken).is_pending());
    seat.end();
    assert_eq!(woken.0.load(Ordering::SeqCst), 1);
    assert!(matches!(poll(&claim, &woken), Poll::Ready(Claimed::Ended)));
    assert!(Seat::claim(&tokens, &token).is_none());
    assert_eq!(tokens.len(), 0);
}

#[test]
fn tokens_are_given_up_when_their_successor_is_confirmed_or_passed_over() {
    let (tokens, seat, first) = seat();
    let second = seat.issue().expect("random numbers");
    assert_ne!(first, second);
    // The second one has not arrived.
    assert!(Seat::claim(&tokens, &first).is_some());
    assert!(Seat::claim(&tokens, &second).is_none());
    let third = seat.issue().expect("random numbers");
    seat.confirm();
    assert!(Seat::claim(&tokens, &first).is_none());
    assert!(Seat::claim(&tokens, &third).is_some());
    drop(seat);
    assert_eq!(tokens.len(), 0);
}

#[test]
fn a_session_goes_through_many_threads_and_is_never_in_two() {
    const THREADS: u32 = 4;
    const TURNS: u32 = 200;
    let (tokens, seat, token) = seat();
    seat.leave(Box::new(0));
    let threads = (0..THREADS).map(|_| {
        let (tokens, seat) = (tokens.clone(), seat.clone());
        std::thread::spawn(move || {
            for _ in 0..TURNS {
                let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
                let mut cx = Context::from_waker(&waker);
                let mut session = loop {
                    let claim = Seat::claim(&tokens, &token).expect("it goes on");
                    let claimed = loop {
                        match claim.poll(&mut cx) {
                            Poll::Ready(claimed) => break claimed,
                            Poll::Pending => std::thread::park(),
                        }
                    };
                    if let Claimed::Session(session) = claimed {
                        break session;
                    }
                };
                *session += 1;
                seat.leave(session);
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().expect("no panic"));
    let left = u64::from(THREADS * TURNS) + 1;
    assert_eq!(seat.take(left).as_deref(), Some(&(THREADS * TURNS)));
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

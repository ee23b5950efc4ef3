//! Models of the borrow of a component and its hand-over, in every interleaving that loom finds: `cargo xtask loom`.
//!
//! Cell, holders, chains and tasks are those of the library, and the lock is tokio's. A model fails when its assertions
//! do, and when its threads wait for each other: a call that is not woken waits for ever.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use loom::thread::{self, JoinHandle};

use super::{Cell, Locked};
use crate::component::DropReason;
use crate::component::task::{BoxedTask, Outcome, Task, TaskInfo, TaskKind};
use crate::log::Log;
use crate::sync::{Mutex, block_on, turn};
use crate::{Error, ErrorKind, Result};

type Room = Arc<Locked<u32>>;

/// Runs a model with a component.
fn model(switches: usize, run: impl Fn(Room) + Send + Sync + 'static) {
    crate::sync::model(switches, move || run(Arc::new(Locked::new(0, "room", Arc::default()))));
}

/// A call of the application, as its dispatch has it.
fn call<T>(call: impl Future<Output = T> + Send + 'static) -> BoxedTask<T> {
    let info = TaskInfo { kind: TaskKind::Handler, label: "call", session: None, limit: None };
    Task::new(info, Box::pin(call) as Pin<Box<dyn Future<Output = T> + Send>>)
}

/// Polls a call to its end.
async fn finish<T>(mut call: BoxedTask<T>) -> T {
    let log = Log::default();
    let outcome = poll_fn(|cx| call.poll(cx, &log)).await;
    call.end(DropReason::Panic, &log);
    match outcome {
        Outcome::Finished(output) => output,
        Outcome::Panicked(panic) => panic!("{panic}"),
        Outcome::Cut => unreachable!("nothing cuts it off"),
    }
}

/// Polls a call once.
fn poll<T>(call: &mut BoxedTask<T>) -> bool {
    block_on(poll_fn(|cx| Poll::Ready(call.poll(cx, &Log::default()).is_ready())))
}

fn run<T>(future: impl Future<Output = T> + Send + 'static) -> T {
    block_on(finish(call(future)))
}

fn on_a_thread<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    thread::spawn(move || run(future))
}

fn is_named(room: &Room, label: &str) -> bool {
    room.holders().is_some_and(|names| names.split(", ").any(|name| name == label))
}

fn is_alone(room: &Room, label: &str) -> bool {
    room.holders().as_deref() == Some(label)
}

/// Writes as an `async fn` does, which keeps the borrow while it waits.
async fn write(room: Room, label: &'static str) -> Result<()> {
    let mut borrow = room.exclusive(label).await?;
    assert!(is_alone(&room, label), "{label}: {:?}", room.holders());
    *borrow += 1;
    turn().await;
    assert!(is_alone(&room, label), "{label}: {:?}", room.holders());
    Ok(())
}

/// Reads as an `async fn` does.
async fn read(room: Room, label: &'static str) -> Result<u32> {
    let borrow = room.shared(label).await?;
    assert!(is_named(&room, label), "{label}: {:?}", room.holders());
    turn().await;
    assert!(is_named(&room, label), "{label}: {:?}", room.holders());
    Ok(*borrow)
}

/// Writes as a plain `fn` does, which takes what is free.
async fn write_at_once(room: Room, label: &'static str) -> Result<()> {
    let mut borrow = match room.try_exclusive(label) {
        Some(borrow) => borrow,
        None => room.exclusive(label).await?,
    };
    assert!(is_alone(&room, label), "{label}: {:?}", room.holders());
    *borrow += 1;
    Ok(())
}

/// Reads as a plain `fn` does.
async fn read_at_once(room: Room, label: &'static str, writer: &'static str) -> Result<()> {
    let _borrow = match room.try_shared(label) {
        Some(borrow) => borrow,
        None => room.shared(label).await?,
    };
    assert!(!is_named(&room, writer), "{label}: {:?}", room.holders());
    Ok(())
}

fn refused<T>(result: Result<T>) -> Error {
    let error = result.err().expect("it would wait for itself");
    assert_eq!(error.kind(), ErrorKind::SelfLock);
    error
}

#[test]
fn whoever_has_the_borrow_is_named() {
    model(2, |room| {
        let reader = on_a_thread(read(room.clone(), "reader"));
        let writer = on_a_thread(write(room.clone(), "writer"));
        run(read(room.clone(), "other")).expect("let in");
        reader.join().expect("no panic").expect("let in");
        writer.join().expect("no panic").expect("let in");
    });
}

#[test]
fn plain_calls_are_named_and_let_others_in() {
    model(3, |room| {
        let writer = on_a_thread(write_at_once(room.clone(), "writer"));
        let waiter = on_a_thread(write(room.clone(), "writer"));
        run(read_at_once(room.clone(), "reader", "writer")).expect("let in");
        writer.join().expect("no panic").expect("let in");
        waiter.join().expect("no panic").expect("let in");
        assert_eq!(run(read(room.clone(), "end")).expect("let in"), 2);
    });
}

/// A call that runs out of time leaves the queue, or gives back what it has just been handed.
#[test]
fn a_call_that_is_cut_off_passes_the_borrow_on() {
    for is_writer in [true, false] {
        model(3, move |room| {
            let holder = on_a_thread(write(room.clone(), "holder"));
            let late = thread::spawn({
                let room = room.clone();
                move || {
                    let mut call = match is_writer {
                        true => call(write(room, "late")),
                        false => call(async { read(room, "late").await.map(drop) }),
                    };
                    let is_over = poll(&mut call);
                    let reason = if is_over { DropReason::Panic } else { DropReason::Timeout };
                    call.end(reason, &Log::default());
                }
            });
            run(write(room.clone(), "waiter")).expect("let in");
            holder.join().expect("no panic").expect("let in");
            late.join().expect("no panic");
            assert!(room.try_exclusive("end").is_some(), "nobody has it");
        });
    }
}

/// The borrow goes to those who wait in the order in which they came, and nobody overtakes them.
#[test]
fn the_borrow_is_handed_over_in_order_of_arrival() {
    model(2, |room| {
        let order = Arc::new(Mutex::new(Vec::new()));
        let note = |place: usize, is_writer: bool| {
            let (room, order) = (room.clone(), order.clone());
            async move {
                if is_writer {
                    let _borrow = room.exclusive("writer").await.expect("let in");
                    order.lock().expect("no panic").push(place);
                    turn().await;
                } else {
                    let _borrow = room.shared("reader").await.expect("let in");
                    order.lock().expect("no panic").push(place);
                }
            }
        };
        let holder = {
            let room = room.clone();
            async move {
                let _borrow = room.exclusive("holder").await.expect("let in");
                turn().await;
            }
        };
        let mut holder = call(holder);
        assert!(!poll(&mut holder));
        let (mut first, mut second) = (call(note(1, true)), call(note(2, false)));
        assert!(!poll(&mut first) && !poll(&mut second));
        let first = thread::spawn(move || block_on(finish(first)));
        let second = thread::spawn(move || block_on(finish(second)));
        block_on(finish(holder));
        run(note(3, true));
        first.join().expect("no panic");
        second.join().expect("no panic");
        assert_eq!(*order.lock().expect("no panic"), [1, 2, 3]);
    });
}

/// A call that has the borrow is refused it, whoever waits for it, and nobody else is.
#[test]
fn only_a_call_that_waits_for_itself_is_refused() {
    model(2, |room| {
        let writer = on_a_thread(write(room.clone(), "writer"));
        let reader = on_a_thread(read(room.clone(), "reader"));
        run({
            let room = room.clone();
            async move {
                let borrow = room.exclusive("holder").await.expect("let in");
                // A hook that the call waits for is a call of its own, and belongs to the same chain.
                let error = refused(finish(call(write(room.clone(), "hook"))).await);
                assert!(error.to_string().contains("`holder`"), "{error}");
                refused(read(room.clone(), "itself").await);
                drop(borrow);
                write(room.clone(), "again").await.expect("let in");
            }
        });
        writer.join().expect("no panic").expect("let in");
        reader.join().expect("no panic").expect("let in");
    });
}

/// A call may have several shared borrows. If somebody waits for the component alone, a further one would wait for the
/// call itself.
#[test]
fn a_further_shared_borrow_is_had_or_refused() {
    model(2, |room| {
        let writer = on_a_thread(write(room.clone(), "writer"));
        let reader = on_a_thread(read(room.clone(), "reader"));
        run({
            let room = room.clone();
            async move {
                let _borrow = room.shared("holder").await.expect("let in");
                if let Err(error) = room.shared("further").await {
                    assert_eq!(error.kind(), ErrorKind::SelfLock);
                    assert!(error.to_string().contains("holder"), "{error}");
                }
            }
        });
        writer.join().expect("no panic").expect("let in");
        reader.join().expect("no panic").expect("let in");
    });
}

/// A call takes along what it has from thread to thread. The threads that it has left have nothing.
#[test]
fn a_call_may_go_on_on_another_thread() {
    model(3, |room| {
        let mut holder = call({
            let room = room.clone();
            async move {
                let _borrow = room.exclusive("holder").await.expect("let in");
                turn().await;
                refused(write(room.clone(), "itself").await)
            }
        });
        assert!(!poll(&mut holder));
        let holder = thread::spawn(move || block_on(finish(holder)));
        let writer = on_a_thread(write(room.clone(), "writer"));
        run(write(room.clone(), "here")).expect("it does not wait for itself");
        holder.join().expect("no panic");
        writer.join().expect("no panic").expect("let in");
    });
}

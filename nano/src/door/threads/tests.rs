//! Tests of the threads of an app.

use std::sync::mpsc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::*;

fn name_of_this_thread() -> Option<String> {
    thread::current().name().map(str::to_owned)
}

/// Spawns a task by `threads`, and returns the name of its thread.
async fn name_of_a_task(threads: &Threads) -> Option<String> {
    let (tell, told) = oneshot::channel();
    drop(threads.enter(|| tokio::spawn(async { drop(tell.send(name_of_this_thread())) })));
    told.await.unwrap()
}

#[tokio::test]
async fn without_threads_everything_stays_where_it_is() {
    let threads = Threads::start(0).unwrap();
    assert_eq!(name_of_a_task(&threads).await, name_of_this_thread());
    threads.end().await;
}

#[tokio::test]
async fn connections_go_where_the_fewest_are() {
    let threads = Threads::start(3).unwrap();
    let stay = || drop(tokio::spawn(std::future::pending::<()>()));
    for _ in 0..30 {
        threads.enter(stay);
    }
    let counts = |threads: &Threads| -> Vec<_> {
        threads.runtimes.iter().map(|runtime| runtime.metrics().num_alive_tasks()).collect()
    };
    assert_eq!(counts(&threads), [10, 10, 10]);
    let _entered = threads.runtimes[1].enter();
    (0..6).for_each(|_| stay());
    for _ in 0..6 {
        threads.enter(stay);
    }
    assert_eq!(counts(&threads), [13, 16, 13]);
}

#[tokio::test]
async fn a_tcp_stream_is_polled_by_its_own_thread() {
    let threads = Threads::start(1).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (near, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let (near, (far, _)) = (near.unwrap(), accepted.unwrap());
    let echo = |mut far: TcpStream| {
        tokio::spawn(async move {
            let mut byte = [0];
            while far.read_exact(&mut byte).await.is_ok() {
                far.write_all(&byte).await.unwrap();
            }
        })
    };
    drop(threads.place(far, echo).unwrap());
    // This thread polls nothing while it waits: only the other one can answer.
    near.writable().await.unwrap();
    let mut near = near.into_std().unwrap();
    near.set_nonblocking(false).unwrap();
    for sent in 0..3 {
        use std::io::{Read, Write};
        near.write_all(&[sent]).unwrap();
        let mut byte = [9];
        near.read_exact(&mut byte).unwrap();
        assert_eq!(byte, [sent]);
    }
}

/// Tells when it is dropped, and on which thread.
struct Tell(mpsc::Sender<Option<String>>);

impl Drop for Tell {
    fn drop(&mut self) {
        let _ = self.0.send(name_of_this_thread());
    }
}

#[tokio::test]
async fn the_end_drops_what_is_left_and_is_waited_for() {
    let threads = Threads::start(2).unwrap();
    let (tell, told) = mpsc::channel();
    for _ in 0..2 {
        let tell = Tell(tell.clone());
        let stay = || {
            drop(tokio::spawn(async move {
                let _tell = tell;
                std::future::pending::<()>().await;
            }));
        };
        threads.enter(stay);
    }
    threads.end().await;
    let mut names: Vec<_> = told.try_iter().flatten().collect();
    names.sort();
    assert_eq!(names, ["nano-1", "nano-2"]);
    threads.end().await;
}

#[tokio::test]
async fn what_comes_after_the_end_is_dropped() {
    let threads = Threads::start(1).unwrap();
    threads.end().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap());
    let (near, accepted) = tokio::join!(near, listener.accept());
    let (mut near, (far, _)) = (near.unwrap(), accepted.unwrap());
    assert!(threads.place(far, |_| ()).is_err());
    assert_eq!(near.read(&mut [0]).await.unwrap(), 0, "the peer sees the end");
    let (tell, told) = oneshot::channel::<()>();
    let stay = async move {
        let _tell = tell;
        std::future::pending::<()>().await;
    };
    drop(threads.enter(|| tokio::spawn(stay)));
    assert!(told.await.is_err());
}

#[tokio::test]
async fn a_drop_ends_the_threads() {
    let threads = Threads::start(1).unwrap();
    let running = threads.running.clone();
    drop(threads);
    running.close();
    running.wait().await;
}

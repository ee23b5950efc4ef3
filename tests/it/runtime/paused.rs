//! Paused time and threads, as the documentation of `nano::testing` has it.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, ErrorKind, Result, ResultExt, component};
use tokio::sync::oneshot;
use tokio::time::Instant;

type Query = oneshot::Sender<u32>;

/// A database with a thread of its own.
struct Saves {
    queries: mpsc::Sender<Query>,
    /// The answer of a query in `spawn_blocking`, which takes until it is there.
    answer: Arc<Mutex<mpsc::Receiver<u32>>>,
}

#[component]
impl Saves {
    #[handler]
    async fn of_a_thread(&self) -> Result<u32> {
        let (query, answer) = oneshot::channel();
        self.queries.send(query).internal()?;
        answer.await.internal()
    }

    #[handler]
    async fn of_spawn_blocking(&self) -> Result<u32> {
        let answer = self.answer.clone();
        let wait = move || answer.lock().unwrap_or_else(PoisonError::into_inner).recv();
        tokio::task::spawn_blocking(wait).await.internal()?.internal()
    }
}

#[tokio::test(start_paused = true)]
async fn a_thread_does_not_hold_paused_time_and_spawn_blocking_does() {
    let ((queries, thread), (answers, answer)) = (mpsc::channel(), mpsc::channel());
    let answer = Arc::new(Mutex::new(answer));
    let app = TestApp::start(App::new().component(Saves { queries, answer })).await;
    let client = app.connect().await;
    let started = Instant::now();
    let error = client.request::<_, u32>("saves.of_a_thread", &()).await.expect_err("a deadline");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(started.elapsed().as_secs(), 10, "the client's deadline has come at once");
    thread.recv().expect("the query");

    let started = Instant::now();
    // Another thread answers, at some time or other.
    let answering = std::thread::spawn(move || {
        for _ in 0..1000 {
            std::thread::yield_now();
        }
        answers.send(7)
    });
    let answer: u32 = client.request("saves.of_spawn_blocking", &()).await.expect("an answer");
    assert_eq!((answer, started.elapsed()), (7, Duration::ZERO));
    answering.join().expect("no panic").expect("the query waits");
}

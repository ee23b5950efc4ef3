//! Traps of requests, their order and their answers.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Reply, Result, component};
use tokio::time::{Instant, sleep};

#[derive(Clone, Default)]
struct Desk {
    log: Arc<Mutex<Vec<u32>>>,
}

#[component]
impl Desk {
    /// Waits for `millis` milliseconds, and returns the number.
    #[handler]
    async fn one_by_one(&self, (number, millis): (u32, u64)) -> u32 {
        sleep(Duration::from_millis(millis)).await;
        self.log.lock().expect("no panic").push(number);
        number
    }

    #[handler]
    fn at_once(&self, (number, _): (u32, u64)) -> u32 {
        self.log.lock().expect("no panic").push(number);
        number
    }

    #[handler(concurrent)]
    async fn concurrently(&self, (number, millis): (u32, u64)) -> u32 {
        sleep(Duration::from_millis(millis)).await;
        number
    }

    #[handler]
    fn later(&self, (number, millis): (u32, u64), reply: Reply<u32>) {
        tokio::spawn(async move {
            sleep(Duration::from_millis(millis)).await;
            reply.send(number);
        });
    }
}

/// In another framework one thread served all players, and one slow handler stalled them all.
#[tokio::test(start_paused = true)]
async fn trap_10_a_slow_handler_delays_no_other_player() {
    let app = TestApp::start(App::new().component(Desk::default())).await;
    let (slow, fast) = (app.connect().await, app.connect().await);
    let started = Instant::now();
    let waiting =
        tokio::spawn(async move { slow.request::<_, u32>("desk.one_by_one", &(1, 5_000)).await });
    for number in 0..100 {
        let answer = fast.request::<_, u32>("desk.at_once", &(number, 0)).await;
        assert_eq!(answer.expect("the fast player is answered"), number);
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(waiting.await.expect("no panic").expect("an answer"), 1);
    assert_eq!(started.elapsed().as_secs(), 5);
}

/// In another framework, with several dispatchers, a player's messages overtook one another.
#[tokio::test(start_paused = true)]
async fn trap_10_the_messages_of_one_player_keep_their_order() {
    let desk = Desk::default();
    let app = TestApp::start(App::new().component(desk.clone())).await;
    let mut client = app.raw();
    client.open().await;
    for number in 0..200 {
        let (route, millis) = match number % 3 {
            0 => ("desk.one_by_one", 50 - number % 50),
            _ => ("desk.at_once", 0),
        };
        client.request(number + 1, route, format!("[{number},{millis}]")).await;
    }
    for number in 0..200 {
        let reply = client.message().await;
        assert_eq!((reply.id, reply.json()), (number + 1, number.into()));
    }
    assert_eq!(*desk.log.lock().expect("no panic"), (0..200).collect::<Vec<_>>());
}

/// In another framework a session had one mutable "last message id", which changed while a handler awaited.
#[tokio::test(start_paused = true)]
async fn trap_11_reply_belongs_to_its_request() {
    let app = TestApp::start(App::new().component(Desk::default())).await;
    let mut client = app.raw();
    client.open().await;
    let routes = ["desk.concurrently", "desk.later", "desk.at_once", "desk.one_by_one"];
    for id in 1..=60_u64 {
        let route = routes[usize::try_from(id).expect("a small id") % routes.len()];
        // The later a request is sent, the earlier it is answered.
        let body = format!("[{},{}]", 1000 + id, 6000 - 100 * id);
        client.request(id, route, body).await;
    }
    let (mut seen, mut order) = (HashSet::new(), Vec::new());
    for _ in 1..=60 {
        let reply = client.message().await;
        assert_eq!(reply.json(), 1000 + reply.id, "the reply to {}", reply.id);
        assert!(seen.insert(reply.id), "{} was answered twice", reply.id);
        order.push(reply.id);
    }
    assert!(!order.is_sorted(), "the answers came in another order than the questions");
}

/// Each answer belongs to its question, although a push was sent between them.
#[tokio::test(start_paused = true)]
async fn trap_11_an_answer_after_the_next_question() -> Result<()> {
    let app = TestApp::start(App::new().component(Desk::default())).await;
    let client = app.connect().await;
    let (late, early) = tokio::join!(
        client.request::<_, u32>("desk.later", &(1, 500)),
        client.request::<_, u32>("desk.later", &(2, 10)),
    );
    assert_eq!((late?, early?), (1, 2));
    Ok(())
}

//! Tests of the accept loop.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::task::Poll;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing::{Dispatch, Event, Level, Metadata, Subscriber};

use super::*;
use crate::door::{AdmissionLimits, Listener, Opened, Stream};

/// "Too many open files", on every Unix.
const EMFILE: i32 = 24;

/// Stands for a panic.
const PANIC: io::ErrorKind = io::ErrorKind::Unsupported;

type Accepted = io::Result<(TcpStream, Option<SocketAddr>)>;

/// A listener that yields what the test gave it, and then fails as one without file descriptors does.
struct Script {
    next: Vec<Accepted>,
    attempts: Arc<AtomicUsize>,
}

impl Listener for Script {
    type Stream = TcpStream;

    fn name(&self) -> String {
        "a script".into()
    }

    async fn accept(&mut self) -> Accepted {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        match self.next.pop() {
            Some(Err(error)) if error.kind() == PANIC => panic!("a listener panics"),
            Some(next) => next,
            None => Err(io::Error::from_raw_os_error(EMFILE)),
        }
    }
}

/// A service that counts its connections, and keeps them open for ever.
#[derive(Default)]
struct Hold {
    served: AtomicUsize,
}

impl Service for Hold {
    fn start<S: Stream>(self: Arc<Self>, opened: Opened<S>, tasks: &TaskTracker) {
        self.served.fetch_add(1, Ordering::Relaxed);
        tasks.spawn(async move {
            std::future::pending::<()>().await;
            drop(opened);
        });
    }
}

fn door() -> Door<Hold> {
    let limits = AdmissionLimits {
        sessions: 9,
        sessions_per_address: 9,
        handshakes: 9,
        handshakes_per_address: 9,
    };
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let (log, threads) = (Arc::default(), Arc::default());
    Door::new(Hold::default(), limits, log, Duration::from_secs(10), stop, tasks, threads)
}

/// Two subscribers that never end, and hear nothing.
///
/// While there is one at most, a line of the log that is reached for the first time is turned off for the whole process if the
/// thread that reached it has no subscriber: a test that counts lines would miss those that another test reached first.
static DEAF: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::default())));

/// A subscriber that counts the errors of the accept loop, and its other events.
#[derive(Clone, Default)]
struct Log {
    errors: Arc<AtomicUsize>,
    others: Arc<AtomicUsize>,
}

impl Log {
    /// Counts the events of this thread, until the guard is dropped.
    fn start() -> (Self, DefaultGuard) {
        LazyLock::force(&DEAF);
        let log = Self::default();
        (log.clone(), tracing::subscriber::set_default(log))
    }

    fn counts(&self) -> (usize, usize) {
        (self.errors.load(Ordering::Relaxed), self.others.load(Ordering::Relaxed))
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().ends_with("door::accept") && *metadata.level() <= Level::INFO
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let error = *event.metadata().level() == Level::ERROR;
        let count = if error { &self.errors } else { &self.others };
        count.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Both ends of a connection, the client's first.
async fn connection() -> (TcpStream, (TcpStream, Option<SocketAddr>)) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (near, (far, peer)) =
        tokio::try_join!(TcpStream::connect(address), listener.accept()).unwrap();
    (near, (far, Some(peer)))
}

fn of_one_connection() -> Accepted {
    Err(io::ErrorKind::ConnectionAborted.into())
}

/// In another framework the loop spun and wrote 180,000 lines a second.
#[tokio::test(start_paused = true)]
async fn trap_27_out_of_file_descriptors() {
    let (log, _guard) = Log::start();
    let door = door();
    let attempts = Arc::new(AtomicUsize::new(0));
    let acceptor = Script { next: Vec::new(), attempts: attempts.clone() };
    let task = tokio::spawn(accept(door.clone(), acceptor));
    tokio::time::sleep(Duration::from_secs(60)).await;
    // 10, 20, .. 640 ms, and then one per second.
    let tried = attempts.load(Ordering::Relaxed);
    assert!((60..=70).contains(&tried), "{tried} attempts in a minute");
    assert_eq!(log.counts(), (1, 0), "one line for one failure");

    let stopped = Instant::now();
    door.stop.cancel();
    task.await.unwrap();
    assert!(stopped.elapsed() < Duration::from_millis(10), "the pause is cut short");
}

#[tokio::test(start_paused = true)]
async fn accepting_goes_on_after_a_panic_of_the_listener() {
    let (log, _guard) = Log::start();
    let door = door();
    let (_near, far) = connection().await;
    let next = vec![Ok(far), Err(PANIC.into())];
    let acceptor = Script { next, attempts: Arc::default() };
    tokio::spawn(accept(door.clone(), acceptor));
    while door.service.served.load(Ordering::Relaxed) < 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(log.counts().1, 1, "the failure is over");
}

#[tokio::test(start_paused = true)]
async fn accepting_goes_on_when_it_can() {
    let (log, _guard) = Log::start();
    let door = door();
    let attempts = Arc::new(AtomicUsize::new(0));
    let emfile = || Err(io::Error::from_raw_os_error(EMFILE));
    let ((_one, first), (_other, second)) = tokio::join!(connection(), connection());
    let next = vec![Ok(second), emfile(), emfile(), Ok(first), emfile()];
    let acceptor = Script { next, attempts: attempts.clone() };
    let mut loops = Box::pin(accept(door.clone(), acceptor));
    // The two connections are served; after the second the script fails for ever.
    std::future::poll_fn(|cx| {
        assert!(loops.as_mut().poll(cx).is_pending());
        if attempts.load(Ordering::Relaxed) > 5 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    assert_eq!(log.counts(), (1, 1), "three failures and two recoveries in one second");
    while door.service.served.load(Ordering::Relaxed) < 2 {
        tokio::task::yield_now().await;
    }
}

/// Without a budget such a listener would block its thread, and could not even be stopped.
#[tokio::test]
async fn a_listener_that_never_waits_leaves_others_their_turn() {
    struct Restless(Arc<AtomicUsize>);

    impl Listener for Restless {
        type Stream = TcpStream;

        fn name(&self) -> String {
            "restless".into()
        }

        async fn accept(&mut self) -> Accepted {
            // Many, so that the test ends in any case.
            if self.0.fetch_add(1, Ordering::Relaxed) > 1_000_000 {
                std::future::pending::<()>().await;
            }
            of_one_connection()
        }
    }

    let door = door();
    let attempts = Arc::new(AtomicUsize::new(0));
    let task = tokio::spawn(accept(door.clone(), Restless(attempts.clone())));
    tokio::task::yield_now().await;
    door.stop.cancel();
    task.await.unwrap();
    let tried = attempts.load(Ordering::Relaxed);
    assert!((1..10_000).contains(&tried), "{tried} attempts in two turns");
}

#[test]
fn the_log_names_the_protocols_of_an_entrance() {
    let tcp = || crate::Tcp::bind("127.0.0.1:0");
    assert_eq!(Entrance::describe(&tcp()), "tcp");
    let websocket = crate::WebSocket::over(tcp()).path("/game");
    assert_eq!(Entrance::describe(&websocket), "websocket at /game");
    let proxied = crate::ProxyProtocol::over(tcp());
    assert_eq!(Entrance::describe(&proxied), "tcp behind the PROXY protocol");
    let script = Script { next: Vec::new(), attempts: Arc::default() };
    assert_eq!(Entrance::describe(&script), Listener::name(&script), "by default");
}

/// Connections that end before they are accepted are no failure of the listener.
#[tokio::test(start_paused = true)]
async fn a_connection_that_is_gone_already_costs_no_pause() {
    let (log, _guard) = Log::start();
    let door = door();
    let attempts = Arc::new(AtomicUsize::new(0));
    let next = std::iter::repeat_with(of_one_connection).take(100).collect();
    let acceptor = Script { next, attempts: attempts.clone() };
    let started = Instant::now();
    tokio::spawn(accept(door.clone(), acceptor));
    while attempts.load(Ordering::Relaxed) < 100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert!(log.counts().0 <= 1, "only the end of the script is told");
}

//! Any client whose connections are cut anywhere: everything comes once and in order, or the client is told that its
//! session is gone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::client::{Client, CloseReason};
use nano::testing::TestApp;
use nano::{App, ErrorKind, Group, Result, Resume, Session, component};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseResult, TestRunner};
use tokio::time::{sleep, timeout};

use super::cut::{Cut, CutCounts, Cuttable, Graveyard};

/// The cases, unless the environment has another number in `PROPTEST_CASES`.
const CASES: u32 = 200;

type Numbers = Arc<Mutex<Vec<u64>>>;

/// What the hooks of a session saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Opened,
    Lost,
    Resumed,
    Closed,
}

/// The events of each session, in order.
type Lives = Arc<Mutex<BTreeMap<String, Vec<Event>>>>;

/// Checks the life of a session that has ended: it opened once, each return followed a loss and each loss but the last
/// had its return, and it closed once.
fn check_life(life: &[Event]) -> TestCaseResult {
    let [Event::Opened, between @ .., Event::Closed] = life else {
        return Err(TestCaseError::fail(format!("{life:?}")));
    };
    let mut expected = [Event::Lost, Event::Resumed].into_iter().cycle();
    prop_assert!(between.iter().all(|event| Some(*event) == expected.next()), "{:?}", life);
    Ok(())
}

/// Notes what it is told, and asked.
struct Desk {
    heard: Numbers,
    everybody: Group,
    lives: Lives,
}

impl Desk {
    fn note(&self, session: &Session, event: Event) {
        let mut lives = self.lives.lock().expect("no panic");
        lives.entry(session.id().to_string()).or_default().push(event);
    }
}

#[component]
impl Desk {
    #[on(session_opened)]
    fn opened(&self, session: &Session) -> Result<()> {
        self.note(session, Event::Opened);
        self.everybody.add(session)
    }

    #[on(session_lost)]
    fn lost(&self, session: &Session) {
        self.note(session, Event::Lost);
    }

    #[on(session_resumed)]
    async fn resumed(&self, session: &Session) {
        tokio::task::yield_now().await;
        self.note(session, Event::Resumed);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.note(session, Event::Closed);
    }

    #[handler]
    fn tell(&self, n: u64) {
        self.heard.lock().expect("no panic").push(n);
    }

    #[handler]
    async fn ask(&self, n: u64) -> u64 {
        self.heard.lock().expect("no panic").push(n);
        if n.is_multiple_of(3) {
            sleep(Duration::from_millis(n % 7 * 40)).await;
        }
        n
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Tell,
    Ask,
    /// So many pushes, of so many bytes each.
    Push(u8, usize),
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Tell),
        3 => Just(Step::Ask),
        3 => (1..5_u8, prop_oneof![4 => 0..20_usize, 1 => 0..800_usize])
            .prop_map(|(count, len)| Step::Push(count, len)),
        3 => (0..900_u64).prop_map(Step::Wait),
    ]
}

fn cut() -> impl Strategy<Value = Cut> {
    // Often within a handshake or right behind it.
    let place = || prop_oneof![2 => 0..400_usize, 2 => 150..300_usize, 1 => 0..3000_usize];
    let never = Just(usize::MAX);
    let both = (place(), place());
    let read = (place(), never);
    let written = (never, place());
    (prop_oneof![both, read, written], any::<bool>())
        .prop_map(|((read, written), is_unnoticed)| Cut { read, written, is_unnoticed })
}

fn limits() -> impl Strategy<Value = Resume> {
    let kept = (1..20_usize, 50..2000_usize)
        .prop_map(|(messages, bytes)| Resume::new().messages(messages).bytes(bytes));
    prop_oneof![Just(Resume::new()), kept]
}

/// The outcomes of all cases.
#[derive(Debug, Default)]
struct Outcomes {
    resumed: u32,
    begun_anew: u32,
    cuts: CutCounts,
}

#[test]
fn everything_comes_once_and_in_order_or_the_client_begins_anew() {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    let cases = config.cases;
    config.failure_persistence = None;
    let cuts = prop::collection::vec(cut(), 1..8);
    let steps = prop::collection::vec(step(), 1..40);
    let outcomes = Arc::new(Mutex::new(Outcomes::default()));
    let mut runner = TestRunner::new(config);
    let ran = runner.run(&(limits(), cuts, steps), |(limits, cuts, steps)| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(run(limits, cuts, steps, &outcomes))
    });
    if let Err(error) = ran {
        panic!("{error}");
    }
    // The test would show nothing if clients never came back or always did, or if a kind of cut did not occur.
    let outcomes = outcomes.lock().expect("no panic");
    let Outcomes { resumed, begun_anew, cuts } = *outcomes;
    assert!(resumed > cases / 4 && begun_anew > cases / 50, "{outcomes:?}");
    assert!(cuts.read.min(cuts.written).min(cuts.unnoticed) > cases / 10, "{outcomes:?}");
}

async fn run(
    limits: Resume,
    cuts: Vec<Cut>,
    steps: Vec<Step>,
    outcomes: &Mutex<Outcomes>,
) -> TestCaseResult {
    let (heard, everybody, lives) = (Numbers::default(), Group::new(), Lives::default());
    let desk = Desk { heard: heard.clone(), everybody: everybody.clone(), lives: lives.clone() };
    let app = TestApp::start(App::new().resume(limits).component(desk)).await;

    let (pushed, graveyard) = (Numbers::default(), Graveyard::default());
    let cut_off = graveyard.clone();
    let (mut cuts, pipes) = (cuts.into_iter(), app.clone());
    // The opening of the first connection is not cut.
    let is_armed = Arc::new(AtomicBool::new(false));
    let armed = is_armed.clone();
    let connect = move || {
        let io = Cuttable::new(pipes.pipe(), cuts.next(), &armed, &cut_off);
        async move { Ok(io) }
    };
    let seen = pushed.clone();
    let client = Client::builder()
        .request_timeout(Duration::from_secs(600))
        .on::<(u64, String)>("onPush", move |(n, _)| seen.lock().expect("no panic").push(n))
        .connect_by(connect)
        .await
        .expect("the opening is not cut");

    let (mut told, mut pushes, mut asked) = (1, 0, Vec::new());
    client.request::<_, u64>("desk.ask", &told).await.expect("the opening is not cut");
    is_armed.store(true, Ordering::Relaxed);
    for step in steps {
        match step {
            Step::Tell => {
                told += 1;
                // It fails when the session is gone.
                let _ = client.notify("desk.tell", &told).await;
            }
            Step::Ask => {
                told += 1;
                let (client, n) = (client.clone(), told);
                asked.push(tokio::spawn(async move {
                    (n, client.request::<_, u64>("desk.ask", &n).await)
                }));
                tokio::task::yield_now().await;
            }
            Step::Push(count, len) => {
                for _ in 0..count {
                    pushes += 1;
                    let _ = everybody.broadcast("onPush", &(pushes, "x".repeat(len)));
                }
            }
            Step::Wait(millis) => sleep(Duration::from_millis(millis)).await,
        }
    }
    told += 1;
    let last = client.request::<_, u64>("desk.ask", &told).await;
    let is_alive = last.is_ok();
    for asked in asked {
        match asked.await.expect("no panic") {
            (n, Ok(answer)) => prop_assert_eq!(n, answer),
            (n, Err(error)) => {
                prop_assert!(!is_alive, "request {} fails: {}", n, error);
                prop_assert_eq!(error.kind(), ErrorKind::Closed);
            }
        }
    }
    if is_alive {
        // A push may still be behind the last reply: none after this one.
        pushes += 1;
        let _ = everybody.broadcast("onPush", &(pushes, ""));
        let all = async {
            while pushed.lock().expect("no panic").last() != Some(&pushes) {
                sleep(Duration::from_millis(50)).await
            }
        };
        prop_assert!(timeout(Duration::from_secs(120), all).await.is_ok(), "a push does not come");
        // The last push may be what cut the connection. Cuts run out: the client is back for good, in the only session.
        let life = || lives.lock().expect("no panic").values().next().cloned().unwrap_or_default();
        let present = async {
            while life().last() == Some(&Event::Lost) {
                sleep(Duration::from_millis(50)).await
            }
        };
        prop_assert!(
            timeout(Duration::from_secs(120), present).await.is_ok(),
            "a loss without a return"
        );
        prop_assert_eq!(lives.lock().expect("no panic").len(), 1);
        outcomes.lock().expect("no panic").resumed += u32::from(life().contains(&Event::Resumed));
    } else {
        prop_assert_eq!(
            timeout(Duration::from_secs(600), client.closed()).await,
            Ok(CloseReason::Lost)
        );
        outcomes.lock().expect("no panic").begun_anew += 1;
    }
    // Without a gap, without a double, from the first on: all of it for a client that is there.
    let check = |what: &str, numbers: &Numbers, all: u64| -> TestCaseResult {
        let numbers = numbers.lock().expect("no panic");
        let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
        prop_assert_eq!(&*numbers, &expected, "{}", what);
        prop_assert!(
            !is_alive || numbers.len() as u64 == all,
            "{} of {} {}",
            numbers.len(),
            all,
            what
        );
        Ok(())
    };
    check("pushes", &pushed, pushes)?;
    check("messages", &heard, told)?;
    client.close().await;
    // No session is left, and each had its end.
    let over = async {
        while app.server().sessions() > 0 {
            sleep(Duration::from_secs(1)).await
        }
    };
    prop_assert!(timeout(Duration::from_secs(300), over).await.is_ok(), "a session is left");
    lives.lock().expect("no panic").values().try_for_each(|life| check_life(life))?;
    let (cuts, now) = (&mut outcomes.lock().expect("no panic").cuts, graveyard.counts());
    cuts.read += now.read;
    cuts.written += now.written;
    cuts.unnoticed += now.unnoticed;
    Ok(())
}

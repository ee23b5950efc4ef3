//! Sessions that end while everything comes for them at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Cluster, Result, Session, component};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

/// For each session, how often it was opened and closed on a node.
#[derive(Clone, Default)]
struct Hooks(Arc<Mutex<BTreeMap<u64, [u32; 2]>>>);

impl Hooks {
    fn count(&self, session: &Session, hook: usize) {
        self.0.lock().expect("no panic").entry(session.id().get()).or_default()[hook] += 1;
    }

    /// Those that have not ended.
    fn open(&self) -> Vec<u64> {
        let counted = self.0.lock().expect("no panic");
        counted.iter().filter(|(_, times)| times[1] == 0).map(|(session, _)| *session).collect()
    }

    /// Checks that each has begun and ended once, and returns their number.
    fn check(&self) -> usize {
        let counted = self.0.lock().expect("no panic");
        let fault = counted.iter().find(|(_, times)| **times != [1, 1]);
        assert_eq!(fault, None, "hooks run once for each session");
        counted.len()
    }
}

/// Counts at the gate and at the backend.
struct Watch(Hooks);

#[component]
impl Watch {
    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.0.count(session, 0);
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.0.count(session, 1);
    }
}

struct Race;

#[component]
impl Race {
    #[handler]
    async fn run(&self, session: &Session, turn: usize) -> Result<usize> {
        let racer = session.clone();
        tokio::spawn(async move {
            for number in 0..3 {
                // It may be too late.
                let _ = racer.push("onRace", &number);
                yield_now().await;
            }
            match turn % 3 {
                0 => racer.kick("out"),
                1 => racer.close(),
                _ => {}
            }
        });
        for _ in 0..turn % 4 {
            yield_now().await;
        }
        session.data().set("turn", &turn)?;
        Ok(turn)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fault_20_closes_race_with_all_that_comes_for_a_session() {
    const CLIENTS: usize = 400;
    let (at_gate, at_backend) = (Hooks::default(), Hooks::default());
    let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    let backend = App::new().component(Watch(at_backend.clone())).component(Race);
    let backend = TestApp::start(backend.cluster(node)).await;
    let address = backend.server().cluster_address().expect("a node").to_string();
    let node = Cluster::bind("127.0.0.1:0").number(2).member(1, address);
    let gate = TestApp::start(App::new().component(Watch(at_gate.clone())).cluster(node)).await;

    let mut racing = JoinSet::new();
    for turn in 0..CLIENTS {
        let gate = gate.clone();
        racing.spawn(async move {
            let client = gate.connect().await;
            let asked = client.request::<_, usize>("race.run", &turn);
            let closes = async {
                for _ in 0..turn % 11 {
                    yield_now().await;
                }
                match turn % 2 {
                    0 => client.close().await,
                    _ => client.notify("race.run", &turn).await.unwrap_or_default(),
                }
            };
            let (answer, ()) = tokio::join!(asked, closes);
            // Its end may be first.
            if let Ok(answer) = answer {
                assert_eq!(answer, turn);
            }
        });
        if turn % 50 == 49 {
            std::mem::take(&mut racing).join_all().await;
        }
    }
    racing.join_all().await;
    let ended = timeout(Duration::from_secs(20), async {
        while gate.server().sessions() + backend.server().sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    if ended.await.is_err() {
        let left = [&gate, &backend].map(|app| app.server().sessions());
        panic!("{left:?} sessions at gate and backend do not end: {:?}", at_backend.open());
    }
    assert_eq!(at_gate.check(), CLIENTS);
    assert!(at_backend.check() > CLIENTS / 4, "some of them came to the backend");
    for app in [gate, backend] {
        app.shutdown().await;
    }
}

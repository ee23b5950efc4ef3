//! Traps of timers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, Timer, component};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

#[derive(Clone, Default)]
struct Clock {
    ticks: Arc<AtomicUsize>,
}

impl Clock {
    fn ticks(&self) -> usize {
        self.ticks.load(Ordering::Relaxed)
    }
}

#[component]
impl Clock {
    #[every("100ms")]
    fn tick(&mut self) {
        self.ticks.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Clone, Default)]
struct Slow {
    runs: Arc<AtomicUsize>,
}

#[component]
impl Slow {
    #[every("100ms")]
    async fn work(&mut self) {
        self.runs.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(950)).await;
    }
}

struct Broken(Arc<AtomicUsize>);

#[component]
impl Broken {
    #[every("100ms")]
    fn fail(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("this timer panics")
    }
}

/// In another framework all timers ran at a global tick of a second, one after another.
#[tokio::test(start_paused = true)]
async fn trap_18_timers_keep_their_period_and_are_independent() {
    let (clock, slow, broken) = (Clock::default(), Slow::default(), Arc::default());
    let app = App::new()
        .component(clock.clone())
        .component(slow.clone())
        .component(Broken(Arc::clone(&broken)));
    let app = TestApp::start(app).await;
    let mut ticks = Vec::new();
    for _ in 0..10 {
        ticks.push(clock.ticks());
        sleep(Duration::from_millis(100)).await;
    }
    sleep(Duration::from_millis(50)).await;
    assert_eq!(clock.ticks(), 10, "ten times in a second: {ticks:?}");
    assert!((1..=2).contains(&slow.runs.load(Ordering::Relaxed)), "a body overlaps itself");
    assert_eq!(broken.load(Ordering::Relaxed), 10, "a timer goes on after a panic");

    app.shutdown().await;
    let before = (clock.ticks(), slow.runs.load(Ordering::Relaxed));
    sleep(Duration::from_secs(5)).await;
    assert_eq!((clock.ticks(), slow.runs.load(Ordering::Relaxed)), before, "they have ended");
}

struct Starter {
    timer: Option<oneshot::Sender<Timer>>,
    ticks: Arc<AtomicUsize>,
}

#[component]
impl Starter {
    #[on(init)]
    fn init(&mut self, ctx: &Context<Self>) {
        let timer = ctx.every(Duration::from_millis(10), |starter| {
            starter.ticks.fetch_add(1, Ordering::Relaxed);
        });
        if let Some(sender) = self.timer.take() {
            assert!(sender.send(timer).is_ok(), "the test waits for it");
        }
    }
}

/// In another framework stopping a timer from another thread raced with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn trap_18_a_timer_is_stopped_from_any_thread() {
    let ticks = Arc::new(AtomicUsize::new(0));
    let (sender, receiver) = oneshot::channel();
    let starter = Starter { timer: Some(sender), ticks: ticks.clone() };
    let app = TestApp::start(App::new().component(starter)).await;
    let timer = receiver.await.expect("the component was initialised");
    let deadline = Instant::now() + Duration::from_secs(20);
    while ticks.load(Ordering::Relaxed) < 3 {
        assert!(Instant::now() < deadline, "the timer does not run");
        tokio::task::yield_now().await;
    }
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let timer = timer.clone();
            tokio::spawn(async move { timer.cancel() })
        })
        .collect();
    for task in tasks {
        task.await.expect("stopping does not panic");
    }
    // A body that had begun ends before the component is free for this call.
    let handle = app.server().component::<Starter>().expect("the app has it");
    let before = handle
        .call(|starter| starter.ticks.load(Ordering::Relaxed))
        .await
        .expect("the app is there");
    sleep(Duration::from_millis(50)).await;
    assert!(ticks.load(Ordering::Relaxed) <= before + 1, "the timer goes on");
}

/// Tasks without a context start timers, too. Dropping the guard ends its timer.
#[tokio::test(start_paused = true)]
async fn trap_18_a_timer_ends_with_what_holds_its_guard() {
    let (sender, _receiver) = oneshot::channel();
    let starter = Starter { timer: Some(sender), ticks: Arc::default() };
    let app = TestApp::start(App::new().component(starter)).await;
    let handle = app.server().component::<Starter>().expect("the app has it");
    let ran = Arc::new(AtomicUsize::new(0));
    let count = || {
        let ran = ran.clone();
        move |_: &mut Starter| {
            ran.fetch_add(1, Ordering::Relaxed);
        }
    };
    let guard = handle.every(Duration::from_secs(1), count()).cancel_on_drop();
    handle.after(Duration::from_millis(2500), count());
    sleep(Duration::from_millis(3500)).await;
    assert_eq!((ran.load(Ordering::Relaxed), guard.skipped()), (4, 0));
    drop(guard);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(ran.load(Ordering::Relaxed), 4);
    app.shutdown().await;
    assert!(handle.after(Duration::ZERO, count()).is_cancelled(), "its component has ended");
}

//! Promise 7: timers belong to their component, keep to a grid, and never overlap.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, Handle, Timer, component};
use tokio::time::{Instant, sleep};

use super::support::{Logged, in_time};

mod schedules;

/// The times of events, in milliseconds since the start of the test.
#[derive(Clone)]
struct Times(Arc<Mutex<Vec<u128>>>, Instant);

impl Default for Times {
    fn default() -> Self {
        Self(Arc::default(), Instant::now())
    }
}

impl Times {
    fn note(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(self.1.elapsed().as_millis());
    }

    fn seen(&self) -> Vec<u128> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[derive(Clone, Default)]
struct Clock {
    defined: Times,
    slow: Times,
}

#[component]
impl Clock {
    #[every("100ms")]
    fn defined(&self) {
        self.defined.note();
    }

    #[every("100ms")]
    async fn slow(&self) {
        self.slow.note();
        sleep(Duration::from_millis(250)).await;
    }
}

/// A component that starts timers through its context.
struct Bench {
    timers: Vec<Timer>,
    times: Times,
}

#[component]
impl Bench {
    #[handler]
    fn after(&mut self, millis: u64, ctx: &Context<Self>) {
        let timer = ctx.after(Duration::from_millis(millis), |bench| bench.times.note());
        self.timers.push(timer);
    }

    #[handler]
    fn every(&mut self, millis: u64, ctx: &Context<Self>) {
        let timer = ctx.every(Duration::from_millis(millis), |bench| bench.times.note());
        self.timers.push(timer);
    }

    #[handler]
    async fn occupy(&mut self, millis: u64) {
        sleep(Duration::from_millis(millis)).await;
    }
}

async fn bench() -> (TestApp, nano::testing::RawClient, Handle<Bench>, Times) {
    let times = Times::default();
    let bench = Bench { timers: Vec::new(), times: times.clone() };
    let app = TestApp::start(App::new().component(bench)).await;
    let handle = app.server().component::<Bench>().expect("a component");
    let mut client = app.raw();
    client.open().await;
    (app, client, handle, times)
}

async fn ask(client: &mut nano::testing::RawClient, route: &str, millis: u64) {
    client.request(1, route, millis.to_string()).await;
    client.message().await;
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_defined_timer_runs_on_its_grid_and_ends_with_the_app() {
    let clock = Clock::default();
    let app = TestApp::start(App::new().component(clock.clone())).await;
    sleep(Duration::from_millis(1_050)).await;
    assert_eq!(clock.defined.seen(), (1..=10).map(|tick| tick * 100).collect::<Vec<_>>());
    in_time("the end", app.shutdown()).await;
    let ended = clock.defined.seen().len();
    sleep(Duration::from_secs(10)).await;
    assert_eq!(clock.defined.seen().len(), ended, "no tick after the end");
}

#[tokio::test(start_paused = true)]
async fn promise_7_a_body_never_overlaps_itself_and_late_ticks_are_left_out() {
    let clock = Clock::default();
    let _app = TestApp::start(App::new().component(clock.clone())).await;
    sleep(Duration::from_millis(1_050)).await;
    // A run takes 250 ms: the ticks within it are gone, and the next is on the grid again.
    assert_eq!(clock.slow.seen(), [100, 400, 700, 1_000]);
}

#[tokio::test(start_paused = true)]
async fn promise_7_shutdown_waits_for_a_body_that_runs() {
    let clock = Clock::default();
    let app = TestApp::start(App::new().component(clock.clone())).await;
    sleep(Duration::from_millis(150)).await;
    let begun = Instant::now();
    in_time("the end", app.shutdown()).await;
    assert_eq!(
        begun.elapsed().as_millis(),
        200,
        "the body that began at 100 ms takes until 350 ms"
    );
    assert_eq!(clock.slow.seen(), [100]);
}

#[tokio::test(start_paused = true)]
async fn promise_7_after_runs_once_and_every_until_cancelled() {
    let (_app, mut client, handle, times) = bench().await;
    ask(&mut client, "bench.after", 1_234).await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(times.seen(), [1_234]);
    ask(&mut client, "bench.every", 1_000).await;
    sleep(Duration::from_millis(3_500)).await;
    assert_eq!(times.seen()[1..], [6_000, 7_000, 8_000]);
    handle.call(|bench| bench.timers.iter().for_each(Timer::cancel)).await.expect("a call");
    handle.call(|bench| bench.timers.iter().for_each(Timer::cancel)).await.expect("a call");
    sleep(Duration::from_secs(5)).await;
    assert_eq!(times.seen().len(), 4, "a cancelled timer does not run");
    ask(&mut client, "bench.after", 1_000).await;
    handle.call(|bench| bench.timers.iter().for_each(Timer::cancel)).await.expect("a call");
    sleep(Duration::from_secs(5)).await;
    assert_eq!(times.seen().len(), 4, "nor one that is cancelled before its time");
}

#[tokio::test(start_paused = true)]
async fn promise_7_ticks_that_wait_for_the_component_are_skipped_and_counted() {
    let (_app, mut client, handle, times) = bench().await;
    ask(&mut client, "bench.every", 100).await;
    ask(&mut client, "bench.occupy", 1_050).await;
    sleep(Duration::from_millis(200)).await;
    // The tick at 100 ms waited until 1050 ms; those from 200 to 1000 ms are gone, not piled up.
    assert_eq!(times.seen(), [1_050, 1_100, 1_200]);
    let skipped = handle.call(|bench| bench.timers[0].skipped()).await.expect("a call");
    assert_eq!(skipped, 9);
}

#[tokio::test(start_paused = true)]
async fn promise_7_timers_of_handlers_end_with_the_app() {
    let (app, mut client, _handle, times) = bench().await;
    ask(&mut client, "bench.every", 100).await;
    ask(&mut client, "bench.after", 60_000).await;
    drop(client);
    let begun = Instant::now();
    in_time("the end", app.shutdown()).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "nothing waits for a timer's time");
    let ended = times.seen().len();
    sleep(Duration::from_secs(120)).await;
    assert_eq!(times.seen().len(), ended);
}

#[tokio::test(start_paused = true)]
async fn promise_7_timers_end_when_the_last_server_is_dropped() {
    let clock = Clock::default();
    let app = TestApp::start(App::new().component(clock.clone())).await;
    sleep(Duration::from_millis(250)).await;
    drop(app);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(clock.defined.seen(), [100, 200]);
}

/// A timer, and handlers that keep it from its component.
struct Mill;

#[component]
impl Mill {
    #[every("100ms")]
    fn turn(&mut self) {}

    #[handler]
    async fn write(&mut self, millis: u64) {
        sleep(Duration::from_millis(millis)).await;
    }

    #[handler]
    async fn read(&self, millis: u64) {
        sleep(Duration::from_millis(millis)).await;
    }

    #[handler]
    fn glance(&self) {}
}

#[tokio::test(start_paused = true)]
async fn lost_ticks_are_told_with_the_name_of_the_holder() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let app = TestApp::start(App::new().component(Mill)).await;
    let (mut one, mut other) = (app.raw(), app.raw());
    one.open().await;
    other.open().await;
    ask(&mut one, "mill.write", 1_050).await;
    // At 2000 ms: those who come and go while somebody stays are not to blame.
    sleep(Duration::from_millis(960)).await;
    one.request(2, "mill.read", "1070").await;
    other.request(2, "mill.read", "0").await;
    other.message().await;
    other.request(3, "mill.glance", "").await;
    other.message().await;
    one.message().await;
    sleep(Duration::from_millis(50)).await;
    let line = |holder, lost, all| {
        format!(
            "message=a timer lost ticks timer=\"mill.turn\" period=100ms holder=\"{holder}\" \
             lost={lost} lost_in_all={all}"
        )
    };
    let warnings = logged.of("WARN");
    let of_timer: Vec<_> = warnings.iter().filter(|line| line.contains("lost ticks")).collect();
    assert_eq!(of_timer, [&line("mill.write", 9, 9), &line("mill.read", 9, 18)]);
}

#[tokio::test(start_paused = true)]
async fn ticks_that_are_lost_all_the_time_cost_a_line_a_second() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let _app = TestApp::start(App::new().component(Clock::default())).await;
    sleep(Duration::from_secs(60)).await;
    // Two of three ticks are lost to the body of the timer itself.
    let warnings = logged.of("WARN");
    assert!((45..=60).contains(&warnings.len()), "{} lines", warnings.len());
    let last = warnings.last().expect("a line");
    assert!(last.contains("timer=\"clock.slow\" period=100ms lost=2 lost_in_all=39"), "{last}");
    assert!(last.ends_with("left_out=3"), "{last}");
}

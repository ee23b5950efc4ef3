//! Timers by cron expressions, and timers that run a number of times.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use nano::ErrorKind;
use nano::testing::TestApp;

#[derive(Clone, Default)]
struct Quarter(Times);

#[component]
impl Quarter {
    #[cron("*/15 * * * *")]
    #[cron("CRON_TZ=Asia/Kolkata 5 * * * *")]
    fn strike(&mut self) {
        self.0.note();
        panic!("a panic ends a run, and not the timer")
    }
}

#[derive(Clone, Default)]
struct Slow(Times);

#[component]
impl Slow {
    #[cron("*/10 * * * * *")]
    async fn work(&mut self) {
        self.0.note();
        sleep(Duration::from_secs(25)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn promise_7_cron_expressions_run_by_the_clock_and_late_ticks_are_left_out() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let (quarter, slow) = (Quarter::default(), Slow::default());
    let app = TestApp::start(App::new().component(quarter.clone()).component(slow.clone())).await;
    sleep(Duration::from_secs(2 * 60 * 60)).await;
    let quarters = quarter.0.seen();
    // One of the quarters of each hour is divided.
    let gaps: Vec<_> = quarters.windows(2).map(|pair| (pair[1] - pair[0] + 500) / 1000).collect();
    assert!((10..=11).contains(&gaps.len().saturating_add(1)), "{gaps:?}");
    let divided = gaps.iter().filter(|gap| matches!(gap, 300 | 600)).count();
    let whole = gaps.iter().filter(|gap| **gap == 900).count();
    assert!((3..=4).contains(&divided) && divided + whole == gaps.len(), "{gaps:?}");

    // A run takes 25 s: the ticks after 10 and 20 s are gone.
    let slow = slow.0.seen();
    assert!(slow.windows(2).all(|pair| (29_500..=30_500).contains(&(pair[1] - pair[0]))));
    let warnings = logged.of("WARN");
    let line = "message=a timer lost ticks timer=\"slow.work\" holder=\"slow.work\" \
                lost=2 lost_in_all=2";
    assert_eq!(warnings.first().map(String::as_str), Some(line));

    in_time("the end", app.shutdown()).await;
    let ended = quarter.0.seen().len();
    sleep(Duration::from_secs(60 * 60)).await;
    assert_eq!(quarter.0.seen().len(), ended);
}

struct Never;

#[component]
impl Never {
    #[cron("0 25 * * *")]
    fn at_25(&self) {}

    #[cron("CRON_TZ=Mars/Olympus 0 4 * * *")]
    fn far_away(&self) {}
}

struct Vault;

#[component(room)]
impl Vault {
    #[cron("0 4 * *")]
    fn count(&self) {}
}

#[tokio::test]
async fn expressions_that_cannot_be_read_are_problems_of_the_app() {
    let app = App::new().component(Never).rooms(nano::RoomType::<Vault>::new());
    let error = app.start().await.expect_err("three problems");
    assert_eq!(error.kind(), ErrorKind::Config);
    let lines: Vec<_> = error.message().lines().collect();
    assert_eq!(lines.len(), 4, "{error}");
    assert!(lines[1].starts_with("  - the timer `never.at_25`: `0 25 * * *` is no"), "{error}");
    assert!(lines[2].ends_with("there is no time zone `Mars/Olympus`"), "{error}");
    assert!(lines[3].starts_with("  - the timer `vault.count`: `0 4 * *` is no"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_timer_runs_a_number_of_times() {
    let (_app, _client, handle, times) = bench().await;
    let runs = Arc::new(AtomicU64::new(0));
    let count = || {
        let runs = runs.clone();
        move |_: &mut Bench| {
            runs.fetch_add(1, Ordering::Relaxed);
            panic!("it counts all the same")
        }
    };
    let timer = handle.every(Duration::from_secs(1), count()).times(3);
    sleep(Duration::from_millis(2_500)).await;
    assert!(!timer.is_cancelled());
    sleep(Duration::from_secs(60)).await;
    assert_eq!((runs.swap(0, Ordering::Relaxed), timer.is_cancelled()), (3, true));

    let timer = handle.cron("* * * * * *", count()).expect("an expression").times(2);
    sleep(Duration::from_secs(60)).await;
    assert_eq!((runs.swap(0, Ordering::Relaxed), timer.is_cancelled()), (2, true));
    assert!(handle.every(Duration::from_secs(1), count()).times(0).is_cancelled());
    assert_eq!(handle.cron("never", count()).expect_err("no").kind(), ErrorKind::Config);

    // What has run often enough when it is told ends then.
    let timer = handle.every(Duration::from_secs(1), |bench| bench.times.note());
    sleep(Duration::from_millis(5_500)).await;
    assert!(timer.clone().times(2).is_cancelled());
    sleep(Duration::from_secs(60)).await;
    assert_eq!(times.seen().len(), 5);
}

//! Components that wait for each other: the deadline ends the deadlock, and the log names both.

use std::sync::Arc;
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, Result, component};
use tokio::sync::Barrier;

use super::support::{Logged, code_of};

struct Ping(Arc<Barrier>);

#[component]
impl Ping {
    #[handler]
    async fn play(&mut self, ctx: &Context<Self>) -> Result<u32> {
        self.0.wait().await;
        ctx.component::<Pong>()?.call(|pong| pong.points).await
    }
}

struct Pong {
    barrier: Arc<Barrier>,
    points: u32,
}

#[component]
impl Pong {
    #[handler]
    async fn play(&mut self, ctx: &Context<Self>) -> Result<()> {
        self.barrier.wait().await;
        ctx.component::<Ping>()?.call(|_| ()).await
    }

    #[handler]
    fn points(&self) -> u32 {
        self.points
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_cycle_of_components_ends_by_the_deadline_and_is_named_in_the_log() {
    let logged = Logged::default();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let barrier = Arc::new(Barrier::new(2));
    let app = App::new()
        .handler_timeout(Duration::from_secs(5))
        .component(Ping(barrier.clone()))
        .component(Pong { barrier, points: 3 });
    let app = TestApp::start(app).await;
    let (mut one, mut two) = (app.raw(), app.raw());
    one.open().await;
    two.open().await;
    one.request(1, "ping.play", "").await;
    two.request(1, "pong.play", "").await;
    let (one_reply, two_reply) = (one.message().await, two.message().await);
    let codes = [one_reply.json(), two_reply.json()];
    // Whichever is dropped first lets the other one go on.
    assert!(codes.iter().any(|body| body.get("error").is_some()), "{codes:?}");
    for body in codes.iter().filter(|body| body.get("error").is_some()) {
        assert_eq!(code_of(body), "timeout");
    }
    one.request(2, "pong.points", "").await;
    assert_eq!(one.message().await.json(), 3, "both components are free again");
    // The other side waits since the same moment, and is told at the level debug.
    let line = |waiting, holder| {
        format!(
            "message=a component has been busy for over a second \
             waiting=\"{waiting}\" holder=\"{holder}\""
        )
    };
    let sides = [line("ping.play", "pong.play"), line("pong.play", "ping.play")];
    let [warning, left_out] = &logged.of("WARN")[..] else { panic!("{:?}", logged.of("WARN")) };
    assert!(sides.contains(warning), "{warning}");
    assert!(left_out.ends_with("left_out=1"), "{left_out}");
    assert!(sides.iter().all(|side| side == warning || logged.of("DEBUG").contains(side)));
}

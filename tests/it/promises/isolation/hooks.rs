//! Promise 3: hooks and timers that panic or hang.

use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Context, Result, Session, component};

use super::Undroppable;
use crate::promises::support::{Log, in_time};

struct Hooked(Log);

impl Hooked {
    fn panic(&self, hook: &str) -> ! {
        self.0.add(hook);
        panic!("the hook {hook} panics");
    }
}

#[component]
impl Hooked {
    #[handler]
    async fn bind(&mut self, session: &Session) -> Result<()> {
        session.bind(1).await
    }

    #[on(session_opened)]
    fn opened(&mut self) {
        self.panic("opened");
    }

    #[on(session_bound)]
    async fn bound(&mut self) {
        tokio::task::yield_now().await;
        self.panic("bound");
    }

    #[on(session_closed)]
    async fn closed(&self) {
        self.panic("closed");
    }

    #[on(before_shutdown)]
    fn before_shutdown(&mut self) {
        self.panic("before_shutdown");
    }

    #[on(shutdown)]
    async fn shutdown(&mut self) {
        tokio::task::yield_now().await;
        self.panic("shutdown");
    }
}

struct Witness(Log);

#[component]
impl Witness {
    #[on(session_opened)]
    fn opened(&self) {
        self.0.add("opened seen");
    }

    #[on(session_bound)]
    fn bound(&self) {
        self.0.add("bound seen");
    }

    #[on(session_closed)]
    fn closed(&self) {
        self.0.add("closed seen");
    }

    #[on(before_shutdown)]
    fn before_shutdown(&self) {
        self.0.add("before_shutdown seen");
    }

    #[on(shutdown)]
    fn shutdown(&self) {
        self.0.add("shutdown seen");
    }
}

#[tokio::test]
async fn promise_3_a_panic_in_a_hook_does_not_keep_the_others_from_running() {
    let log = Log::default();
    // On both sides: hooks run in order, and at the end in reverse.
    let app = App::new().component(Hooked(log.clone())).component(Witness(log.clone()));
    let app = TestApp::start(app).await;
    let client = app.connect().await;
    client.request::<_, ()>("hooked.bind", &()).await.expect("the handler itself is fine");
    log.reached("bound seen").await;
    client.close().await;
    log.reached("closed").await;
    in_time("the end", app.shutdown()).await;
    assert_eq!(
        log.entries(),
        [
            "opened",
            "opened seen",
            "bound",
            "bound seen",
            "closed seen",
            "closed",
            "before_shutdown seen",
            "before_shutdown",
            "shutdown seen",
            "shutdown",
        ]
    );
}

struct Hanging(Log);

#[component]
impl Hanging {
    #[on(session_opened)]
    async fn opened(&self) {
        let _value = Undroppable;
        std::future::pending().await
    }

    #[on(session_bound)]
    async fn bound(&self) -> Result<()> {
        std::future::pending().await
    }

    #[on(session_closed)]
    async fn closed(&self) {
        self.0.add("closed hangs");
        std::future::pending().await
    }

    #[handler]
    async fn bind(&self, session: &Session) -> Result<()> {
        session.bind(1).await
    }
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_hook_that_hangs_does_not_keep_the_others_from_running() {
    let log = Log::default();
    // `session_closed` hooks run in reverse: a witness on either side.
    let app = App::new().component(Hanging(log.clone())).component(Witness(log.clone()));
    let app = TestApp::start(app.handler_timeout(Duration::from_secs(2))).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "hanging.bind", "").await;
    assert_eq!(client.message().await.id, 1);
    log.reached("bound seen").await;
    drop(client);
    log.reached("closed hangs").await;
    assert_eq!(log.entries(), ["opened seen", "bound seen", "closed seen", "closed hangs"]);
    drop(app);

    let log = Log::default();
    let app = App::new().component(Witness(log.clone())).component(Hanging(log.clone()));
    let app = TestApp::start(app.handler_timeout(Duration::from_secs(2))).await;
    let mut client = app.raw();
    client.open().await;
    log.reached("opened seen").await;
    drop(client);
    log.reached("closed seen").await;
    assert_eq!(log.entries(), ["opened seen", "closed hangs", "closed seen"]);
}

#[derive(Default)]
struct Clockwork {
    log: Log,
    runs: u32,
}

#[component]
impl Clockwork {
    #[every("1s")]
    fn tick(&mut self) {
        self.runs += 1;
        self.log.add("tick");
        panic!("a timer panics");
    }

    #[every("1s")]
    async fn tock(&self) -> Result<()> {
        self.log.add("tock");
        tokio::task::yield_now().await;
        panic!("a timer panics later");
    }

    #[every("1s")]
    fn fail(&self) -> Result<()> {
        self.log.add("fail");
        Err(nano::Error::internal("a timer fails"))
    }

    #[on(init)]
    fn init(&mut self, ctx: &Context<Self>) {
        ctx.after(Duration::from_millis(500), |clock| {
            clock.log.add("after");
            panic!("a delayed body panics");
        });
        ctx.every(Duration::from_secs(1), |clock| {
            clock.log.add("every");
            panic!("a repeated body panics");
        });
    }
}

#[tokio::test(start_paused = true)]
async fn promise_3_a_panic_in_a_timer_costs_that_run_only() {
    let log = Log::default();
    let clock = Clockwork { log: log.clone(), runs: 0 };
    let app = TestApp::start(App::new().component(clock)).await;
    let handle = app.server().component::<Clockwork>().expect("a component");
    tokio::time::sleep(Duration::from_millis(3_500)).await;
    assert_eq!(handle.call(|clock| clock.runs).await.ok(), Some(3));
    for (entry, times) in [("tick", 3), ("tock", 3), ("fail", 3), ("every", 3), ("after", 1)] {
        assert_eq!(log.count(entry), times, "{entry}");
    }
    in_time("the end", app.shutdown()).await;
}

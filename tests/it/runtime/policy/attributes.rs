//! The policy that is in force, by what handlers, parts and components say.

use std::time::Duration;

use nano::component::{Component, Definition, Policy, Route, Shared};
use nano::testing::TestApp;
use nano::{App, Rate, Result, Session, component};

fn first(_session: &Session) -> Result<()> {
    Ok(())
}

async fn second(_session: &Session, _route: &str) -> Result<()> {
    Ok(())
}

struct Shop;

#[component(
    parts(chat, plain),
    timeout = "3s",
    rate = "10/s",
    max_body = "4KiB",
    guest,
    before = first
)]
impl Shop {
    #[handler]
    fn defaults(&self) {}

    #[handler(
        timeout = "500ms",
        rate = "5/m burst 2",
        max_body = "64B",
        before = self::second
    )]
    fn own(&self) {}

    #[handler(timeout = off, rate = off, max_body = off, guest = off, before = off)]
    fn nothing(&self) {}
}

mod chat {
    #[nano::component(part = "chat", rate = "1/h", before = off)]
    impl super::Shop {
        #[handler(max_body = "1MiB")]
        fn say(&self) {}
    }
}

mod plain {
    #[nano::component(part = "plain")]
    impl super::Shop {
        #[handler]
        fn look(&self) {}
    }
}

struct ByHand;

impl Component for ByHand {
    const NAME: &'static str = "hand";
    type Access = Shared;

    fn define(on: &mut Definition<Self>) {
        let outer = Policy::new().rate(Rate::new(7, Duration::from_millis(1500))).guest(true);
        on.defaults(outer, |on| {
            on.defaults(Policy::new().guest(false).max_body(9), |on| {
                on.shared(Route::request("hand.inner"), |_, _, _| Ok(()));
            });
            let own = Policy::new().timeout(Duration::from_secs(60));
            on.shared(Route::request("hand.outer").policy(own), |_, _, _| Ok(()));
        });
        on.shared(Route::request("hand.plain"), |_, _, _| Ok(()));
    }
}

#[tokio::test]
async fn a_handler_wins_over_its_part_and_that_over_the_component() {
    let app = TestApp::start(App::new().component(Shop).component(ByHand)).await;
    let routes: Vec<String> = app
        .server()
        .routes()
        .map(|route| {
            let policy = route.policy();
            let timeout = policy.timeout().map(|timeout| format!("{timeout:?}"));
            let rate = policy.rate().map(|rate| rate.to_string());
            let max_body = policy.max_body().map(|bytes| bytes.to_string());
            let guest = policy.is_guest().then(|| "guest".to_owned());
            let before = policy.before().map(|guard| guard.name().replace(module_path!(), "HERE"));
            let all: Vec<_> = [timeout, rate, max_body, guest, before]
                .into_iter()
                .map(|setting| setting.unwrap_or("-".into()))
                .collect();
            format!("{} {}", route.name(), all.join(" "))
        })
        .collect();
    assert_eq!(
        routes,
        [
            "shop.defaults 3s 10/s 4096 guest HERE::first",
            "shop.own 500ms 5/m burst 2 64 guest HERE::second",
            "shop.nothing - - - - -",
            "shop.say 3s 1/h 1048576 guest -",
            "shop.look 3s 10/s 4096 guest HERE::first",
            "hand.inner - 7/1.5s 9 - -",
            "hand.outer 60s 7/1.5s - guest -",
            "hand.plain - - - - -",
        ]
    );
}

#[tokio::test]
async fn the_guest_list_is_all_routes_until_the_app_asks_for_a_user() {
    let guests = async |app: App| {
        let app = TestApp::start(app.component(Shop)).await;
        app.server().guest_routes().map(|route| route.name()).collect::<Vec<_>>()
    };
    let marked = ["shop.defaults", "shop.own", "shop.say", "shop.look"];
    assert_eq!(guests(App::new().require_bind()).await, marked);
    assert_eq!(guests(App::new()).await.len(), 5);
}

#[tokio::test]
async fn a_policy_that_cannot_work_is_a_problem_of_the_start() {
    struct Odd;
    impl Component for Odd {
        const NAME: &'static str = "odd";
        type Access = Shared;

        fn define(on: &mut Definition<Self>) {
            let mut add = |name, policy| {
                on.shared(Route::request(name).policy(policy), |_, _, _| Ok(()));
            };
            add("odd.a", Policy::new().timeout(Duration::ZERO));
            add("odd.b", Policy::new().timeout(Duration::MAX));
            add("odd.c", Policy::new().max_body(0));
        }
    }
    let error = App::new().component(Odd).start().await.expect_err("it cannot work");
    assert_eq!(
        error.to_string(),
        format!(
            "the app cannot start, for 3 reasons\
             \n  - timeout of `odd.a` is zero: it would always have passed\
             \n  - timeout of `odd.b` is {:?}; a year is the most\
             \n  - max_body of `odd.c` is 0 bytes: no message with a body would pass",
            Duration::MAX
        )
    );
}

//! Components by hand, which borrow themselves more than once.

use nano::component::{Component, Definition, Exclusive, Route};
use nano::serializer::encoder;

use super::*;

#[derive(Clone, Default)]
struct Nest {
    log: Log,
    gate: Arc<Gate>,
}

impl Component for Nest {
    const NAME: &'static str = "nest";
    type Access = Exclusive;

    fn define(on: &mut Definition<Self>) {
        on.future(Route::request("nest.alone_twice"), |call, ()| async move {
            let _outer = call.exclusive().await?;
            call.exclusive().await.map(drop)
        });
        on.future(Route::request("nest.alone_in_shared"), |call, ()| async move {
            let _outer = call.shared().await?;
            call.exclusive().await.map(drop)
        });
        on.future(
            Route::request("nest.one_after_another").reply(encoder!(bool)),
            |call, ()| async move {
                let outer = call.exclusive().await?;
                tokio::task::yield_now().await;
                drop(outer);
                let shared = call.shared().await?;
                tokio::task::yield_now().await;
                drop(shared);
                call.context().handle().call(|_| ()).await?;
                Ok(true)
            },
        );
        on.future(Route::request("nest.shared_twice"), |call, ()| async move {
            let outer = call.shared().await?;
            outer.log.add("shared");
            outer.gate.pass().await;
            call.shared().await.map(drop)
        });
        on.exclusive(Route::request("nest.alone"), |_, _, ()| Ok(()));
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_second_borrow_is_refused_where_it_would_wait_for_the_first() {
    let nest = Nest::default();
    let app = TestApp::start(App::new().component(nest.clone())).await;
    let (mut one, mut two) = (app.raw(), app.raw());
    one.open().await;
    two.open().await;
    assert_eq!(code_of(&ask(&mut one, 1, "nest.alone_twice").await), "internal");
    assert_eq!(code_of(&ask(&mut one, 2, "nest.alone_in_shared").await), "internal");
    assert_eq!(ask(&mut one, 3, "nest.one_after_another").await, true);

    // Two shared borrows go together, unless somebody who wants it alone has come between them: the second would wait
    // for him, and he for the first.
    one.request(4, "nest.shared_twice", "").await;
    nest.log.reached("shared").await;
    nest.gate.0.add_permits(1);
    assert!(one.message().await.json().get("error").is_none());

    one.request(5, "nest.shared_twice", "").await;
    nest.log.reached_times("shared", 2).await;
    two.request(1, "nest.alone", "").await;
    // Paused time goes on when all tasks wait, the second session's for the component.
    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    nest.gate.0.add_permits(1);
    assert_eq!(code_of(&one.message().await.json()), "internal");
    assert!(two.message().await.json().get("error").is_none(), "the first has let it in");
}

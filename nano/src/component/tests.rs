use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::metrics::Measure;
use crate::serializer::{decoder, encoder};
use crate::session::SessionIds;
use crate::session::link::Nowhere;
use crate::wire::Wire;
use crate::{Dictionary, ErrorKind, Json, Session};

#[derive(Default)]
struct Counter {
    value: i64,
    ticks: u32,
}

impl Component for Counter {
    const NAME: &'static str = "counter";
    type Access = Exclusive;

    fn define(on: &mut Definition<Self>) {
        on.exclusive(
            Route::notify("counter.add").payload(decoder!(i64)).reply(encoder!(i64)),
            |this, _, amount| {
                this.value += amount;
                Ok(this.value)
            },
        );
        on.future(
            Route::notify("counter.twice").payload(decoder!(i64)),
            |call, amount| async move {
                tokio::task::yield_now().await;
                call.exclusive().await?.value += 2 * amount;
                Ok(())
            },
        );
        on.exclusive(Every::new(Duration::from_secs(1), "counter.tick"), |this, _, _| {
            this.ticks += 1;
            Ok(())
        });
    }
}

pub(super) fn session() -> Session {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let id = SessionIds::new().next();
    Session::new(
        id,
        None,
        wire,
        Arc::<Nowhere>::default(),
        Arc::new(Clock::new()),
        Default::default(),
    )
}

/// Two instances of one definition, with their timers started.
fn two(definition: &Definition<Counter>, life: &Lifetime) -> [Handle<Counter>; 2] {
    [1, 100].map(|value| {
        let counter = Counter { value, ticks: 0 };
        let instance = Instance::new(counter, Weak::new(), life);
        for timer in &definition.timers {
            timer.bind(instance.any()).expect("a schedule").start();
        }
        Handle::new(instance, Counter::NAME)
    })
}

/// Sends a message to one instance, and waits for its handler.
async fn send(
    definition: &Definition<Counter>,
    route: usize,
    to: &Handle<Counter>,
    session: &Session,
) {
    let route = &definition.routes[route];
    let target = to.place().instance.any();
    let message = Incoming::new(session, route.info.name(), None, 1000, Measure::begin(None));
    route.entry.dispatch(&target, message, b"5").finish().await;
}

#[tokio::test(start_paused = true)]
async fn instances_of_one_definition_have_a_state_each() {
    let definition = Definition::<Counter>::of_component();
    let [one, other] = two(&definition, &Lifetime::default());
    let session = session();
    send(&definition, 0, &one, &session).await;
    send(&definition, 1, &other, &session).await;
    send(&definition, 0, &other, &session).await;
    assert_eq!(one.call(|counter| counter.value).await.expect("it works"), 6);
    assert_eq!(other.call(|counter| counter.value).await.expect("it works"), 115);
}

#[tokio::test(start_paused = true)]
async fn an_instance_ends_while_another_lives_on() {
    let definition = Definition::<Counter>::of_component();
    let all = Lifetime::default();
    let [one, other] = two(&definition, &all);
    let ran = Arc::new(AtomicBool::new(false));
    let later = one.after(Duration::from_secs(10), {
        let ran = ran.clone();
        move |_| ran.store(true, Ordering::Relaxed)
    });
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let life = &one.place().instance.life;
    life.stop();
    life.stopped().await;
    assert!(!one.is_closed(), "its last hooks may still call it");
    assert_eq!(one.call(|counter| counter.ticks).await.expect("not closed yet"), 2);

    life.close();
    tokio::time::sleep(Duration::from_secs(20)).await;
    let error = one.call(|counter| counter.ticks).await.expect_err("it has ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    let error = one.component::<Counter>().expect_err("it has ended");
    assert_eq!(error.kind(), ErrorKind::Closed);
    assert!(later.is_cancelled() && !ran.load(Ordering::Relaxed));
    assert_eq!(other.call(|counter| counter.ticks).await.expect("it lives"), 22);

    all.close();
    all.stopped().await;
    assert!(other.is_closed());
}

#[test]
fn a_free_component_is_borrowed_without_waiting() {
    let counter = || Counter { value: 7, ticks: 0 };
    let locked = <<Exclusive as Access<Counter>>::Cell as access::Cell<_>>::new(
        counter(),
        "counter",
        Arc::default(),
    );
    let free = <<Shared as Access<Counter>>::Cell as access::Cell<_>>::new(
        counter(),
        "counter",
        Arc::default(),
    );
    let borrowed = access::Cell::try_shared(&locked, "test").expect("it is free");
    let beside = access::Cell::try_shared(&locked, "test").expect("shared");
    assert_eq!((borrowed.value, beside.value), (7, 7));
    drop(beside);
    assert!(locked.try_exclusive("test").is_none());
    drop(borrowed);
    let alone = locked.try_exclusive("test").expect("it is free again");
    assert!(access::Cell::try_shared(&locked, "test").is_none());
    drop(alone);
    assert!(access::Cell::try_shared(&free, "test").is_some());
}

#[test]
fn a_definition_is_shown_by_its_routes() {
    let shown = format!("{:?}", Definition::<Counter>::of_component());
    assert_eq!(shown, r#"Definition { routes: ["counter.add", "counter.twice"], .. }"#);
}

#[tokio::test]
async fn a_busy_instance_delays_its_own_messages_only() {
    let definition = Definition::<Counter>::of_component();
    let [one, other] = two(&definition, &Lifetime::default());
    let session = session();
    let busy = one.place().instance.cell.exclusive("test").await.expect("nobody has it");
    send(&definition, 0, &other, &session).await;
    let mut waiting = Box::pin(send(&definition, 0, &one, &session));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    drop(busy);
    waiting.await;
    assert_eq!(one.call(|counter| counter.value).await.expect("it works"), 6);
    assert_eq!(other.call(|counter| counter.value).await.expect("it works"), 105);
}

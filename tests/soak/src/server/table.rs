//! Tables: rooms for four, with timers, that close when a member says so or when they are empty.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nano::{Context, Group, Result, Session, component};

use super::census::TIMERS;
use super::lobby::Known;
use crate::protocol::{Answer, Ask, Event, SoakPush};

#[derive(Default)]
pub(super) struct Table {
    /// The number of its last push.
    n: u64,
    has_timers: bool,
}

/// A value of a timer, which is counted.
struct Counted;

impl Counted {
    fn new() -> Self {
        TIMERS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        TIMERS.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Table {
    fn next(&mut self, id: u64) -> Event {
        self.n += 1;
        Event::of(id, self.n)
    }
}

#[component(room)]
impl Table {
    #[on(enter)]
    fn entered(&mut self, ctx: &Context<Self>) {
        if std::mem::replace(&mut self.has_timers, true) {
            return;
        }
        let (id, members, counted): (_, Group, _) =
            (ctx.id().get(), ctx.members().clone(), Counted::new());
        ctx.every(Duration::from_secs(2), move |table| {
            let _ = &counted;
            // It fails only when the table has ended.
            let _ = SoakPush::to(&members).table(&table.next(id));
        });
        // It does not run: the table ends before.
        let counted = Counted::new();
        ctx.after(Duration::from_secs(3600), move |_| drop(counted));
    }

    /// Tells a new member the number of the last push.
    #[handler]
    fn sit(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        Known::answer(session, &ask, self.n)
    }

    #[handler(name = "move")]
    fn play(&mut self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let event = self.next(ctx.id().get());
        SoakPush::to(ctx.members()).table(&event)?;
        Known::answer(session, &ask, self.n)
    }

    #[handler]
    fn quit(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        session.leave::<Self>();
        Known::answer(session, &ask, self.n)
    }

    #[handler]
    fn close(&mut self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let event = self.next(ctx.id().get());
        SoakPush::to(ctx.members()).table_closed(&event)?;
        ctx.close();
        Known::answer(session, &ask, self.n)
    }
}

//! Tables: rooms for four and their spectators, with timers, that close when a member says so, when they have no members,
//! or in the drain of the server.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nano::{Context, Error, Handle, LeaveReason, Result, Session, component};

use super::Fault;
use super::census::TIMERS;
use super::known::{Asked, Known};
use crate::protocol::{Answer, Ask, Event, Out, SoakPush};

pub(super) struct Table {
    /// The number of its last push to all.
    n: u64,
    /// The number of its last push to the members only, which is that of its last one to the spectators only as well.
    own: u64,
    has_timers: bool,
    /// The last push has gone out.
    is_closed: bool,
    fault: Option<Fault>,
}

/// A value of a timer, which is counted.
pub(super) struct Counted;

impl Counted {
    pub(super) fn new() -> Self {
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
    pub(super) fn new(fault: Option<Fault>) -> Self {
        Self { n: 0, own: 0, has_timers: false, is_closed: false, fault }
    }

    fn next(&mut self, table: &Handle<Self>) -> Event {
        self.n += 1;
        Event::of(table.id().get(), self.n)
    }

    /// Pushes to all who are at the table, and now and then to the members and to the spectators only. It fails when the
    /// table has ended, and then there is nobody.
    fn tell(&mut self, table: &Handle<Self>) -> Result<()> {
        let event = self.next(table);
        if self.fault == Some(Fault::Spectator) && self.n.is_multiple_of(10) {
            SoakPush::to(table.members()).table(&event)?;
        } else {
            SoakPush::to(&table.audience()).table(&event)?;
        }
        if self.n.is_multiple_of(3) {
            self.own += 1;
            let event = Event::of(table.id().get(), self.own);
            SoakPush::to(table.members()).members(&event)?;
            SoakPush::to(table.spectators()).spectators(&event)?;
        }
        Ok(())
    }

    /// Tells all that the table closes, and closes it.
    fn end(&mut self, table: &Handle<Self>) {
        self.is_closed = true;
        let event = self.next(table);
        // Nobody is there any more if it fails.
        let _ = SoakPush::to(&table.audience()).table_closed(&event);
        table.close();
    }

    fn answer(&self, asked: &Asked) -> Answer {
        Answer { own: self.own, ..asked.answer(self.n) }
    }
}

/// Fails for spectators.
fn check_seat(session: &Session, ctx: &Context<Table>) -> Result<()> {
    match ctx.is_spectator(session) {
        true => Err(Error::reject("spectator", "only members do this")),
        false => Ok(()),
    }
}

#[component(room)]
impl Table {
    #[on(enter)]
    fn entered(&mut self, ctx: &Context<Self>) -> Result<()> {
        if std::mem::replace(&mut self.has_timers, true) {
            return Ok(());
        }
        let (table, counted) = (ctx.handle(), Counted::new());
        ctx.every(Duration::from_secs(2), move |this| {
            let _ = (&counted, this.tell(&table));
        });
        let (table, counted) = (ctx.handle(), Counted::new());
        ctx.cron("*/3 * * * * *", move |this| {
            let _ = (&counted, this.tell(&table));
        })?;
        // It does not run: the table ends before.
        let counted = Counted::new();
        ctx.after(Duration::from_secs(3600), move |_| drop(counted));
        Ok(())
    }

    /// Tells a session that is out, once for each entry.
    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason, ctx: &Context<Self>) {
        let Some(known) = Known::of(session) else { return };
        let out = match reason {
            LeaveReason::Left => Out::Left,
            LeaveReason::RoomClosed if self.is_closed => Out::Closed,
            LeaveReason::RoomClosed => Out::Deserted,
            _ => Out::Otherwise,
        };
        let event = Event { source: ctx.id().get(), out: Some(out), ..known.event(0, 0) };
        // A session that is closing takes it no more.
        let _ = SoakPush::to(session).out(&event);
    }

    /// Every second table has a last second.
    #[on(drain)]
    fn finish(&mut self, ctx: &Context<Self>) {
        let table = ctx.handle();
        if table.id().get().is_multiple_of(2) {
            self.end(&table);
        } else {
            let counted = Counted::new();
            ctx.after(Duration::from_secs(1), move |this| {
                let _ = &counted;
                this.end(&table);
            });
        }
    }

    /// Tells the numbers of the last pushes.
    #[handler]
    fn look(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        // Who came in between the last push and the end has not received it.
        match self.is_closed {
            true => Err(Error::reject("room_closed", "the table has ended")),
            false => Ok(self.answer(&asked)),
        }
    }

    #[handler(name = "move")]
    fn play(&mut self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        check_seat(session, ctx)?;
        self.tell(&ctx.handle())?;
        Ok(self.answer(&asked))
    }

    #[handler]
    fn quit(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        session.leave::<Self>();
        Ok(self.answer(&asked))
    }

    #[handler]
    fn close(&mut self, session: &Session, ask: Ask, ctx: &Context<Self>) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        check_seat(session, ctx)?;
        self.end(&ctx.handle());
        Ok(self.answer(&asked))
    }
}

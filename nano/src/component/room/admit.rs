//! The admission of a session that has a seat: the hook, the group, and the place among its rooms.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::runtime;

use super::claim::Claim;
use super::directory::room_closed;
use super::{LeaveReason, OpenRoom, Room, RoomSet, Seat};
use crate::component::task::{Outcome, Task};
use crate::session::CloseReason;
use crate::{Error, ErrorKind, Result, Session};

/// The entry of a session, which it waits for.
pub(super) type Entering<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Lets a session have a seat, if the room's hook lets it.
pub(super) async fn admit<R: Room>(claim: Claim, mut seat: Seat<R>, value: R::Entry) -> Result<()> {
    // The end of the room, and that of the session, wait for what happens here.
    let tokens = (seat.room().instance().life().token(), claim.session.leaving().token());
    seat.assign(&claim.session).await?;
    let home = seat.rooms().around.home.clone();
    let is_dropped = Arc::<AtomicBool>::default();
    let entering = {
        let (is_dropped, home) = (is_dropped.clone(), home.clone());
        async move {
            let (rooms, session) = (seat.rooms().clone(), claim.session.clone());
            rooms.run_enter_hook(seat.room(), &session, value).await?;
            let joined = match is_dropped.load(Ordering::Acquire) {
                true => Err(Error::new(ErrorKind::Closed, "nobody waits for the entry any more")),
                false => rooms.join(&seat, &session),
            };
            match joined {
                Ok(()) => {
                    seat.take();
                    claim.settle();
                    Ok(())
                }
                Err(error) => {
                    let reason = undo_reason(&error, &session);
                    let is_callers = RoomSet::<R>::is_callers(seat.room());
                    let undo = home.spawn(async move {
                        let _until_left = (tokens, claim);
                        rooms.run_leave_hooks(seat.room(), &session, reason).await;
                    });
                    // A caller that has the room's borrow would wait for itself.
                    if !is_callers {
                        let _ended = undo.await;
                    }
                    Err(error)
                }
            }
        }
    };
    RunToEnd { future: Some(Box::pin(entering)), is_dropped, home }.await
}

/// The reason for which a session leaves that has just entered.
fn undo_reason(error: &Error, session: &Session) -> LeaveReason {
    match (error.kind(), session.close_reason()) {
        (ErrorKind::RoomClosed, _) => LeaveReason::RoomClosed,
        (_, Some(CloseReason::Kicked(_))) => LeaveReason::Kicked,
        (_, Some(_)) => LeaveReason::Disconnected,
        (_, None) => LeaveReason::Left,
    }
}

impl<R: Room> RoomSet<R> {
    async fn run_enter_hook(
        &self,
        room: &OpenRoom,
        session: &Session,
        value: R::Entry,
    ) -> Result<()> {
        let Some(hook) = &self.hooks.enter else { return Ok(()) };
        let (log, info) = (self.log(), self.info(hook.label, Some(session)));
        let call = || hook.method.run(room.instance(), hook.label, session, value);
        match Task::start(info, log, call).run(log, pending()).await {
            Outcome::Finished(result) => result,
            Outcome::Panicked(panic) => {
                Err(Error::internal(format!("the hook `{}` panicked: {panic}", hook.label)))
            }
            Outcome::Cut => {
                let message = format!("the hook `{}` did not end in time", hook.label);
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }

    /// Lets a session join group and room, or neither.
    ///
    /// No lock of the session is held while the directory's is waited for: a filter of `find_or_open`, which runs under
    /// that one, may look at the session.
    fn join(&self, seat: &Seat<R>, session: &Session) -> Result<()> {
        let (room, role, kind) = (seat.room(), seat.role(), Self::kind());
        let group = Self::core(room).ok_or_else(room_closed)?.group(role);
        let joined = room.joined();
        // The group comes first, and the room's seat last: whoever takes the session out of the room takes it out of all.
        let taken = group.add(session).and_then(|()| {
            session.join_room(kind, R::NAME, joined.clone())?;
            let seated = self.directory.seat(room.id, role, session);
            seated.inspect_err(|_| session.unjoin_room(kind, R::NAME, &joined))
        });
        if let Err(error) = taken {
            group.leave(session);
            // A room that has ended has closed its group.
            return Err(if self.directory.get(room.id).is_none() { room_closed() } else { error });
        }
        if session.has_ended() {
            // It may have left its rooms before it had the seat.
            let is_kicked = matches!(session.close_reason(), Some(CloseReason::Kicked(_)));
            joined.session_ended(session.id(), is_kicked);
        }
        #[cfg(feature = "cluster")]
        if session.is_entry_given_up(R::NAME) {
            // Its exit may have been asked for before it had the seat.
            room.take_out(session.id(), LeaveReason::Left);
        }
        Ok(())
    }
}

/// A future that runs to its end: when this is dropped, in a task of its own.
struct RunToEnd<F: Future<Output = Result<()>> + Send + 'static> {
    future: Option<Pin<Box<F>>>,
    is_dropped: Arc<AtomicBool>,
    home: runtime::Handle,
}

impl<F: Future<Output = Result<()>> + Send + 'static> Future for RunToEnd<F> {
    type Output = Result<()>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(future) = &mut self.future else { unreachable!("it is polled after its end") };
        let polled = future.as_mut().poll(cx);
        if polled.is_ready() {
            self.future = None;
        }
        polled
    }
}

impl<F: Future<Output = Result<()>> + Send + 'static> Drop for RunToEnd<F> {
    fn drop(&mut self) {
        let Some(future) = self.future.take() else { return };
        self.is_dropped.store(true, Ordering::Release);
        self.home.spawn(future);
    }
}

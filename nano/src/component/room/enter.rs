//! The entry of sessions into rooms.

use std::any::TypeId;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::runtime;

use super::core::Role;
use super::directory::room_closed;
use super::{Entrance, LeaveReason, OpenRoom, Room, RoomSet, Seat};
use crate::component::Handle;
use crate::component::task::{Outcome, Task};
use crate::session::{CloseReason, RoomPlace};
use crate::{Error, ErrorKind, Result, Session};

impl Session {
    /// Enters a room: from now on this session's messages to the room's routes go there. A session is in one room of
    /// each type at a time.
    ///
    /// A seat is reserved, then the room's `#[on(enter)]` hook runs, which may refuse, and then the session is a member
    /// of [`Context::members`](crate::Context::members).
    ///
    /// # Errors
    ///
    /// The error of the hook; [`ErrorKind::RoomClosed`], [`ErrorKind::RoomLocked`], [`ErrorKind::RoomFull`];
    /// [`ErrorKind::AlreadyInRoom`] when the session is in a room of this type; [`ErrorKind::Closed`] when it is closing;
    /// [`ErrorKind::Timeout`] when the hook takes longer than
    /// [`App::handler_timeout`](crate::App::handler_timeout); [`ErrorKind::SelfLock`] when the caller has the borrow that
    /// the hook waits for, as a handler of the same room with `&mut self` does.
    ///
    /// # Cancel safety
    ///
    /// The session enters or it does not. A hook that has begun when the future is dropped runs to its end; then the
    /// session leaves again, with the hook for that.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Error, ErrorKind, Result, RoomId, Session};
    ///
    /// #[derive(Default)]
    /// struct Table;
    ///
    /// #[component(room)]
    /// impl Table {}
    ///
    /// struct Lobby;
    ///
    /// #[component]
    /// impl Lobby {
    ///     #[handler]
    ///     async fn join(&self, session: &Session, table: RoomId, ctx: &Context<Self>) -> Result<()> {
    ///         let table = ctx.rooms::<Table>()?.get(table)?;
    ///         session.enter(&table).await
    ///     }
    /// }
    /// ```
    pub async fn enter<E>(&self, room: E) -> Result<()>
    where
        E: Entrance,
        E::Room: Room<Entry = ()>,
    {
        self.enter_with(room, ()).await
    }

    /// Enters a room with a value for its `#[on(enter)]` hook: a name, a password, the number of a seat.
    ///
    /// # Errors
    ///
    /// As [`enter`](Self::enter).
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Context, Error, Result, RoomId, Session};
    ///
    /// struct Table { password: String }
    ///
    /// #[component(room)]
    /// impl Table {
    ///     #[on(enter)]
    ///     fn entered(&mut self, password: String) -> Result<()> {
    ///         match password == self.password {
    ///             true => Ok(()),
    ///             false => Err(Error::reject("wrong_password", "the password is wrong")),
    ///         }
    ///     }
    /// }
    ///
    /// async fn join(session: &Session, table: &nano::Handle<Table>, password: &str) -> Result<()> {
    ///     session.enter_with(table, password.to_owned()).await
    /// }
    /// ```
    pub async fn enter_with<E: Entrance>(
        &self,
        room: E,
        value: <E::Room as Room>::Entry,
    ) -> Result<()> {
        let claim = Claim::new(self, RoomSet::<E::Room>::kind())?;
        admit(claim, room.seat()?, value).await
    }

    /// Enters a room as a spectator: it has no seat and does not count, and is in
    /// [`Context::spectators`](crate::Context::spectators), not among the members. Its messages go to the room, whose
    /// handlers ask [`Context::is_spectator`](crate::Context::is_spectator).
    ///
    /// A locked room and one that is full of members take spectators.
    ///
    /// # Errors
    ///
    /// As [`enter`](Self::enter), but for [`ErrorKind::RoomLocked`].
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    pub async fn spectate<R: Room<Entry = ()>>(&self, room: &Handle<R>) -> Result<()> {
        self.spectate_with(room, ()).await
    }

    /// Enters a room as a spectator, with a value for its `#[on(enter)]` hook.
    ///
    /// # Errors
    ///
    /// As [`spectate`](Self::spectate).
    ///
    /// # Cancel safety
    ///
    /// As [`enter`](Self::enter).
    pub async fn spectate_with<R: Room>(&self, room: &Handle<R>, value: R::Entry) -> Result<()> {
        let claim = Claim::new(self, RoomSet::<R>::kind())?;
        admit(claim, room.reserve(Role::Spectator)?, value).await
    }

    /// Leaves the room of type `R`; returns `false` when the session is in none.
    ///
    /// The session is out of the room, and of its groups, when this returns. The room's `#[on(leave)]` hook runs as soon
    /// as the room is free, so that a handler of the room may call this.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Session};
    ///
    /// #[derive(Default)]
    /// struct Table;
    ///
    /// #[component(room)]
    /// impl Table {
    ///     #[handler]
    ///     fn quit(&self, session: &Session) {
    ///         session.leave::<Table>();
    ///     }
    /// }
    /// ```
    pub fn leave<R: Room>(&self) -> bool {
        let Some(RoomPlace::In(room)) = self.room_place(RoomSet::<R>::kind()) else { return false };
        OpenRoom::of(&*room).is_some_and(|room| room.take_out(self.id(), LeaveReason::Left))
    }

    /// Returns the room of type `R` that the session is in.
    ///
    /// # Examples
    ///
    /// ```
    /// # use nano::{component, RoomId, Session};
    /// # #[derive(Default)]
    /// # struct Table;
    /// # #[component(room)]
    /// # impl Table {}
    /// fn table(session: &Session) -> Option<RoomId> {
    ///     session.room::<Table>().map(|table| table.id())
    /// }
    /// ```
    pub fn room<R: Room>(&self) -> Option<Handle<R>> {
        let Some(RoomPlace::In(room)) = self.room_place(RoomSet::<R>::kind()) else { return None };
        RoomSet::handle(OpenRoom::of(&*room)?)
    }
}

/// A session on its way into a room of a type; no more, when this is dropped.
struct Claim {
    session: Session,
    kind: TypeId,
    /// The session is in. It may be out again by now, and on its way into another room.
    is_settled: bool,
}

impl Claim {
    fn new(session: &Session, kind: TypeId) -> Result<Self> {
        session.claim_room(kind)?;
        Ok(Self { session: session.clone(), kind, is_settled: false })
    }

    /// Leaves the place to the session, which is in.
    fn settle(mut self) {
        self.is_settled = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if !self.is_settled {
            self.session.give_up_room(self.kind);
        }
    }
}

/// Lets a session have a seat, if the room's hook lets it.
async fn admit<R: Room>(claim: Claim, mut seat: Seat<R>, value: R::Entry) -> Result<()> {
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
            session.join_room(kind, joined.clone())?;
            let seated = self.directory.seat(room.id, role, session);
            seated.inspect_err(|_| session.unjoin_room(kind, &joined))
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

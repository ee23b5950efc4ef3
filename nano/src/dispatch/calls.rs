//! The calls of components that this node handles.

use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
#[cfg(feature = "cluster")]
use tracing::Instrument as _;

#[cfg(feature = "cluster")]
use super::Dispatch;
use super::calling::NOTIFIES;
#[cfg(feature = "cluster")]
use super::elsewhere::Placed;
use super::{Limits, Runtime};
use crate::component::task::{Task, TaskInfo, TaskKind};
use crate::component::{DropReason, Incoming, OpenRoom};
use crate::error::shown;
use crate::reply::Deferred;
use crate::routes::RouteHandler;
#[cfg(feature = "cluster")]
use crate::session::{Arrival, RoomEntry, There};
use crate::session::{CallAnswer, CallTarget, Calls, ComponentCall, Depth, Session};
use crate::wire::Wire;
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Result};

impl Calls<Session> for Runtime {
    fn wire(&self) -> &Arc<Wire> {
        &self.wire
    }

    #[cfg_attr(not(feature = "cluster"), expect(unused_variables, reason = "there is one node"))]
    fn unroute(&self, session: &Session, component: &str) {
        #[cfg(feature = "cluster")]
        if let Some(elsewhere) = &self.elsewhere {
            elsewhere.unroute(session, component);
        }
    }

    #[cfg(feature = "cluster")]
    fn enter_room(
        self: Arc<Self>,
        mut entry: RoomEntry<Session>,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send>> {
        let until = Instant::now() + self.limits.handler_timeout;
        entry.depth.until.get_or_insert(until);
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.clone().enter_room(entry),
            None => Box::pin(ready(Err(Error::new(ErrorKind::Unavailable, "there is one node")))),
        }
    }

    #[cfg(feature = "cluster")]
    fn is_linked(&self, there: There) -> bool {
        self.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.is_linked(there))
    }

    #[cfg(feature = "cluster")]
    fn leave_room(&self, session: &Session, component: &'static str) -> bool {
        self.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.leave_room(session, component))
    }

    fn call(
        self: Arc<Self>,
        call: ComponentCall<Session>,
    ) -> Pin<Box<dyn Future<Output = Result<Bytes>> + Send>> {
        #[cfg(feature = "cluster")]
        let call = match &self.elsewhere {
            None => call,
            Some(elsewhere) => {
                let is_here = self.routes.for_call(&call.route).is_some();
                match elsewhere.call(call, is_here) {
                    Placed::Here(call) => call,
                    Placed::Elsewhere(answer) => return answer,
                }
            }
        };
        if call.is_notify {
            return Box::pin(ready(self.notify(call).map(|()| Bytes::new())));
        }
        Box::pin(async move { self.handle_call(call).await.map(|(_, body)| body) })
    }
}

impl Runtime {
    /// Lets the components of the app call one another from now on.
    pub(crate) fn takes_calls(self: &Arc<Self>) {
        let calls: Arc<dyn Calls<Session>> = self.clone();
        // It happens once.
        let _ = self.common.calls.set(Arc::downgrade(&calls));
    }

    fn nobody(&self) -> &Session {
        let Self { wire, clock, common, .. } = self;
        let nobody = || Session::nobody(wire.clone(), clock.clone(), common.clone());
        self.calling.nobody.get_or_init(nobody)
    }

    /// Lets a notify be handled while its caller goes on.
    fn notify(self: Arc<Self>, call: ComponentCall<Session>) -> Result<()> {
        self.called(&call)?;
        let permit = self.calling.notifies.clone().try_acquire_owned().map_err(|_| {
            let message = format!("{NOTIFIES} notifies of components are being handled");
            Error::new(ErrorKind::Unavailable, message)
        })?;
        let handled = self.clone().handle_until_end(call);
        self.tasks.spawn(async move {
            // A failure is logged by its handler.
            let _ = handled.await;
            drop(permit);
        });
        Ok(())
    }

    /// Returns the handler of a call.
    fn called(&self, call: &ComponentCall<Session>) -> Result<&RouteHandler> {
        let Some(handler) = self.routes.for_call(&call.route) else {
            let message = format!("no route `{}`", shown(&call.route));
            return Err(Error::new(ErrorKind::NotFound, message));
        };
        if handler.has_ended() {
            return Err(Error::new(ErrorKind::Closed, "the component has ended"));
        }
        let needs_session = match call.target {
            CallTarget::Session(_) => false,
            // The room needs none, to be found by.
            CallTarget::Room(..) => handler.info.needs_session(),
            _ => handler.needs_session(),
        };
        if needs_session {
            let message = format!(
                "`{}` takes a session: it is called by `session.caller()`",
                handler.info.name()
            );
            return Err(Error::new(ErrorKind::NoSession, message));
        }
        Ok(handler)
    }

    /// Returns the room that a handler is called in.
    fn room(&self, handler: &RouteHandler, id: u64) -> Result<Arc<OpenRoom>> {
        let (route, id) = (handler.info.name(), id.into());
        let rooms = self.rooms.values().find(|rooms| handler.is_in(rooms.kind()));
        let Some(rooms) = rooms else {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("`{route}` is no route of a room"),
            ));
        };
        let ended = || Error::new(ErrorKind::RoomClosed, "the room has ended");
        rooms.open_room(id).ok_or_else(ended)
    }

    /// Handles a call in a task of its own, which the end of the app cuts off.
    pub(crate) async fn handle_until_end(
        self: Arc<Self>,
        call: ComponentCall<Session>,
    ) -> CallAnswer {
        let abort = self.abort.clone();
        tokio::select! {
            biased;
            answer = self.handle_call(call) => answer,
            () = abort.cancelled() => Err(DropReason::Shutdown.error()),
        }
    }

    /// Handles a call of a component. It is cut off when this is dropped.
    pub(crate) async fn handle_call(self: Arc<Self>, call: ComponentCall<Session>) -> CallAnswer {
        #[cfg(feature = "cluster")]
        if let Some(arrival) = call.arrival {
            return self.enter(call, arrival).await;
        }
        let handler = self.called(&call)?;
        let ComponentCall { body, is_notify, target, depth, .. } = call;
        let (route, session_id) = (handler.info.name(), target.session().map(Session::id));
        let room = match target {
            CallTarget::Room(_, room) => Some(self.room(handler, room)?),
            _ => None,
        };
        let session = match target {
            CallTarget::Session(session) => session,
            _ => self.nobody().clone(),
        };
        let limits = handler.info.policy().timeout().map_or(self.limits, Limits::new);
        let left = depth.until.map(|until| until.saturating_duration_since(Instant::now()));
        let limit = left.map_or(limits, |left| limits.within(left)).handler_timeout;
        let until = Instant::now() + limit;

        let (answer, answered) = oneshot::channel();
        let deferred = (!is_notify).then(|| Deferred::of_call(session.clone(), route, answer));
        let message = Incoming::of_call(&session, route, deferred, handler.measure());
        let info = TaskInfo {
            kind: TaskKind::Handler,
            label: route,
            session: session_id,
            limit: Some(limit),
        };
        let log = self.log();
        let run = async {
            // Whoever waits for the call is cut off, and the call with it.
            let dispatch = || match &room {
                Some(room) => handler.dispatch_in(room, message, &body),
                None => handler.dispatch(message, &body),
            };
            Task::start(info, log, dispatch).run(log, pending()).await;
        };
        Depth { until: Some(until), ..depth }.run(run).await;
        if is_notify {
            return Ok((Content::Nothing, Bytes::new()));
        }
        // The handler may have left the answer to a `Reply`.
        match timeout_at(until, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Error::new(ErrorKind::NoReply, "the handler dropped its reply")),
            Err(_) => Err(Error::new(ErrorKind::Timeout, "the reply of the handler is late")),
        }
    }
}

#[cfg(feature = "cluster")]
impl Runtime {
    /// Lets a session enter a room of this node, for another node.
    async fn enter(self: Arc<Self>, call: ComponentCall<Session>, arrival: Arrival) -> CallAnswer {
        let ComponentCall { route, body, target, depth, .. } = call;
        let rooms = self.rooms.get(route.as_str()).cloned().ok_or_else(|| {
            let text = format!("the node has no rooms `{}`", shown(&route));
            Error::new(ErrorKind::NotFound, text)
        })?;
        let CallTarget::Session(session) = target else {
            return Err(Error::new(ErrorKind::NoSession, "a room is entered by a session"));
        };
        let until = depth.until.unwrap_or_else(|| Instant::now() + self.limits.handler_timeout);
        let entered = timeout_at(until, rooms.enter(session, arrival, body));
        match depth.run(entered).await {
            Ok(entered) => entered.map(|()| (Content::Nothing, Bytes::new())),
            Err(_) => Err(Error::new(ErrorKind::Timeout, "the entry into the room is late")),
        }
    }
}

#[cfg(feature = "cluster")]
impl Dispatch {
    /// Handles the call of a component on behalf of the session, whatever else runs for it. The session's end waits for
    /// the call.
    pub(crate) fn spawn_call(
        &mut self,
        call: ComponentCall<Session>,
        answer: impl FnOnce(CallAnswer) + Send + 'static,
    ) {
        let counted = self.concurrent.count(&self.session, None);
        let handled = self.runtime.clone().handle_until_end(call);
        let call = async move {
            answer(handled.await);
            drop(counted);
        };
        self.runtime.tasks.spawn(call.instrument(self.span.span()));
    }
}

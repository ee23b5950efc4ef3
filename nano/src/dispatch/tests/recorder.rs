//! A link that records what is sent, and the task that feeds a dispatch without any socket.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};

use tokio::sync::mpsc;

use super::player::Said;
use crate::codec::message::RawRoute;
use crate::dispatch::{Dispatch, Inbound, Runtime};
use crate::session::link::{Link, Refused, Sent};
use crate::session::{CloseReason, Session};
use crate::wire::Wire;
use crate::wire::class::Class;
use crate::wire::outgoing::{Head, Outgoing};

/// A message on its way to the dispatch.
pub(super) struct Message {
    pub(super) id: u64,
    pub(super) route: String,
    pub(super) body: String,
}

/// Keeps the route and the body of each message, as a link to another node would send them.
pub(super) struct Recorder {
    wire: Arc<Wire>,
    said: mpsc::UnboundedSender<Said>,
    closing: OnceLock<CloseReason>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_sealed: bool,
    is_aborted: bool,
    waker: Option<Waker>,
}

impl Recorder {
    fn seal(&self) {
        self.state.lock().expect("no panic").is_sealed = true;
        let reason = self.closing.get().expect("it is closing").to_string();
        let _ = self.said.send(Said::Closed(reason));
    }
}

impl Link for Recorder {
    fn send(&self, message: &mut Outgoing<'_>) -> Result<Sent, Refused> {
        let is_sealed = self.state.lock().expect("no panic").is_sealed;
        if is_sealed || (self.is_closing() && message.class() != Class::Owed) {
            return Err(Refused::Closed);
        }
        let body = message.body(&self.wire).map_err(Refused::Message)?;
        let body = String::from_utf8(body.to_vec()).expect("json");
        let said = match message.head() {
            Head::Push { route, .. } => Said::Push { route: route.to_owned(), body },
            Head::Reply { id, .. } => Said::Reply { id: id.get(), body },
            Head::Error { id, told, .. } => {
                Said::Error { id: id.get(), code: told.code.to_owned() }
            }
        };
        let _ = self.said.send(said);
        Ok(Sent::Queued)
    }

    fn close(&self, reason: CloseReason) -> bool {
        let first = self.closing.set(reason).is_ok();
        self.wake();
        first
    }

    fn close_reason(&self) -> Option<CloseReason> {
        self.closing.get().cloned()
    }

    fn is_closing(&self) -> bool {
        self.closing.get().is_some()
    }

    fn wake(&self) {
        if let Some(waker) = self.state.lock().expect("no panic").waker.take() {
            waker.wake();
        }
    }

    fn abort(&self) {
        self.state.lock().expect("no panic").is_aborted = true;
        self.wake();
    }
}

/// Runs a session's messages until it has ended.
pub(super) async fn serve(
    runtime: Arc<Runtime>,
    mut inbox: mpsc::UnboundedReceiver<Message>,
    said: mpsc::UnboundedSender<Said>,
) {
    let (wire, clock) = (runtime.wire.clone(), runtime.clock.clone());
    let (closing, state) = (OnceLock::new(), Mutex::default());
    let link = Arc::new(Recorder { wire: wire.clone(), said, closing, state });
    let session = Session::new(
        runtime.session_ids.next(),
        None,
        wire,
        link.clone(),
        clock,
        runtime.common.clone(),
    );
    let mut dispatch = Dispatch::new(runtime, session).expect("the app serves");
    let (mut waiting, mut is_opened, mut is_ended) = (VecDeque::new(), false, false);
    let mut deadline = None;
    std::future::poll_fn(|cx| {
        link.state.lock().expect("no panic").waker = Some(cx.waker().clone());
        if !std::mem::replace(&mut is_opened, true) {
            dispatch.open(cx);
        }
        if link.state.lock().expect("no panic").is_aborted {
            dispatch.abort();
        }
        while let Poll::Ready(Some(message)) = inbox.poll_recv(cx) {
            waiting.push_back(message);
        }
        loop {
            let mut progress = dispatch.poll(cx);
            while dispatch.is_ready()
                && !link.is_closing()
                && let Some(message) = waiting.pop_front()
            {
                hand_over(&mut dispatch, cx, &message);
                progress = true;
            }
            if link.is_closing() && dispatch.is_idle() && !is_ended {
                is_ended = dispatch.end(cx, |dispatch, error| {
                    for Message { id, route, .. } in &waiting {
                        dispatch.refuse(route, NonZeroU64::new(*id), error);
                    }
                });
                progress = true;
                if is_ended {
                    link.seal();
                }
            }
            if is_ended && dispatch.is_idle() {
                return Poll::Ready(());
            }
            if progress {
                continue;
            }
            let Some(at) = dispatch.deadline() else { return Poll::Pending };
            let mut sleep = Box::pin(tokio::time::sleep_until(at));
            if sleep.as_mut().poll(cx).is_pending() {
                deadline = Some(sleep);
                return Poll::Pending;
            }
            dispatch.expire(cx, tokio::time::Instant::now());
        }
    })
    .await;
    drop(deadline);
}

fn hand_over(dispatch: &mut Dispatch, cx: &mut Context<'_>, message: &Message) {
    let Message { id, route, body } = message;
    let message = Inbound {
        route: RawRoute::Name(route.as_bytes()),
        request: NonZeroU64::new(*id),
        body: Ok(Cow::Borrowed(body.as_bytes())),
    };
    dispatch.message(cx, message).expect("the message keeps to the protocol");
}

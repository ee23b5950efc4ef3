//! The users of the cluster, as this node reaches them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{sleep, timeout, timeout_at};

use super::calls::Progress;
use super::claiming::patience;
use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder, name_of_room, name_of_user};
use super::finding::{ToUser, Word};
use super::frames::{
    Close, Kind, Push, WhoHas, class_of_frame, class_to_frame, reason_to_tell, unavailable,
};
use super::linked::Link;
use super::node::Node;
use super::peer::Peer;
use super::received::answer;
use crate::group::broadcast;
use crate::metrics::Dropped;
use crate::session::everywhere::{Answered, Everywhere, RoomClaim};
use crate::session::{Session, SessionId};
use crate::wire::Wire;
use crate::wire::outgoing::{Head, Outgoing};
use crate::{CloseReason, DuplicateLogin, Error, ErrorKind, Result, Uid};

/// The most times that a user is claimed whose session here is about to end.
const ATTEMPTS: usize = 3;

/// The time for an answer to the question where a user is.
const ANSWER: Duration = Duration::from_secs(1);

/// The time in which another node frees a name.
const FREED: Duration = Duration::from_millis(100);

impl Everywhere for Node {
    fn wire(&self) -> Option<&Arc<Wire>> {
        self.runtime.get().map(|runtime| &runtime.wire)
    }

    fn has_single_sessions(&self) -> bool {
        self.duplicate_login != DuplicateLogin::Keep
    }

    fn claim_begins(&self, uid: &Uid, session: SessionId) {
        self.holding.crossing.claim_begins(&claim_of(uid, session));
    }

    fn claim_ends(&self, uid: &Uid, session: SessionId) {
        self.holding.crossing.claim_ends(&claim_of(uid, session));
    }

    fn claim(self: Arc<Self>, uid: Uid, session: SessionId) -> Answered<Result<()>> {
        Box::pin(async move { self.claim_user(&uid, session).await })
    }

    fn release(&self, uid: &Uid, session: SessionId) {
        self.holding.release(claim_of(uid, session));
    }

    fn push_to_user(&self, uid: &Uid, message: &Outgoing<'_>, known: &[SessionId]) -> Result<()> {
        let is_here = known.iter().any(|session| self.is_own(*session));
        if self.has_single_sessions() && is_here {
            return Ok(());
        }
        if known.is_empty() && !self.gate.peers.has_links() {
            return Err(offline(uid));
        }
        let word = Word::Push(self.push_frame(message)?);
        self.say(ToUser::new(uid, word, known))
    }

    fn push_to_everyone(&self, message: &Outgoing<'_>, except: Option<SessionId>) -> Result<()> {
        let peers = self.gate.peers.all();
        let mut links = peers.iter().filter_map(|peer| Some((peer, peer.link()?))).peekable();
        if links.peek().is_none() {
            return Ok(());
        }
        let push = Push { everyone: true, ..self.push_frame(message)? };
        let mut outcome = Ok(());
        for (peer, link) in links {
            let except = except.filter(|session| session.node() == Some(peer.number));
            let members = except.map(SessionId::counter).into_iter().collect();
            if link.queue.offer(Kind::Push(Push { members, ..push.clone() })).is_err() {
                outcome = Err(unavailable("too much waits for a node"));
            }
        }
        outcome
    }

    fn me(&self) -> crate::Node {
        self.shown()
    }

    fn all(&self) -> Vec<crate::Node> {
        self.view.borrow().nodes().to_vec()
    }

    fn number(&self) -> u32 {
        self.number()
    }

    fn claim_room(self: Arc<Self>, claim: RoomClaim) -> Answered<Result<()>> {
        Box::pin(async move { self.claim_room_name(claim).await })
    }

    fn release_room(&self, room: u64) {
        self.holding.release_room(room);
    }

    fn find_room(
        self: Arc<Self>,
        component: &'static str,
        name: &str,
    ) -> Answered<Result<Option<(u32, u64)>>> {
        let name = name_of_room(component, name);
        Box::pin(async move { self.find_room_name(&name).await })
    }

    fn kick(&self, uid: &Uid, reason: String) {
        let word = Word::Kick(reason_to_tell(&reason));
        if self.say(ToUser::new(uid, word, &[])).is_err() {
            tracing::debug!(%uid, "a kick is not sent: too much waits for users");
        }
    }

    fn is_online(self: Arc<Self>, uid: Uid) -> Answered<bool> {
        Box::pin(async move { !self.gates_of(&uid).await.is_empty() })
    }
}

/// The claim of a session of this node.
fn claim_of(uid: &Uid, session: SessionId) -> Claim {
    let holder = Holder::new(session.node().unwrap_or_default(), session.get());
    Claim::new(ClaimKind::User, name_of_user(uid), holder)
}

/// Asks another node if it has an open session of a user: a certain one, or any with 0. `None` when it cannot be reached;
/// no answer in time is none.
pub(super) fn ask_who_has(
    peer: &Peer,
    uid: &Uid,
    session: u64,
) -> Option<impl Future<Output = Option<bool>> + use<>> {
    let link = peer.link()?;
    let call = link.calls.open(SessionId::from_number(0))?;
    let asked = WhoHas { id: call.id, user: Some(uid.into()), session };
    link.queue.put(Kind::WhoHas(asked));
    Some(async move {
        match timeout(ANSWER, call.progress()).await {
            Ok(Progress::Answered(outcome)) => Some(outcome.is_ok()),
            _ => None,
        }
    })
}

fn offline(uid: &Uid) -> Error {
    Error::new(ErrorKind::Offline, format!("user {uid} is offline"))
}

impl Node {
    async fn claim_user(&self, uid: &Uid, session: SessionId) -> Result<()> {
        let claim = claim_of(uid, session);
        let rule = match self.duplicate_login {
            DuplicateLogin::Replace => ClaimRule::Replace,
            _ => ClaimRule::Refuse,
        };
        let until = patience();
        if timeout_at(until, self.holding.crossing.released(&claim)).await.is_err() {
            return Err(unavailable("the registry of the cluster cannot be reached"));
        }
        for _ in 0..ATTEMPTS {
            let other = match self.claim_name(&claim, rule, until).await? {
                Claimed::Granted => return Ok(()),
                Claimed::Replaced(other) => {
                    self.holding.replaces(claim, other);
                    self.replace(other);
                    return Ok(());
                }
                Claimed::Taken(other) => other,
            };
            // Who does not answer may have it.
            if timeout_at(until, self.keeps(uid, other)).await.unwrap_or(true) {
                break;
            }
        }
        Err(Error::new(ErrorKind::AlreadyOnline, format!("user {uid} is online already")))
    }

    /// Returns `false` if a session, which has a user by the registry, has ended or is about to. Then its name is freed: a
    /// session that is closing refuses nobody.
    async fn keeps(&self, uid: &Uid, holder: Holder) -> bool {
        if holder.node() != self.number() {
            let asked = self.gate.peers.get(holder.node());
            let keeps = match asked.and_then(|peer| ask_who_has(&peer, uid, holder.id())) {
                // The same.
                Some(answered) => answered.await.unwrap_or(true),
                None => return true,
            };
            if !keeps {
                // It is freed there in this moment.
                sleep(FREED).await;
            }
            return keeps;
        }
        let is_open = self.session(holder.id()).is_some_and(|session| !session.is_closed());
        let ending = Claim::new(ClaimKind::User, name_of_user(uid), holder);
        is_open || !matches!(timeout(ANSWER, self.registry.release(&ending)).await, Ok(Ok(())))
    }

    /// The names that sessions and rooms of this node hold.
    pub(super) fn held(&self) -> Vec<Claim> {
        let mut held = self.holding.room_claims();
        if self.has_single_sessions() {
            let number = Some(self.number());
            self.sessions.for_each(|session| {
                let is_own = session.id().node() == number && session.link().owner().is_none();
                if let Some(uid) = session.uid().filter(|_| is_own && !session.is_closed()) {
                    held.push(claim_of(&uid, session.id()));
                }
            });
        }
        held
    }

    /// A push without receivers.
    fn push_frame(&self, message: &Outgoing<'_>) -> Result<Push> {
        let Head::Push { route, class } = message.head() else { return Ok(Push::default()) };
        let wire = self.wire().ok_or_else(|| unavailable("the app has ended"))?;
        let body = message.body(wire)?;
        let (len, limit) = (body.len() + route.len(), wire.packet_limit);
        if len > limit {
            let text = format!("the message has {len} bytes, and {limit} are allowed");
            return Err(Error::new(ErrorKind::BodyTooLarge, text));
        }
        let (class, key) = class_to_frame(class);
        Ok(Push { route: route.to_owned(), body, class: class.into(), key, ..Push::default() })
    }

    /// The open sessions of a user whose clients are connected to this node.
    fn sessions_here(&self, uid: &Uid) -> Vec<Session> {
        let Some(runtime) = self.runtime.get() else { return Vec::new() };
        let mut sessions = runtime.common.users.sessions(uid);
        sessions.retain(|session| session.link().owner().is_none() && session.is_open());
        sessions
    }

    /// Takes a push for a user's sessions here, or for all.
    pub(super) fn push_here(&self, push: Push, peer: &Peer, link: &Link) {
        let Some(uid) = push.user.clone() else {
            let mut sessions = self.sessions.list();
            sessions.retain(|session| session.link().owner().is_none() && session.is_open());
            return self.deliver(&push, &sessions);
        };
        let Some(uid) = uid.into_uid() else {
            return tracing::debug!(node = peer.number, "a push to a user without an id");
        };
        if push.returned {
            return self.say_again(&uid, peer.number, push);
        }
        let sessions = self.sessions_here(&uid);
        if !sessions.is_empty() {
            return self.deliver(&push, &sessions);
        }
        let is_given_back =
            push.alone && link.queue.offer(Kind::Push(Push { returned: true, ..push })).is_ok();
        if !is_given_back {
            self.note_offline();
        }
    }

    /// Notes that a push is lost, whose user is at no gate that takes it.
    pub(super) fn note_offline(&self) {
        if let Some(metrics) = self.log.metrics() {
            metrics.dropped(Dropped::Offline, 1);
        }
    }

    /// Sends a push to sessions of this node that are not among those that have it.
    fn deliver(&self, push: &Push, sessions: &[Session]) {
        let route = crate::Push::with_class(&push.route, class_of_frame(push.class(), push.key));
        let is_meant = |session: &Session| !push.members.contains(&session.id().counter());
        let sent = broadcast(sessions, is_meant, route, &|_, out| {
            out.extend_from_slice(&push.body);
            Ok(())
        });
        if let Err(error) = sent {
            tracing::debug!(route = push.route, error = %error.report(), "a push is not sent");
        }
    }

    /// Closes sessions for another node, which is told that it is done.
    pub(super) fn close_here(&self, close: Close, link: &Link) {
        let Close { session, kick, id, replaced, user } = close;
        let sessions = match user.and_then(|user| user.into_uid()) {
            Some(uid) => self.sessions_here(&uid),
            None => self.session(session).into_iter().collect(),
        };
        for session in sessions {
            let reason = match &kick {
                _ if replaced => CloseReason::Replaced,
                Some(reason) => CloseReason::Kicked(reason.clone().into()),
                None => CloseReason::Closed,
            };
            session.link().close(reason);
        }
        if id != 0 {
            answer(link, id, Ok(()));
        }
    }

    /// Tells another node whether a user is here. A session that has the user by the registry only loses it.
    pub(super) fn who_has(&self, asked: WhoHas, link: &Link) {
        let WhoHas { id, user, session } = asked;
        let Some(uid) = user.and_then(|user| user.into_uid()) else { return };
        let is_here = match session {
            0 => !self.sessions_here(&uid).is_empty(),
            // It may be about to be bound.
            _ => self.session(session).is_some_and(|session| !session.is_closed()),
        };
        if !is_here && session != 0 {
            self.holding.release(claim_of(&uid, SessionId::from_number(session)));
        }
        let gone = || Error::new(ErrorKind::Offline, "the user is not here");
        let outcome = is_here.then_some(()).ok_or_else(gone);
        answer(link, id, outcome.as_ref().copied());
    }
}

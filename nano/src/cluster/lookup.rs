//! The search for the gates of users.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, timeout};

use super::claims::{ClaimKind, name_of_user};
use super::finding::{ToUser, Word};
use super::frames::{Close, Kind, Push};
use super::node::Node;
use super::users::ask_who_has;
use crate::session::SessionId;
use crate::session::everywhere::Everywhere as _;
use crate::{Result, Uid};

/// The time for which the gates of a user are remembered.
const REMEMBERED: Duration = Duration::from_secs(1);

/// The time for an answer of the registry.
const ANSWER: Duration = Duration::from_secs(1);

/// The users that are looked up at a time.
const AT_A_TIME: usize = 256;

impl Node {
    /// Tells something to the sessions of a user at other nodes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) when too much waits.
    pub(super) fn say(&self, to_user: ToUser) -> Result<()> {
        let mut state = self.finding.state();
        // A kick is rare, and must not miss: it is looked up. So is what goes beside a session at another gate: that the
        // user has one there was not known yet.
        let own = self.number();
        let is_known = |gates: &[u32]| {
            let mut nodes = to_user.known.iter().filter_map(|session| session.node());
            matches!(to_user.word, Word::Push(_))
                && nodes.all(|node| node == own || gates.contains(&node))
        };
        if let Some(gates) = state.gates(&to_user.uid).filter(|gates| is_known(gates)) {
            // With the lock, so that a gate is told everything in the order in which it was said.
            self.send_to(&gates, &to_user);
            return Ok(());
        }
        let uid = to_user.uid.clone();
        if state.wait(to_user)? {
            // The node has ended.
            let _ = self.finding.asked.send(uid);
        }
        Ok(())
    }

    /// Tells it once more: the gate that was told does not have the user.
    pub(super) fn say_again(&self, uid: &Uid, gate: u32, push: Push) {
        self.finding.state().forget(uid, gate);
        let known: Vec<_> = push.elsewhere.iter().copied().map(SessionId::from_number).collect();
        // What says to whom it goes is told anew.
        let Push { route, body, class, key, .. } = push;
        let word = Word::Push(Push { route, body, class, key, ..Push::default() });
        let to_user = ToUser { is_again: true, ..ToUser::new(uid, word, &known) };
        if self.say(to_user).is_err() {
            self.note_offline();
        }
    }

    fn send_to(&self, gates: &[u32], to_user: &ToUser) {
        let ToUser { uid, word, known, is_again } = to_user;
        if gates.is_empty() && matches!(word, Word::Push(_)) && known.is_empty() {
            self.note_offline();
        }
        for gate in gates {
            let Some(link) = self.gate.peers.get(*gate).and_then(|peer| peer.link()) else {
                tracing::debug!(node = gate, "the gate of a user cannot be reached");
                if matches!(word, Word::Push(_)) {
                    self.note_offline();
                }
                continue;
            };
            match word {
                Word::Push(push) => {
                    let alone = gates.len() == 1 && !is_again;
                    let (here, others): (Vec<SessionId>, Vec<_>) =
                        known.iter().partition(|session| session.node() == Some(*gate));
                    let elsewhere = others.iter().filter(|_| alone).map(|session| session.get());
                    let push = Push {
                        user: Some(uid.into()),
                        members: here.iter().map(|session| session.counter()).collect(),
                        alone,
                        elsewhere: elsewhere.collect(),
                        ..push.clone()
                    };
                    if link.queue.offer(Kind::Push(push)).is_err() {
                        tracing::debug!(node = gate, "a push is not sent: too much waits");
                        self.note_offline();
                    }
                }
                Word::Kick(reason) => {
                    let (user, kick) = (Some(uid.into()), Some(reason.clone()));
                    link.queue.put(Kind::Close(Close { user, kick, ..Close::default() }));
                }
            }
        }
    }

    /// Looks users up, until the node ends.
    pub(super) async fn find_users(self: Arc<Self>) {
        let Some(mut inbox) = self.finding.inbox() else { return };
        let asked = stream::poll_fn(|cx| inbox.poll_recv(cx));
        tokio::select! {
            () = self.end.cancelled() => {}
            () = asked.for_each_concurrent(AT_A_TIME, |uid| self.look_up(uid)) => {}
        }
    }

    async fn look_up(&self, uid: Uid) {
        let registered = self.registered_gates(&uid).await;
        // The registry is asked again for a user that is nowhere: it costs one question, and not one to each node.
        let is_kept = registered.as_ref().is_none_or(|gates| !gates.is_empty());
        let gates: Arc<[u32]> = match registered {
            Some(gates) => gates.into(),
            None => self.asked_gates(&uid).await.into(),
        };
        let until = is_kept.then(|| Instant::now() + REMEMBERED);
        let mut state = self.finding.state();
        for to_user in state.found(uid, &gates, until) {
            self.send_to(&gates, &to_user);
        }
    }

    /// Returns the other nodes at which a user has open sessions.
    pub(super) async fn gates_of(&self, uid: &Uid) -> Vec<u32> {
        match self.registered_gates(uid).await {
            Some(gates) => gates,
            None => self.asked_gates(uid).await,
        }
    }

    /// The same, by the registry; `None` when it cannot tell.
    async fn registered_gates(&self, uid: &Uid) -> Option<Vec<u32>> {
        if !self.has_single_sessions() || self.finding.state().is_registry_silent() {
            return None;
        }
        let name = name_of_user(uid);
        match timeout(ANSWER, self.registry.find(ClaimKind::User, &name)).await {
            Ok(Ok(holder)) => {
                let gate = holder.map(|holder| holder.node());
                Some(gate.filter(|gate| *gate != self.number()).into_iter().collect())
            }
            Ok(Err(_)) => None,
            Err(_) => {
                // Others need not wait for it as well.
                self.finding.state().registry_is_silent();
                None
            }
        }
    }

    /// The same, by the nodes themselves.
    async fn asked_gates(&self, uid: &Uid) -> Vec<u32> {
        let peers = self.gate.peers.all();
        let asked = peers.iter().filter_map(|peer| {
            let answered = ask_who_has(peer, uid, 0)?;
            Some(async move { answered.await.unwrap_or(false).then_some(peer.number) })
        });
        join_all(asked).await.into_iter().flatten().collect()
    }
}

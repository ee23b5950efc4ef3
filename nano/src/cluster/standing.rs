//! The standing of this node among the others: its number, its record, and the last view.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use super::events::Event;
use super::node::Node as This;
use super::peer::Peer;
use super::registry::View;
use super::witness;
use crate::{CloseReason, Node};

impl This {
    /// The number of this node; 0 until it has joined.
    pub(crate) fn number(&self) -> u32 {
        self.number.load(Ordering::Relaxed)
    }

    /// Returns `true` if the registry has let this node in, whatever has become of it since.
    pub(crate) fn has_joined(&self) -> bool {
        self.number() > 0
    }

    pub(super) fn take_number(&self, number: u32) {
        self.number.store(number, Ordering::Relaxed);
        self.highest.fetch_max(number, Ordering::AcqRel);
    }

    /// The highest number that this node ever saw.
    pub(super) fn highest(&self) -> u32 {
        self.highest.load(Ordering::Acquire)
    }

    /// This node, as the others are told of it.
    pub(super) fn record(&self) -> Node {
        let address = match (&self.config.advertised, self.address.get()) {
            (None, Some(bound)) => bound.to_string(),
            _ => self.config.shown_address().to_owned(),
        };
        let name = self.config.name.clone().unwrap_or_else(|| address.clone());
        let routes = self.runtime.get().into_iter().flat_map(|runtime| runtime.routes.handlers());
        let components: BTreeSet<&str> = routes.map(|route| route.info.component()).collect();
        Node::new(self.number(), name, address).with_components(components).with_gate(self.is_gate)
    }

    /// This node as it is in the last view, if it is there.
    pub(super) fn shown(&self) -> Node {
        let shown = self.view.borrow().node(self.number()).cloned();
        shown.unwrap_or_else(|| self.record())
    }

    /// Notes the view that has been taken over.
    pub(super) fn show(&self, view: &View) {
        self.highest.fetch_max(view.highest(), Ordering::AcqRel);
        self.view.send_replace(view.clone());
    }

    /// Returns `true` while this node is in the last view that it has taken over.
    pub(crate) fn is_member(&self) -> bool {
        self.view.borrow().node(self.number()).is_some()
    }

    /// Waits until it is known whether another node is a member; `None` when it is not, or no more.
    pub(super) async fn member(&self, number: u32) -> Option<Arc<Peer>> {
        let mut views = self.view.subscribe();
        loop {
            let is_drawn = self.go.as_ref().is_some_and(|go| go.has_go_master());
            let is_old = number <= self.highest() && !is_drawn;
            if let Some(peer) = self.gate.peers.get(number) {
                return Some(peer);
            }
            // Numbers only grow: a greater one is that of a node which this one has not heard of yet.
            if is_old || views.changed().await.is_err() {
                return None;
            }
        }
    }

    /// Looks for evidence that a node, whose link broke, is gone.
    pub(super) fn suspect(self: &Arc<Self>, peer: &Arc<Peer>) {
        #[cfg(test)]
        if self.config.is_wired_by_hand {
            return;
        }
        if self.config.is_behind_proxy || self.end.is_cancelled() || peer.retired.is_cancelled() {
            return;
        }
        self.tasks.spawn(witness::look(self.clone(), peer.clone()));
    }

    /// Returns the changes of the other nodes, for the hooks of the app.
    pub(crate) fn events(&self) -> Option<mpsc::UnboundedReceiver<Event>> {
        self.events.subscribe()
    }

    /// Closes the sessions of earlier numbers of this node: no other node would know them.
    pub(super) fn close_strays(&self) {
        let number = Some(self.number());
        self.sessions.for_each(|session| {
            if session.id().node() != number && session.link().owner().is_none() {
                session.link().close(CloseReason::NodeLost);
            }
        });
    }

    /// Lets the app close what the node has, and whoever was with it.
    pub(super) async fn fenced(&self) {
        if let Some(when_fenced) = self.when_fenced.get() {
            when_fenced().await;
        }
    }
}

//! The changes of the other nodes, on their way to the hooks of the app.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::Node;
use crate::component::NodeEvent;

/// A change of the other nodes.
pub(crate) type Event = (NodeEvent, Node);

/// The changes, until the node leaves.
#[derive(Debug, Default)]
pub(super) struct Events(Mutex<Option<mpsc::UnboundedSender<Event>>>);

impl Events {
    /// Returns the changes from now on, for the one who asks first. They are as many as nodes come and go.
    pub(super) fn subscribe(&self) -> Option<mpsc::UnboundedReceiver<Event>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.is_none().then(|| {
            *events = Some(sender);
            receiver
        })
    }

    pub(super) fn tell(&self, event: NodeEvent, node: &Node) {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(events) = &*events {
            // The app has ended.
            let _ = events.send((event, node.clone()));
        }
    }

    /// Ends the changes.
    pub(super) fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

//! The moments at which the app calls methods by itself: hooks and timers.

use std::time::Duration;

/// A moment in the life of an app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// Before the app listens, in order of registration. An error stops the start.
    Init,
    /// After every component's `Init`, before the first connection.
    AfterInit,
    /// When the app [drains](crate::drain), sessions still connected and served; all hooks at the same time. A room may
    /// have such a hook, too.
    Drain,
    /// When shutdown begins, sessions still connected; in reverse order of registration.
    BeforeShutdown,
    /// When every session has ended; in reverse order of registration.
    Shutdown,
}

impl Lifecycle {
    /// A hook of this moment. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

/// A moment in the life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The handshake is complete; runs before the session's first message.
    Opened,
    /// [`Session::bind`](crate::Session::bind) gave it a user id; runs after the handler that did so.
    Bound,
    /// Its connection was lost, and its client may come back: see [`App::resume`](crate::App::resume). Runs after
    /// the handler that was running.
    Lost,
    /// Its client came back over another connection; runs before the messages that come over it. It runs only after
    /// `Lost`.
    Resumed,
    /// It has ended: after its last handler, and after it has left every group.
    Closed,
}

impl SessionEvent {
    /// A hook of this moment. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

/// A change of the nodes of a cluster, which the app learns of: see [`nodes`](crate::nodes). Without a cluster, and about the
/// app's own node, there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// Another node is in the cluster, and this one has reached it for the first time: calls and messages can go there.
    Joined,
    /// Another node, of which the app was told, is not in the cluster any more: it left, or was given up.
    Left,
}

impl NodeEvent {
    /// A hook of this change. `label` names it in logs.
    pub fn hook(self, label: &'static str) -> Hook<Self> {
        Hook { moment: self, label }
    }
}

/// A moment that a method waits for: a [`Lifecycle`], a [`SessionEvent`] or a [`NodeEvent`], from their `hook`.
#[derive(Clone, Copy, Debug)]
pub struct Hook<M> {
    pub(super) moment: M,
    pub(super) label: &'static str,
}

/// A timer that runs from the start of an instance to its end.
#[derive(Clone, Copy, Debug)]
pub struct Every {
    pub(crate) period: Duration,
    pub(crate) label: &'static str,
}

impl Every {
    /// A timer with this period. `label` names it in logs.
    pub fn new(period: Duration, label: &'static str) -> Self {
        Self { period, label }
    }
}

/// A timer that runs at the times of a cron expression, from the start of an instance to its end.
///
/// [`Context::cron`](crate::Context::cron) has the form of expressions. [`App::start`](crate::App::start) reports those
/// that cannot be read.
#[cfg(feature = "cron")]
#[derive(Clone, Copy, Debug)]
pub struct Cron {
    pub(super) expression: &'static str,
    pub(super) label: &'static str,
}

#[cfg(feature = "cron")]
impl Cron {
    /// A timer with this expression. `label` names it in logs.
    pub fn new(expression: &'static str, label: &'static str) -> Self {
        Self { expression, label }
    }
}

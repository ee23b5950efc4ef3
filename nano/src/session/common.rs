//! The part of an app that its sessions share.

use std::sync::{OnceLock, Weak};

use super::calls::Calls;
#[cfg(feature = "cluster")]
use super::everywhere::Everywhere;
use super::users::{DuplicateLogin, UserTable};

/// The users of an app, and the limits of its sessions. `S` is the session, which holds this.
pub(crate) struct Common<S> {
    pub(crate) users: UserTable<S>,
    /// The most that the keys and values of a session's data may take, in bytes.
    pub(crate) data_limit: usize,
    /// The way of the calls that components make, while the app runs.
    pub(crate) calls: OnceLock<Weak<dyn Calls<S>>>,
    /// The users and sessions of other nodes, in a cluster.
    #[cfg(feature = "cluster")]
    pub(crate) everywhere: OnceLock<Weak<dyn Everywhere>>,
}

impl<S: Clone + PartialEq> Common<S> {
    pub(crate) fn new(policy: DuplicateLogin, data_limit: usize) -> Self {
        Self {
            users: UserTable::new(policy),
            data_limit,
            calls: OnceLock::new(),
            #[cfg(feature = "cluster")]
            everywhere: OnceLock::new(),
        }
    }
}

/// The defaults of an app, for tests of a session without one.
#[cfg(test)]
impl<S: Clone + PartialEq> Default for Common<S> {
    fn default() -> Self {
        Self::new(DuplicateLogin::default(), 16 * 1024)
    }
}

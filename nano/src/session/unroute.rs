//! The choice of the node that serves a session, anew.

use std::sync::Weak;

use super::Session;

impl Session {
    /// Lets the node that serves this session's messages for a component be chosen anew, with its next message to the
    /// component. It has no effect where the component is on the session's own node, or there is no cluster.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{component, Result, Session};
    ///
    /// struct Field;
    ///
    /// #[component]
    /// impl Field {
    ///     #[handler]
    ///     fn travel(&self, session: &Session, realm: usize) -> Result<()> {
    ///         session.data().set("realm", &realm)?;
    ///         session.unroute("field"); // `Cluster::route` reads the realm
    ///         Ok(())
    ///     }
    /// }
    /// ```
    pub fn unroute(&self, component: &str) {
        if let Some(owner) = self.link().owner() {
            owner.unroute(component);
        } else if let Some(calls) = self.0.common.calls.get().and_then(Weak::upgrade) {
            calls.unroute(self, component);
        }
    }
}

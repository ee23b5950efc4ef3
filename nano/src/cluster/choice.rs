//! The application's choice among the nodes that can serve a session.

use std::fmt;
use std::sync::Arc;

use crate::{Node, Session};

/// The function that chooses a node for a session.
type Choose = dyn Fn(&Session, &[Node]) -> Option<u32> + Send + Sync;

/// The application's choice for one component.
#[derive(Clone)]
pub(super) struct Choice(pub(super) Arc<Choose>);

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Choice")
    }
}

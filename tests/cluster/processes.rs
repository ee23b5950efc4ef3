//! Nodes in processes that are killed and stopped.

mod frozen;
mod killed;
mod master;
pub(crate) mod restarted;
mod slow;
pub(crate) mod stage;

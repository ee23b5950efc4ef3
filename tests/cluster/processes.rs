//! Nodes in processes that are killed and stopped.

mod closes;
pub(crate) mod frozen;
mod killed;
pub(crate) mod logins;
mod master;
pub(crate) mod restarted;
mod rolling;
mod slow;
pub(crate) mod stage;

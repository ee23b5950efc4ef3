//! Nodes in processes that are killed and stopped.

mod killed;
mod stage;

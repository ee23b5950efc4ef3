//! What `nano/src/docs/semantics.md` promises, by its numbers.

mod bounds;
mod closing;
mod concurrent;
mod cycle;
mod isolation;
mod no_globals;
mod one_reply;
mod order;
mod shutdown;
mod startup;
pub(crate) mod support;
mod time;

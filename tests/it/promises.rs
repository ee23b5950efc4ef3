//! Tests of the promises in `nano/src/docs/semantics.md`, by their numbers.

mod bounds;
mod closing;
mod concurrent;
mod cycle;
mod drain;
mod isolation;
mod no_globals;
mod one_reply;
mod order;
mod self_lock;
mod shutdown;
mod slow_consumers;
mod startup;
pub(crate) mod support;
mod threads;
mod time;

//! What `nano/src/docs/semantics.md` promises, by its numbers.

mod concurrent;
mod one_reply;
mod order;
pub(crate) mod support;

//! Tests.

mod client;
mod codec;

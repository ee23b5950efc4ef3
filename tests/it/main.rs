//! Tests.

mod codec;

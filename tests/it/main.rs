//! Tests.

mod codec;
mod hostile;

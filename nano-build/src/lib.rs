//! For the build scripts of nano game servers.

pub mod emit;
mod error;
mod lock;
pub mod manifest;
mod output;
mod protos;
#[cfg_attr(not(test), expect(dead_code, reason = "what reads manifests from sources comes next"))]
mod types;

pub use error::{Error, Result};

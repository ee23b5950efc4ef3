//! For the build scripts of nano game servers.

pub mod emit;
mod error;
pub mod manifest;
#[cfg_attr(not(test), expect(dead_code, reason = "what reads manifests from sources comes next"))]
mod types;

pub use error::{Error, Result};

//! For the build scripts of nano game servers.

pub mod compat;
pub mod emit;
mod error;
pub mod manifest;

pub use error::{Error, Result};

//! For the build scripts of nano game servers.

pub mod emit;
mod error;
mod lock;
pub mod manifest;
mod output;
mod protos;

pub use error::{Error, Result};

//! nano

pub mod codec;

//! nano-syntax

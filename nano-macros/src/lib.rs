//! nano-macros

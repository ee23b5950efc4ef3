//! Messages of the framework's own, generated from `proto/`.

#![allow(unreachable_pub, missing_docs, reason = "generated")]

include!("proto/nano.rs");

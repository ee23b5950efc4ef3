//! The messages between nodes, and to etcd, generated from `proto/`.

#![allow(unreachable_pub, missing_docs, reason = "generated")]

pub(crate) mod frames;

pub(crate) mod cluster {
    include!("proto/cluster.rs");
}

pub(crate) mod clusterpb {
    include!("proto/clusterpb.rs");
}

pub(crate) mod registry {
    include!("proto/registry.rs");
}

#[cfg(feature = "etcd")]
pub(crate) mod etcd {
    include!("proto/etcd.rs");
}

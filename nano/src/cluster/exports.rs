//! The public items of nodes.

pub use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
pub use super::config::{Cluster, OnFenced};
#[cfg(feature = "etcd")]
pub use super::etcd::Etcd;
pub use super::go::GoNano;
pub use super::loss::OnLoss;
pub use super::registry::{Asked, Registry, RegistryError, View};
pub use super::tls::NodeTls;

//! The public items of nodes.

pub use super::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
pub use super::config::{Cluster, OnFenced};
pub use super::registry::{Asked, Registry, RegistryError, View};
pub use super::tls::NodeTls;

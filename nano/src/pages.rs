//! Pages of documentation, each a module without items.

#[doc = include_str!("docs/semantics.md")]
pub mod semantics {}

#[doc = include_str!("docs/calls.md")]
pub mod calls {}

#[doc = include_str!("docs/drain.md")]
pub mod drain {}

#[cfg(feature = "cluster")]
#[doc = include_str!("docs/nodes.md")]
pub mod nodes {}

#[cfg(feature = "etcd")]
#[doc = include_str!("docs/etcd.md")]
pub mod etcd {}

#[doc = include_str!("docs/handshake.md")]
pub mod handshake {}

#[doc = include_str!("docs/rooms.md")]
pub mod rooms {}

#[cfg(feature = "kcp")]
#[doc = include_str!("docs/kcp.md")]
pub mod kcp {}

#[doc = include_str!("docs/limits.md")]
pub mod limits {}

#[doc = include_str!("docs/logs.md")]
pub mod logs {}

#[doc = include_str!("docs/pipeline.md")]
#[cfg_attr(feature = "client", doc = "```")]
#[cfg_attr(feature = "client", doc = include_str!("../examples/encryption.rs"))]
#[cfg_attr(feature = "client", doc = "```")]
#[doc = "\nThe same for the JavaScript client, with the cryptography that browsers and Node.js have built in:\n"]
#[doc = "```js"]
#[doc = include_str!("../examples/encryption.js")]
#[doc = "```"]
pub mod pipeline {}

#[doc = include_str!("docs/observability.md")]
pub mod observability {}

#[doc = include_str!("docs/policy.md")]
pub mod policy {}

#[doc = include_str!("docs/protocol.md")]
pub mod protocol {}

#[doc = include_str!("docs/proxies.md")]
pub mod proxies {}

#[doc = include_str!("docs/resume.md")]
pub mod resume {}

#[cfg(feature = "tls")]
#[doc = include_str!("docs/tls.md")]
pub mod tls {}

#[doc = include_str!("docs/users.md")]
pub mod users {}

#[cfg(feature = "webtransport")]
#[doc = include_str!("docs/webtransport.md")]
pub mod webtransport {}

//! Tests of faults that other frameworks have, each under its number in the list of traps.
//!
//! - 02, 03, 05 and 21 concern the codec: `codec/traps.rs`. 02 and 03 are also tested through a server.
//! - 01, 02, 03, 06 to 09, 12, 16, 22 to 24 and 29 concern hostile peers: `hostile`.
//! - 22, a validator's refusal: `runtime/handshake.rs`.
//! - 27 needs a listener that fails: `nano/src/door/accept/tests.rs`.
//! - 19, wrong signatures, is mostly a matter of the macros' compile errors; the rest is here.
//! - 26, documentation that drifts, is covered by doc tests and by `house`.
//!
//! - 34 and 42, nodes that come, go and lose their registry: `nano/src/cluster/master/tests.rs`, and the simulation in
//!   `nano/src/cluster/sim`.
//!
//! This concerns a part that does not exist yet:
//!
//! - 39, the authentication of nodes: nothing is encrypted between them. The rest is in `nodes`.

mod apps;
mod nodes;
mod pushes;
mod replies;
mod rooms;
mod sessions;
mod timers;
mod users;

//! What broke in other frameworks, each under the number it has in the list of traps.
//!
//! - 02, 03, 05 and 21 are the codec's: `codec/traps.rs`. 02 and 03 are also tried through a server.
//! - 01, 02, 03, 06 to 09, 12, 16, 22 to 24 and 29 are peers': `hostile`.
//! - 27 needs a listener that fails: `nano/src/net/accept/tests.rs`.
//! - 19, wrong signatures: the macros' compile errors; what is left of it is here.
//! - 26, documentation that drifts: doc tests, and the checks of the house.
//!
//! These wait for a part that does not exist yet:
//!
//! - 17, replacing an older session of the same user: `bind` keeps both. What can be said without a
//!   replacement is here.
//! - 22, a validator's refusal: handshakes have no hook. What a peer does wrong is told already.
//! - 25, a join while a room is disposed of: there are no rooms. That the shutdown waits is here.
//! - 31 to 42, many nodes: there is no cluster.

mod apps;
mod pushes;
mod replies;
mod sessions;
mod timers;

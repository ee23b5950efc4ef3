//! The build script side of nano game servers: the dictionary, clients and messages, generated from the
//! annotated Rust code and the `.proto` files.
//!
//! ```no_run
//! // build.rs
//! fn main() -> nano_build::Result<()> {
//!     nano_build::Config::new().typescript("client/src/gen").compile()
//! }
//! ```
//!
//! ```toml
//! # Cargo.toml
//! [build-dependencies]
//! nano-build = { path = "../nano/nano-build" }
//! ```
//!
//! A build script runs before the macros expand. It reads the same sources with the same parser, and
//! finds the same components, handlers and pushes. From them and their types it makes
//!
//! - **the dictionary**: two bytes stand for a route on the wire. The codes are kept in `routes.lock`,
//!   which is committed: a code is never used for another route, so that shipped clients keep
//!   working. `nano::include_routes!()` brings the dictionary in, and the app checks at its start that
//!   its routes are those that were scanned:
//!
//!   ```ignore
//!   App::new().routes(nano::include_routes!()).component(Room::default())
//!   ```
//!
//! - **clients** in JavaScript ([`javascript`](Config::javascript)), TypeScript
//!   ([`typescript`](Config::typescript)) and C# ([`csharp`](Config::csharp)), with the types, the
//!   dictionary and the documentation of the server:
//!
//!   ```js
//!   const game = createClient('ws://127.0.0.1:3250/nano');
//!   game.on.newUser((user) => console.log(user.name));
//!   const { members } = await game.room.join({ name: 'Ann' });
//!   ```
//!
//! - **messages** in Rust, from `.proto` files ([`protos`](Config::protos), feature `protos`). `protoc` need not be
//!   installed. `nano::include_protos!()` brings them in, in a module for each package.
//! - **a manifest** ([`manifest`](Config::manifest)): all of that as JSON, for other generators, and to be
//!   [compared](compat) with that of an earlier version for changes that break clients.
//!
//! # Where the build script goes
//!
//! It belongs to the package that calls `nano::include_routes!()`, which usually is the one whose `main`
//! makes the `App`. The library and the programs of that package are scanned, wherever Cargo finds them
//! (`src/lib.rs`, `src/main.rs`, `src/bin`) or `Cargo.toml` names them. If components are in another package of
//! the workspace, name the roots of both crates: a root that is named takes the place of the default ones.
//!
//! ```no_run
//! fn main() -> nano_build::Result<()> {
//!     nano_build::Config::new()
//!         .root("src/main.rs")
//!         .root("../rooms/src/lib.rs")
//!         .javascript("web")
//!         .compile()
//! }
//! ```
//!
//! Or give the build script to the package with the components, and let it export the routes:
//! `pub const ROUTES: nano::Routes = nano::include_routes!();`.
//!
//! # Builds and errors
//!
//! Files are written only if they change, and come back if they are deleted or edited by hand. An edit
//! inside of a function is recognised, and costs a few milliseconds. After an edit that clients can
//! see, all files are read again: a second or so for 200 of them, a fifth of that with
//!
//! ```toml
//! [profile.dev.build-override]
//! opt-level = 2
//! ```
//!
//! With `NANO_BUILD=check` in the environment, for CI, nothing outside of Cargo's own folder is
//! written, and a committed file that is not up to date is an error.
//!
//! Mistakes that the compiler reports are left to it: the build script then keeps the files as they
//! are and does not fail. Problems that only the build script can see are errors with their places: a
//! component made by a macro, a type that means nothing to clients, an attribute macro on a message that may
//! change its JSON ([`Config::harmless_macro`]), two routes that would be one
//! method. Likely mistakes are warnings: no routes at all, or a mapping of a type that no message has.

pub mod compat;
mod compile;
mod config;
mod describe;
pub mod emit;
mod encoding;
mod environment;
mod error;
#[cfg(test)]
mod folder;
mod lock;
pub mod manifest;
mod output;
mod package;
mod protos;
mod serde_options;
mod stamp;
mod types;

pub use config::Config;
pub use error::{Error, Result};

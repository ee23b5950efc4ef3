//! A scanner that finds the components and pushes in the sources of a crate.
//!
//! A build script runs before the macros expand, so it reads the same sources with the same parser.
//! [`scan`] follows `mod` from the root of a crate to all of its files, evaluates `#[cfg]`, reads
//! every impl block with `#[component]` and every trait with `#[push]`, and looks up the types of
//! their messages. It reads files through its caller's [`Sources`].
//!
//! # Limits
//!
//! - A component or push that a macro makes, or that is inside a function, is not found. It is an
//!   error that says how to avoid it, wherever the attribute can be recognised in the tokens.
//! - Files brought in by `include!` are not read. Types defined there keep the path that they are
//!   named by. The messages that `include_protos!` and `include_proto!` bring in are types like any
//!   other: [`Sources`] knows the files.
//! - A name that only a `*` import of another crate can have brought is resolved if the crate is nano or the
//!   standard library, else not. `#[component]` and `#[push]` are recognised by their own names all the same.
//! - Conditions that only the compiler knows are not evaluated: see [`CfgSet::from_env`].
//!
//! Function bodies are not parsed at all: they may use syntax that is newer than the parser, and a
//! mistake in one is for the compiler to report.
//!
//! # Examples
//!
//! ```
//! use std::path::{Path, PathBuf};
//!
//! use nano_syntax::scan::{CfgSet, scan};
//!
//! let read = |path: &Path| match path.to_str() {
//!     Some("src/main.rs") => Ok("mod room; struct Say { text: String }".to_owned()),
//!     Some("src/room.rs") => Ok(r#"
//!         struct Room;
//!         #[nano::component]
//!         impl Room {
//!             #[handler]
//!             fn say(&self, say: crate::Say) {}
//!         }
//!     "#.to_owned()),
//!     _ => Err(std::io::ErrorKind::NotFound.into()),
//! };
//! let found = scan(&[PathBuf::from("src/main.rs")], &CfgSet::new(), &read).unwrap();
//! let routes = found.crates[0].routes();
//! assert_eq!(routes[0].name, "room.say");
//! assert_eq!(found.crates[0].types[0].path, "crate::Say");
//! assert_eq!(found.files, ["src/main.rs", "src/room.rs"].map(PathBuf::from));
//! ```

mod attributes;
mod bodies;
mod cfg_set;
mod collect;
mod directory;
mod error;
mod globs;
mod hidden;
mod load;
mod model;
mod names;
mod nesting;
mod proto;
mod resolve;
mod routes;
mod skeleton;
mod source;
mod sources;
mod tree;
mod types;

use std::path::PathBuf;

pub use cfg_set::CfgSet;
pub use error::{ErrorKind, Location, ScanError, ScanErrors};
pub use model::{
    ProtoItem, Route, RouteKind, Scan, ScannedComponent, ScannedCrate, ScannedEvent,
    ScannedHandler, ScannedPush, ScannedType, TypeAttribute, TypeTree, TypeUse,
};
pub use skeleton::skeleton;
pub use sources::{ProtoPackage, ProtoUse, Sources};

use load::Loader;
use tree::{Linked, Tree};

use crate::attribute;

/// Reads crates, each from its root (`src/main.rs`, `src/lib.rs`), under one configuration.
///
/// A file that belongs to several crates is read and parsed once. A crate may use what another one
/// defines, if [`Sources::crate_name`] tells its name.
///
/// # Errors
///
/// Fails with all mistakes in all files. Nesting, the number of files and modules and the amount of
/// text are bounded; exceeding a bound is an error like any other.
pub fn scan(roots: &[PathBuf], cfg: &CfgSet, sources: &impl Sources) -> Result<Scan, ScanErrors> {
    let mut loader = Loader::new(cfg, sources);
    let mut crates = Vec::with_capacity(roots.len());
    let mut clashes = Vec::new();
    let trees = roots.iter().map(|root| {
        let mut tree = loader.load(root);
        proto::include(&mut tree, &mut loader);
        Linked { name: sources.crate_name(root), renamed: sources.renamed(root), tree }
    });
    let (tree, ranges) = Tree::link(trees.collect());
    for (root, modules) in roots.iter().zip(ranges) {
        let found = collect::collect(root, &tree, modules, &mut loader);
        clashes.extend(found.clashes());
        crates.push(found);
    }
    loader.report_rest(clashes);
    let (files, errors) = loader.finish();
    if errors.is_empty() { Ok(Scan { crates, files }) } else { Err(ScanErrors { errors, files }) }
}

/// The text of the doc comments among some attributes, without the space that each line starts with.
pub fn docs(attributes: &[syn::Attribute]) -> String {
    attribute::doc_text(&attribute::doc_attributes(attributes))
}

//! Emitters, which turn a manifest into the files of a client.
//!
//! Emitters return files and leave writing them to the caller. They read nothing but the
//! [`Manifest`], so a client can be made anywhere, from a file.
//!
//! The files of [`typescript`], in a folder of their own:
//!
//! | file | holds |
//! |---|---|
//! | `routes.ts` | the dictionary, `createClient(url)` and the interface that it returns |
//! | `types.ts` | the types of a JSON application |
//! | `<proto path>_pb.ts` | the messages of a protobuf application, for [`@bufbuild/protobuf`] 2.5 or newer |
//! | `nano.js`, `nano.d.ts`, .. | the runtime, unless [`ClientOptions::runtime`] names a package |
//!
//! [`javascript`] makes the same as `.js` for browsers and Node.js, with `.d.ts` beside. A client of
//! a protobuf application imports the package `@bufbuild/protobuf`: browsers need a bundler for
//! that, or an import map. TypeScript has to be 5.0 or newer.
//! `tsc` leaves the runtime, which is JavaScript, out of an `outDir` unless `"allowJs"` is `true` and the folder of the
//! client is in `"include"`; bundlers find it in any case.
//! Payloads are plain objects; a value whose type is an `interface` of your own is spread into one, as
//! `game.pond.swim({ ...pose })`.
//!
//! A component `room` is `game.room`, and one with dots in its name, `connector.entryHandler`, is
//! `game.connector.entryHandler`. If there is a component `connector` as well, its handlers stand beside
//! `entryHandler`, and none of them can have that name.
//!
//! `routes` exports the types of `types` too. An application whose own type is called `Game`, like
//! the interface that `createClient` returns, finds it in `types` only.
//!
//! [`csharp`] makes a client for Unity: `Routes.cs`, and `Types.cs` of a JSON application.
//!
//! # Examples
//!
//! ```
//! use nano_build::emit::{self, ClientOptions};
//! use nano_build::manifest::{Component, FORMAT, Handler, Kind, Manifest, Serializer, Type};
//!
//! let manifest = Manifest {
//!     format: FORMAT,
//!     package: "echo-server".into(),
//!     serializer: Serializer::Json,
//!     dict_version: "3f2a9c0d".into(),
//!     components: vec![Component {
//!         name: "echo".into(),
//!         docs: String::new(),
//!         handlers: vec![Handler {
//!             name: "say_back".into(),
//!             route: "echo.say_back".into(),
//!             code: 1,
//!             kind: Kind::Request,
//!             payload: Some(Type::String),
//!             reply: Some(Type::String),
//!             docs: "Answers with what it was told.".into(),
//!         }],
//!     }],
//!     pushes: vec![],
//!     types: vec![],
//!     descriptors: None,
//! };
//! let files = emit::typescript(&manifest, &ClientOptions::new())?;
//! let routes = files.iter().find(|file| file.path.ends_with("routes.ts")).unwrap();
//! assert!(routes.text.contains("sayBack(payload: string, options?: RequestOptions): Promise<string>;"));
//! # Ok::<(), nano_build::Error>(())
//! ```
//!
//! [`@bufbuild/protobuf`]: https://www.npmjs.com/package/@bufbuild/protobuf

mod client;
mod csharp;
mod face;
mod json;
mod protobuf;
pub(crate) mod routes;
mod runtime;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

pub use csharp::csharp;

use crate::error::Result;
use crate::manifest::{Manifest, Serializer};

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Its path below the folder of the client.
    pub path: PathBuf,
    /// Its contents.
    pub text: String,
}

impl OutputFile {
    fn new(path: impl Into<PathBuf>, text: String) -> Self {
        Self { path: path.into(), text }
    }
}

/// The type of integers of 64 bits and more in clients of a JSON application, in JavaScript and
/// TypeScript.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Int64 {
    /// `number | bigint`: a `bigint` where a `number` would lose digits. All values arrive as they are.
    #[default]
    Exact,
    /// `number`: a message with a value beyond 53 bits, as of a random id, is an error where it
    /// arrives.
    Number,
}

/// The options of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientOptions {
    /// The package that the client imports its runtime from, such as `nano-client`. If it is
    /// `None`, the runtime's files are among those returned.
    pub runtime: Option<String>,
    /// The namespace of a client in C#, such as `Pond.Net`. If it is `None`, it is named after the
    /// package.
    pub namespace: Option<String>,
    /// The type of integers of 64 bits and more.
    pub int64: Int64,
}

impl ClientOptions {
    /// Creates the default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the package that the client imports its runtime from, instead of files beside it.
    pub fn runtime(mut self, specifier: impl Into<String>) -> Self {
        self.runtime = Some(specifier.into());
        self
    }

    /// Sets the namespace of a client in C#.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Sets the type of integers of 64 bits and more.
    pub fn int64(mut self, int64: Int64) -> Self {
        self.int64 = int64;
        self
    }
}

/// Writes a client in JavaScript, with declarations for TypeScript and editors.
///
/// # Errors
///
/// Fails with every problem at once: properties that would have the same name or mean something
/// else to JavaScript, types that the manifest does not hold, and features of protobuf that the
/// client does not have.
pub fn javascript(manifest: &Manifest, options: &ClientOptions) -> Result<Vec<OutputFile>> {
    emit(manifest, options, &[Target::Js, Target::Dts])
}

/// Writes a client in TypeScript. The runtime stays JavaScript, with its declarations.
///
/// # Errors
///
/// As [`javascript`].
pub fn typescript(manifest: &Manifest, options: &ClientOptions) -> Result<Vec<OutputFile>> {
    emit(manifest, options, &[Target::Ts])
}

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// TypeScript
    Ts,
    /// JavaScript
    Js,
    /// The declarations of a file in JavaScript
    Dts,
}

impl Target {
    fn extension(self) -> &'static str {
        match self {
            Self::Ts => "ts",
            Self::Js => "js",
            Self::Dts => "d.ts",
        }
    }

    fn has_types(self) -> bool {
        self != Self::Js
    }

    fn has_code(self) -> bool {
        self != Self::Dts
    }

    /// The keywords of an exported constant.
    fn export_const(self) -> &'static str {
        if self == Self::Dts { "export declare const" } else { "export const" }
    }
}

fn emit(
    manifest: &Manifest,
    options: &ClientOptions,
    targets: &[Target],
) -> Result<Vec<OutputFile>> {
    let header = text::header(&manifest.package);
    let face = face::Face::of(manifest, &client::NAMING);
    let mut problems = face.problems.clone();
    let mut files = Vec::new();
    let types: Box<dyn client::PayloadTypes> = match manifest.serializer {
        Serializer::Json => {
            let types = json::Types::of(manifest, options.int64, &mut problems);
            // A module that holds nothing but types has no code.
            for target in targets.iter().filter(|target| target.has_types()) {
                let path = format!("types.{}", target.extension());
                files.push(OutputFile::new(path, types.module(&header)));
            }
            Box::new(types)
        }
        Serializer::Protobuf => {
            if options.int64 != Int64::Exact {
                problems.push(
                    "Config::int64 is for JSON: integers of 64 bits in protobuf messages are always `bigint`"
                        .to_owned(),
                );
            }
            let schema = protobuf::Schema::of(manifest, &mut problems);
            for file in schema.files() {
                for &target in targets {
                    let path = format!("{}_pb.{}", file.stem(), target.extension());
                    files.push(OutputFile::new(path, schema.module(file, target, &header)));
                }
            }
            Box::new(schema)
        }
    };
    let client = client::Client::of(manifest, &face, &*types, &mut problems);
    crate::Error::check(problems)?;
    let runtime_module = options.runtime.as_deref().unwrap_or(runtime::LOCAL);
    for &target in targets {
        let path = format!("routes.{}", target.extension());
        files.push(OutputFile::new(path, client.module(target, &header, runtime_module)));
    }
    if options.runtime.is_none() {
        files.extend(runtime::files(&header));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

//! The options of a build script.

#[cfg(feature = "protos")]
mod messages;

use std::path::PathBuf;

use crate::emit::{ClientOptions, Int64};
use crate::manifest::Serializer;
use crate::types;

/// The files to generate, and their sources.
///
/// Paths are relative to the folder of `Cargo.toml`.
///
/// # Examples
///
/// ```no_run
/// fn main() -> nano_build::Result<()> {
///     nano_build::Config::new()
///         .protos(&["proto/game.proto"])
///         .javascript("web/gen")
///         .typescript("client/src/gen")
///         .compile()
/// }
/// ```
#[derive(Debug, Default)]
#[must_use = "nothing happens before `compile`"]
pub struct Config {
    pub(crate) roots: Vec<PathBuf>,
    pub(crate) flags: Vec<String>,
    #[cfg(feature = "protos")]
    pub(crate) protos: crate::protos::Options,
    pub(crate) serializer: Option<Serializer>,
    pub(crate) types: types::Options,
    pub(crate) lock: Option<PathBuf>,
    pub(crate) client: ClientOptions,
    pub(crate) javascript: Option<PathBuf>,
    pub(crate) typescript: Option<PathBuf>,
    pub(crate) csharp: Option<PathBuf>,
    pub(crate) manifest: Option<PathBuf>,
}

impl Config {
    /// Creates a configuration that generates the dictionary alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the root of a crate to scan for components and pushes, in place of the default: the library and
    /// the programs of the package, where Cargo finds them or `Cargo.toml` names them (`[lib]`,
    /// `[[bin]]`, `src/bin`). Programs whose `required-features` are off are left out. Examples, tests and
    /// benches are not scanned unless they are named here.
    ///
    /// The roots of other packages may be given, as `../rooms/src/lib.rs`. They are read under the
    /// conditions (`cfg`) of this package. All of them know each other's types: messages may be
    /// defined in a crate that clients or other servers share.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = nano_build::Config::new().root("src/main.rs").root("../messages/src/lib.rs");
    /// ```
    pub fn root(mut self, path: impl Into<PathBuf>) -> Self {
        self.roots.push(path.into());
        self
    }

    /// Adds a condition that holds, as `loom` of `#[cfg(loom)]`: one that the build script itself
    /// sets by `cargo::rustc-cfg`. Those that Cargo sets are known.
    pub fn cfg(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    /// Sets the serializer of the application. By default, it is protobuf if handlers and pushes
    /// have messages from [`protos`](Self::protos), else JSON.
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.serializer = Some(serializer);
        self
    }

    /// Sets the TypeScript type of a Rust type that the generator cannot describe: one of another
    /// crate, or one with its own `impl Serialize`.
    ///
    /// `path` is the whole path of a type (`uuid::Uuid`, `crate::time::Moment`), or of a field of one
    /// (`crate::room::Player.since`).
    ///
    /// # Examples
    ///
    /// ```
    /// let config = nano_build::Config::new().map_type("uuid::Uuid", "string");
    /// ```
    pub fn map_type(mut self, path: impl Into<String>, typescript: impl Into<String>) -> Self {
        self.types.mappings.insert(path, typescript.into());
        self
    }

    /// Says that an attribute macro does not change what serde writes and reads, by its whole path.
    ///
    /// A macro on the type of a message, or on a module around it, may change fields or their attributes, which the generator
    /// does not see. Those of `serde_with` are known (but for `apply`), any other is an error until it is named
    /// here. Attributes that belong to a derive, as `#[validate(..)]`, need no mention.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = nano_build::Config::new().harmless_macro("typeshare::typeshare");
    /// ```
    pub fn harmless_macro(mut self, path: impl Into<String>) -> Self {
        self.types.harmless.insert(path, ());
        self
    }

    /// Sets the file that keeps the codes of routes. By default, it is `routes.lock` beside
    /// `Cargo.toml`.
    ///
    /// Packages whose servers form one cluster share the file.
    pub fn lock(mut self, path: impl Into<PathBuf>) -> Self {
        self.lock = Some(path.into());
        self
    }

    /// Writes a JavaScript client with its declarations to a folder: `routes.js`, and the modules
    /// that it imports.
    ///
    /// Files that an earlier build of this package generated there, and this one does not, are
    /// removed. If routes depend on features or targets, the client is that of the last build: let
    /// the build script choose the folder by `CARGO_FEATURE_*` if several are wanted.
    pub fn javascript(mut self, folder: impl Into<PathBuf>) -> Self {
        self.javascript = Some(folder.into());
        self
    }

    /// Writes a TypeScript client to a folder: `routes.ts`, and the modules that it imports. The runtime among
    /// them is JavaScript: `tsc` copies it to an `outDir` with `"allowJs": true` and the folder in
    /// `"include"`; bundlers need neither.
    /// Outdated files are removed as for [`javascript`](Self::javascript).
    pub fn typescript(mut self, folder: impl Into<PathBuf>) -> Self {
        self.typescript = Some(folder.into());
        self
    }

    /// Writes a C# client for Unity to a folder. Outdated files are removed as for
    /// [`javascript`](Self::javascript).
    pub fn csharp(mut self, folder: impl Into<PathBuf>) -> Self {
        self.csharp = Some(folder.into());
        self
    }

    /// Sets the namespace of the C# client, as `Pond.Net`. By default, it is named after the
    /// package.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.client = self.client.namespace(namespace);
        self
    }

    /// Sets the type of `i64`, `u64` and larger integers in JavaScript and TypeScript clients of a JSON
    /// application. By default, it is `number | bigint`, which holds every value; with
    /// [`Int64::Number`](crate::emit::Int64::Number) it is `number`, and a value beyond 53 bits is an error where
    /// it arrives.
    pub fn int64(mut self, int64: Int64) -> Self {
        self.client = self.client.int64(int64);
        self
    }

    /// Sets the package that the generated clients import the runtime from, as `nano-client`. By
    /// default, its files are written beside them.
    pub fn runtime(mut self, package: impl Into<String>) -> Self {
        self.client = self.client.runtime(package);
        self
    }

    /// Writes the [manifest](crate::manifest::Manifest) to a file, to be committed: two of them can
    /// be compared for changes that break clients.
    pub fn manifest(mut self, path: impl Into<PathBuf>) -> Self {
        self.manifest = Some(path.into());
        self
    }
}

impl Config {
    /// Returns no messages: there are no `.proto` files to compile.
    #[cfg(not(feature = "protos"))]
    pub(crate) fn messages(
        &mut self,
        _root: &std::path::Path,
    ) -> crate::Result<crate::protos::Protos> {
        Ok(crate::protos::Protos::default())
    }

    /// Returns `true` if the types of messages have to be described for clients.
    pub(crate) fn wants_client(&self) -> bool {
        let wanted = [&self.javascript, &self.typescript, &self.csharp, &self.manifest];
        wanted.iter().any(|path| path.is_some())
    }
}

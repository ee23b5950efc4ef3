//! What a build script asks for.

#[cfg(feature = "protos")]
mod messages;

use std::path::PathBuf;

use crate::emit::ClientOptions;
use crate::manifest::Serializer;
use crate::types::TypeMappings;

/// What to generate, and from what.
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
    pub(crate) mappings: TypeMappings,
    pub(crate) lock: Option<PathBuf>,
    pub(crate) client: ClientOptions,
    pub(crate) javascript: Option<PathBuf>,
    pub(crate) typescript: Option<PathBuf>,
    pub(crate) csharp: Option<PathBuf>,
    pub(crate) manifest: Option<PathBuf>,
}

impl Config {
    /// Asks for the dictionary alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the root of a crate to scan for components and pushes, in place of the default:
    /// `src/lib.rs` and `src/main.rs`, whichever exist.
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

    /// Lets a condition hold, as `loom` of `#[cfg(loom)]`: one that the build script itself sets by
    /// `cargo::rustc-cfg`. What Cargo sets is known.
    pub fn cfg(mut self, flag: impl Into<String>) -> Self {
        self.flags.push(flag.into());
        self
    }

    /// Says how the application writes its payloads. By default, it is protobuf if a handler or a
    /// push has a message from [`protos`](Self::protos), else JSON.
    pub fn serializer(mut self, serializer: Serializer) -> Self {
        self.serializer = Some(serializer);
        self
    }

    /// Says what a type is in TypeScript, where the generator cannot know: one of another crate, or
    /// one with its own `impl Serialize`.
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
        self.mappings.insert(path.into(), typescript.into());
        self
    }

    /// Sets where the codes of routes are kept. By default, it is `routes.lock` beside `Cargo.toml`.
    ///
    /// Packages whose servers form one cluster share the file.
    pub fn lock(mut self, path: impl Into<PathBuf>) -> Self {
        self.lock = Some(path.into());
        self
    }

    /// Writes a JavaScript client with its declarations to a folder: `routes.js`, and what it needs.
    ///
    /// Files that an earlier build of this package generated there, and this one does not, are
    /// removed. If routes depend on features or targets, the client is that of the last build: let
    /// the build script choose the folder by `CARGO_FEATURE_*` if several are wanted.
    pub fn javascript(mut self, folder: impl Into<PathBuf>) -> Self {
        self.javascript = Some(folder.into());
        self
    }

    /// Writes a TypeScript client to a folder: `routes.ts`, and what it needs. The folder is kept as
    /// that of [`javascript`](Self::javascript) is.
    pub fn typescript(mut self, folder: impl Into<PathBuf>) -> Self {
        self.typescript = Some(folder.into());
        self
    }

    /// Writes a C# client for Unity to a folder. The folder is kept as that of
    /// [`javascript`](Self::javascript) is.
    pub fn csharp(mut self, folder: impl Into<PathBuf>) -> Self {
        self.csharp = Some(folder.into());
        self
    }

    /// Puts the C# client into a namespace, as `Pond.Net`. By default, it is named after the package.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.client = self.client.namespace(namespace);
        self
    }

    /// Lets the generated clients import the runtime from a package, as `nano-client`, instead of
    /// the files that are otherwise written beside them.
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
    /// There are no `.proto` files to compile.
    #[cfg(not(feature = "protos"))]
    pub(crate) fn messages(
        &mut self,
        _root: &std::path::Path,
    ) -> crate::Result<crate::protos::Protos> {
        Ok(crate::protos::Protos::default())
    }

    /// Whether types have to mean something to clients.
    pub(crate) fn wants_client(&self) -> bool {
        let wanted = [&self.javascript, &self.typescript, &self.csharp, &self.manifest];
        wanted.iter().any(|path| path.is_some())
    }
}

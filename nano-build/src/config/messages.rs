//! The options for `.proto` files.

use std::path::Path;

use super::Config;
use crate::error::Result;
use crate::protos::{self, Protos};

/// With the feature `protos`, which is on by default.
impl Config {
    /// Generates Rust from `.proto` files, a module for each package: `nano::include_protos!()` brings in
    /// all of them, `nano::include_proto!("game.v1")` one. Comments become documentation, as plain text.
    ///
    /// No `protoc` is needed. The package needs `prost` among its dependencies, of the version that
    /// nano uses; and `prost-types`, if the files use `google.protobuf.Timestamp` and its like.
    pub fn protos(mut self, files: &[impl AsRef<Path>]) -> Self {
        self.protos.files.extend(files.iter().map(|file| file.as_ref().to_owned()));
        self
    }

    /// Sets the folders in which `.proto` files look for their imports. By default, these are the
    /// folders of the files given to [`protos`](Self::protos), the outermost first.
    pub fn includes(mut self, folders: &[impl AsRef<Path>]) -> Self {
        self.protos.includes.extend(folders.iter().map(|folder| folder.as_ref().to_owned()));
        self
    }

    /// Derives `serde::Serialize` and `serde::Deserialize` for all messages, so that an application
    /// can send them as JSON, or store them. Fields that are left out have their default, as in
    /// protobuf. The package needs `serde` among its dependencies.
    ///
    /// # The types of `google.protobuf`
    ///
    /// Wrappers, as `google.protobuf.StringValue`, are the value or `null`. An `Empty` is `null`, set or not. The
    /// others (`Timestamp`, `Duration`, `Any`, `Struct`, ..) are types of the crate `prost-types`, which has
    /// no serde: a message that holds one is an error of the build. Either put a type of your own in its place,
    /// with the same fields and whatever JSON you want,
    ///
    /// ```
    /// let config = nano_build::Config::new().protos(&["proto/game.proto"]).serde().prost(|prost| {
    ///     prost.extern_path(".google.protobuf.Timestamp", "crate::Timestamp");
    /// });
    /// ```
    ///
    /// ```ignore
    /// #[derive(Clone, Copy, PartialEq, Eq, Hash, prost::Message, serde::Deserialize, serde::Serialize)]
    /// pub struct Timestamp {
    ///     #[prost(int64, tag = "1")]
    ///     pub seconds: i64,
    ///     #[prost(int32, tag = "2")]
    ///     pub nanos: i32,
    /// }
    /// ```
    ///
    /// or leave the fields out of JSON, or name functions that convert them, by `#[serde(with = "..")]`:
    ///
    /// ```
    /// let config = nano_build::Config::new().protos(&["proto/game.proto"]).serde().prost(|prost| {
    ///     prost.field_attribute("game.Score.at", "#[serde(skip)]");
    /// });
    /// ```
    pub fn serde(mut self) -> Self {
        self.protos.serde = true;
        self
    }

    /// Adjusts the configuration of prost: attributes, map types, external paths.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = nano_build::Config::new().protos(&["proto/game.proto"]).prost(|prost| {
    ///     prost.btree_map(["."]);
    /// });
    /// ```
    pub fn prost(mut self, adjust: impl FnOnce(&mut prost_build::Config) + 'static) -> Self {
        self.protos.prost.push(Box::new(adjust));
        self
    }

    /// Compiles the files.
    pub(crate) fn messages(&mut self, root: &Path) -> Result<Protos> {
        protos::compile(root, std::mem::take(&mut self.protos))
    }
}

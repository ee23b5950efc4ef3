//! The messages of `.proto` files, in Rust.

#[cfg(feature = "protos")]
mod compiler;
#[cfg(feature = "protos")]
mod files;
#[cfg(feature = "protos")]
mod names;
#[cfg(feature = "protos")]
mod unwritten;

use std::collections::BTreeMap;
use std::path::PathBuf;

use prost_types::FileDescriptorSet;

#[cfg(feature = "protos")]
pub(crate) use compiler::{Options, compile};

/// The messages of an application.
#[derive(Debug, Default)]
pub(crate) struct Protos {
    /// The files and their imports, with their comments.
    pub(crate) descriptors: FileDescriptorSet,
    /// The Rust of each package, by the name that `include_proto!` takes.
    pub(crate) modules: BTreeMap<String, String>,
    /// The files that were read.
    pub(crate) sources: Vec<PathBuf>,
    /// The full name of each message, by its package and its path in Rust: `outer::Inner`.
    names: BTreeMap<(String, String), String>,
}

impl Protos {
    /// The full protobuf name of a generated type; `None` if it is no message.
    pub(crate) fn full_name(&self, package: &str, path: &str) -> Option<&str> {
        self.names.get(&(package.to_owned(), path.to_owned())).map(String::as_str)
    }

    /// The full protobuf name of a type of the crate `prost-types`, if the files import its message.
    pub(crate) fn well_known(&self, path: &str) -> Option<String> {
        let name = path.strip_prefix("prost_types::")?;
        let files = self.descriptors.file.iter();
        let mut messages = files
            .filter(|file| file.package() == "google.protobuf")
            .flat_map(|file| &file.message_type);
        messages.any(|message| message.name() == name).then(|| format!("google.protobuf.{name}"))
    }
}

//! The messages of `.proto` files, in Rust.

#[cfg(feature = "protos")]
mod compiler;
#[cfg(feature = "protos")]
mod docs;
#[cfg(feature = "protos")]
mod files;
#[cfg(feature = "protos")]
mod names;
mod originals;
#[cfg(feature = "protos")]
mod packages;
#[cfg(feature = "protos")]
mod tree;
#[cfg(feature = "protos")]
mod unwritten;
#[cfg(feature = "protos")]
mod uses;

use std::collections::BTreeMap;
use std::path::PathBuf;

use nano_syntax::scan::{ProtoItem, ProtoUse, Scan};
use prost_types::FileDescriptorSet;

#[cfg(feature = "protos")]
pub(crate) use compiler::{Options, compile};
pub(crate) use originals::text as comment_text;

/// The file that `nano::include_protos!` includes.
#[cfg(feature = "protos")]
const ALL: &str = "nano_protos.rs";
/// The folder of the files that `nano::include_proto!` includes.
#[cfg(feature = "protos")]
const FOLDER: &str = "nano_protos";

/// The messages of an application.
#[derive(Debug, Default)]
pub(crate) struct Protos {
    /// The files and their imports, with their comments.
    pub(crate) descriptors: FileDescriptorSet,
    /// The files that were read.
    pub(crate) sources: Vec<PathBuf>,
    /// The packages that have messages, by their names in the files.
    packages: BTreeMap<String, Package>,
    /// All packages, if they can be together.
    all: Option<Package>,
    /// The reasons why they cannot.
    clashes: Vec<String>,
    /// The comments of the files, by the Markdown that stands for them in Rust.
    comments: BTreeMap<String, String>,
}

/// The Rust of one message package, or of all.
#[derive(Debug)]
pub(crate) struct Package {
    /// The path of its file in Cargo's folder.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The other packages that it uses.
    pub(crate) uses: Vec<ProtoUse>,
    /// The full name of each message, by its path in the file: `outer::Inner`.
    names: BTreeMap<String, String>,
}

impl Protos {
    /// All packages, each by itself and together.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().chain(&self.all)
    }

    /// One package, or all.
    ///
    /// # Errors
    ///
    /// Fails with a message that names the packages that there are.
    pub(crate) fn package(&self, name: Option<&str>) -> Result<&Package, String> {
        let known = match name {
            Some(name) => self.packages.get(name),
            None => self.all.as_ref(),
        };
        known.ok_or_else(|| match name {
            Some(name) if self.packages.is_empty() => {
                format!(
                    "no package `{name}`: name its .proto file in nano_build::Config::protos(..)"
                )
            }
            None if self.packages.is_empty() => {
                "no messages: name their .proto files in nano_build::Config::protos(..)".to_owned()
            }
            Some(name) => format!("no package `{name}`; this build has {}", self.listed()),
            None => {
                format!("these packages cannot be brought in together: {}", self.clashes.join("; "))
            }
        })
    }

    fn listed(&self) -> String {
        let named = self.packages.keys().filter(|name| !name.is_empty());
        let mut listed: Vec<String> = named.map(|name| format!("`{name}`")).collect();
        if self.packages.contains_key("") {
            listed.push("messages without a package, as `include_proto!(\"\")`".to_owned());
        }
        listed.join(", ")
    }

    /// Gives the types that were generated the comments as they were written, for clients.
    pub(crate) fn restore_comments(&self, found: &mut Scan) {
        let types = found.crates.iter_mut().flat_map(|found| &mut found.types);
        for ty in types.filter(|ty| ty.proto.is_some()) {
            originals::restore(ty, &self.comments);
        }
    }

    /// The full protobuf name of a generated type; `None` if it is no message.
    pub(crate) fn full_name(&self, item: &ProtoItem) -> Option<&str> {
        let package = self.package(item.package.as_deref()).ok()?;
        package.names.get(&item.path).map(String::as_str)
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

//! The compiler of `.proto` files: protox in place of `protoc`, and prost.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use prost_build::Module;
use prost_types::FileDescriptorProto;
use protox::Compiler;

use super::docs::Comments;
use super::names::Declared;
use super::{Protos, files as proto_files, packages};
use crate::error::{Error, Result};

#[cfg(test)]
mod tests;

/// The files to compile, and the options of prost.
#[derive(Default)]
pub(crate) struct Options {
    /// The files.
    pub(crate) files: Vec<PathBuf>,
    /// The folders of imports; the files' own folders if there are none.
    pub(crate) includes: Vec<PathBuf>,
    /// True if messages get serde's derives.
    pub(crate) serde: bool,
    /// Adjustments of prost's configuration.
    pub(crate) prost: Vec<AdjustProst>,
}

/// An adjustment of prost's configuration by the build script.
pub(crate) type AdjustProst = Box<dyn FnOnce(&mut prost_build::Config)>;

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("files", &self.files)
            .field("includes", &self.includes)
            .field("serde", &self.serde)
            .finish_non_exhaustive()
    }
}

/// Compiles the files; relative paths start from `root`.
///
/// # Errors
///
/// Fails with the first mistake in the files, with its place.
pub(crate) fn compile(root: &Path, options: Options) -> Result<Protos> {
    if options.files.is_empty() {
        return Ok(Protos::default());
    }
    let files: Vec<PathBuf> = options.files.iter().map(|file| root.join(file)).collect();
    let missing = options.files.iter().zip(&files).filter(|(_, path)| !path.is_file());
    let missing = missing.map(|(name, _)| {
        format!(
            "{}: no such file, of those given to Config::protos (paths start at the folder of Cargo.toml)",
            name.display()
        )
    });
    Error::check(missing.collect())?;
    let includes = includes(root, &options.includes, &files);
    let fault = |error: protox::Error| Error::new(located(&error, &includes, root));
    let mut compiler = Compiler::with_file_resolver(proto_files::resolver(&includes, root));
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files).map_err(fault)?;
    let descriptors = compiler.file_descriptor_set();
    let sources = compiler.files().filter_map(|file| on_disk(file.name(), &includes)).collect();

    let declared = Declared::of(&descriptors.file);
    let nameless = declared.nameless().map(|name| {
        format!("`{name}` has a part of underscores alone, which is no name in Rust: rename it")
    });
    Error::check(nameless.collect())?;
    let mut comments = Comments::default();
    let requests = descriptors.file.iter().cloned().map(|mut file| {
        comments.take(&mut file);
        (Module::from_protobuf_package_name(file.package()), file)
    });
    let requests = requests.collect();
    let generated = generate(requests, options.serde, options.prost)?;
    let protos = packages::assemble(&descriptors, &declared, generated, &comments)?;
    Ok(Protos { descriptors, sources, ..protos })
}

/// The folders in which imports are looked for.
fn includes(root: &Path, given: &[PathBuf], files: &[PathBuf]) -> Vec<PathBuf> {
    if !given.is_empty() {
        return given.iter().map(|path| root.join(path)).collect();
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in files.iter().filter_map(|file| file.parent()) {
        if !folders.iter().any(|known| known == folder) {
            folders.push(folder.to_owned());
        }
    }
    // A file has its name from the first folder around it, and those in imports start at the outermost.
    folders.sort_by_key(|folder| folder.components().count());
    folders
}

/// The Rust that prost makes of files, by its modules.
fn generate(
    requests: Vec<(Module, FileDescriptorProto)>,
    serde: bool,
    adjustments: Vec<AdjustProst>,
) -> Result<HashMap<Module, String>> {
    let mut config = prost_build::Config::new();
    // Full names are read back from these impls.
    config.enable_type_names();
    if serde {
        config.type_attribute(".", "#[derive(::serde::Deserialize, ::serde::Serialize)]");
        // A field that is not set is left out in protobuf: JSON may do the same.
        config.message_attribute(".", "#[serde(default)]");
    }
    for adjust in adjustments {
        adjust(&mut config);
    }
    let problem = |text: &str| Error::new(format!("prost cannot generate the messages: {text}"));
    // prost panics if two values of an enum are one in Rust.
    match catch_unwind(AssertUnwindSafe(|| config.generate(requests))) {
        Ok(generated) => generated.map_err(|error| problem(&error.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(problem(text.unwrap_or("it panicked")))
        }
    }
}

/// The path of a file that imports know by `name`.
fn on_disk(name: &str, includes: &[PathBuf]) -> Option<PathBuf> {
    includes.iter().map(|include| include.join(name)).find(|path| path.exists())
}

/// The message with the whole path of the file, where protox says only the name that imports use.
fn located(error: &protox::Error, includes: &[PathBuf], root: &Path) -> String {
    let text = format!("{error:?}");
    let place = error.file().and_then(|name| {
        let rest = text.strip_prefix(name)?;
        let path = on_disk(name, includes)?;
        let path = path.strip_prefix(root).unwrap_or(&path).to_owned();
        Some(format!("{}{rest}", path.display()))
    });
    place.unwrap_or(text)
}

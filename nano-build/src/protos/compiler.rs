//! The compiler of `.proto` files: protox in place of `protoc`, and prost.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use prost_build::Module;
use protox::Compiler;

use super::unwritten::Unwritten;
use super::{Protos, files as proto_files, names};
use crate::error::{Error, Result};
use crate::output::MARK;

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
    let mut includes: Vec<PathBuf> = options.includes.iter().map(|path| root.join(path)).collect();
    if includes.is_empty() {
        for folder in files.iter().filter_map(|file| file.parent()) {
            if !includes.iter().any(|known| known == folder) {
                includes.push(folder.to_owned());
            }
        }
    }
    let fault = |error: protox::Error| Error::new(located(&error, &includes, root));
    let mut compiler = Compiler::with_file_resolver(proto_files::resolver(&includes, root));
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(&files).map_err(fault)?;
    let descriptors = compiler.file_descriptor_set();
    let sources = compiler.files().filter_map(|file| on_disk(file.name(), &includes)).collect();

    let mut config = prost_build::Config::new();
    // Full names are read back from these impls.
    config.enable_type_names();
    if options.serde {
        config.type_attribute(".", "#[derive(::serde::Deserialize, ::serde::Serialize)]");
        // A field that is not set is left out in protobuf: JSON may do the same.
        config.message_attribute(".", "#[serde(default)]");
    }
    for adjust in options.prost {
        adjust(&mut config);
    }
    let requests = descriptors
        .file
        .iter()
        .map(|file| (Module::from_protobuf_package_name(file.package()), file.clone()))
        .collect();
    let generated = config
        .generate(requests)
        .map_err(|error| Error::new(format!("prost cannot generate the messages: {error}")))?;

    let mut modules = BTreeMap::new();
    let mut names = BTreeMap::new();
    let mut unwritten = Unwritten::default();
    for (module, text) in generated {
        // prost generates no text for a package whose messages are in `prost-types`.
        if text.trim().is_empty() {
            continue;
        }
        let package = module.to_file_name_or("_");
        let package = package.strip_suffix(".rs").unwrap_or(&package).to_owned();
        let file = syn::parse_file(&text).map_err(|error| {
            Error::new(format!("prost generated Rust that cannot be read: {error}"))
        })?;
        unwritten.add(&package, &file.items);
        for (path, name) in names::full_names(&file.items) {
            names.insert((package.clone(), path), name);
        }
        let text = format!("{MARK}. Do not edit.\n{}", prettyplease::unparse(&file));
        modules.insert(package, text);
    }
    Error::check(unwritten.problems())?;
    Ok(Protos { descriptors, modules, sources, names })
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

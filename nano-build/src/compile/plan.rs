//! The plan of a build: all files that it is going to write.

use std::path::{Path, PathBuf};

use nano_syntax::scan::Scan;

use crate::config::Config;
use crate::describe::{self, Messages};
use crate::emit::{self, OutputFile};
use crate::environment::Environment;
use crate::error::Result;
use crate::lock::Lock;
use crate::manifest::Manifest;
use crate::output::Outputs;
use crate::protos::Protos;

/// The results of a scan, ready to be written.
pub(super) struct Plan {
    /// The Rust of the dictionary.
    pub(super) routes: String,
    /// The manifest; `None` if it has types that mean nothing to clients, and no client was asked
    /// for.
    pub(super) manifest: Option<Manifest>,
    /// Warnings for the person who builds.
    pub(super) warnings: Vec<String>,
    /// Files by their paths: the lock, if it changes, and the manifest, if it was asked for.
    files: Vec<(PathBuf, String)>,
    /// The clients that were asked for, each with its folder.
    clients: Vec<(PathBuf, Vec<OutputFile>)>,
}

impl Plan {
    /// Makes the plan.
    ///
    /// # Errors
    ///
    /// Fails if there are too many routes, types that mean nothing to the clients that were asked
    /// for, or names that they cannot have.
    pub(super) fn new(
        found: &Scan,
        protos: &Protos,
        lock_path: &Path,
        config: &Config,
        environment: &Environment,
    ) -> Result<Self> {
        let lock = Lock::read(lock_path, environment.shown(lock_path))?;
        let codes = lock.with(describe::names(found))?;
        let messages = Messages::of(found, protos, config.serializer, &config.types);
        // A package that asks for no client may have types that none can have.
        let messages = if config.wants_client() { Some(messages?) } else { messages.ok() };
        let is_described = messages.is_some();
        let messages = messages.unwrap_or_default();
        let manifest = describe::manifest(&environment.package, found, &codes, messages);
        let mut files = Vec::new();
        if codes != lock {
            files.push((lock_path.to_owned(), codes.text()));
        }
        if let Some(path) = &config.manifest {
            files.push((environment.root.join(path), manifest.to_json()));
        }
        Ok(Self {
            routes: emit::routes::rust(&manifest, &describe::places(found)),
            clients: clients(&manifest, config, environment)?,
            warnings: warnings(&manifest, found, config),
            manifest: is_described.then_some(manifest),
            files,
        })
    }

    /// Brings all files outside of Cargo's folder up to date.
    pub(super) fn write(&self, outputs: &mut Outputs<'_>) -> Result<()> {
        for (path, text) in &self.files {
            outputs.file(path, text)?;
        }
        for (folder, files) in &self.clients {
            outputs.folder(folder, files)?;
        }
        Ok(())
    }
}

/// Warnings about likely mistakes.
fn warnings(manifest: &Manifest, found: &Scan, config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if !config.wants_client() {
        return warnings;
    }
    if manifest.dictionary().is_empty() {
        let roots = found.crates.iter().map(|found| found.root.display().to_string());
        let roots: Vec<String> = roots.collect();
        let what = if roots.is_empty() {
            "there is no crate to scan, as Cargo.toml names none and none is at src/lib.rs, src/main.rs or in src/bin"
                .to_owned()
        } else {
            format!(
                "there is no #[component] and no #[push] in the modules of {}",
                roots.join(", ")
            )
        };
        warnings.push(format!(
            "{what}: if they are in another package, name the root of its crate, as Config::root(\"../rooms/src/lib.rs\")"
        ));
    }
    warnings.extend(config.types.mappings.unused().map(|path| {
        format!("Config::map_type({path:?}, ..) is of no use: no message has that type, or it has another path")
    }));
    warnings.extend(config.types.harmless.unused().map(|path| {
        format!("Config::harmless_macro({path:?}) is of no use: no message has such a macro, or it has another path")
    }));
    warnings
}

/// The clients that were asked for, each with its folder.
fn clients(
    manifest: &Manifest,
    config: &Config,
    environment: &Environment,
) -> Result<Vec<(PathBuf, Vec<OutputFile>)>> {
    type Emit = fn(&Manifest, &emit::ClientOptions) -> Result<Vec<OutputFile>>;
    let emitters: [(&Option<PathBuf>, Emit); 3] = [
        (&config.javascript, emit::javascript),
        (&config.typescript, emit::typescript),
        (&config.csharp, emit::csharp),
    ];
    let mut clients = Vec::new();
    for (folder, emit) in emitters {
        if let Some(folder) = folder {
            clients.push((environment.root.join(folder), emit(manifest, &config.client)?));
        }
    }
    Ok(clients)
}

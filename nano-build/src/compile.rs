//! The steps of a build.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nano_syntax::scan::{self, Scan, ScanErrors, Sources};

use crate::config::Config;
use crate::describe;
use crate::emit::{self, OutputFile};
use crate::environment::{Environment, MODE};
use crate::error::{Error, Result};
use crate::lock::{Lock, dict_version};
use crate::manifest::Manifest;
use crate::output::{Mode, Outputs, write_if_changed};
use crate::protos::Protos;
use crate::stamp::{self, Stamp};

#[cfg(test)]
mod tests;

/// What `nano::include_routes!` includes.
const ROUTES: &str = "nano_routes.rs";
/// The manifest, for tools that start from a built package.
const MANIFEST: &str = "nano_manifest.json";

/// Generates everything. Returns what Cargo is to be told.
pub(crate) fn run(mut config: Config, environment: &Environment) -> Result<Vec<String>> {
    let started = SystemTime::now();
    let key = stamp::key(&config, environment);
    if let Some(stamp) = Stamp::load(environment, key) {
        return Ok(directives(stamp.read()));
    }
    let protos = config.messages(&environment.root)?;
    let mut written = Vec::new();
    for (package, text) in &protos.modules {
        let path = proto_file(environment, package);
        write_if_changed(&path, text)?;
        written.push(path);
    }
    let lock_path = environment.root.join(config.lock.as_deref().unwrap_or("routes.lock".as_ref()));
    let mut found = match scan_sources(&config, environment, &protos) {
        Ok(found) => found,
        Err(errors) => return refuse(&errors, environment, &protos, &lock_path),
    };
    describe::merge(&mut found);
    describe::check(&found)?;
    let sources: Vec<PathBuf> =
        found.files.iter().map(|file| environment.root.join(file)).collect();

    // Nothing is written before all is known to be well.
    let lock = Lock::read(&lock_path, environment.shown(&lock_path))?;
    let codes = lock.with(describe::names(&found))?;
    let routes = describe::routes(&found, &codes);
    let version = dict_version(routes.iter().map(|route| (&*route.name, route.code)));
    let package = &environment.package;
    let manifest = describe::manifest(package, &version, &found, &protos, &codes, &config);
    // A package that asks for no client need not be describable to one.
    let manifest = if config.wants_client() { Some(manifest?) } else { manifest.ok() };
    let clients = clients(manifest.as_ref(), &config)?;
    let warnings = warnings(&found, &config);

    let mut outputs = Outputs::new(environment.mode, &environment.root, package);
    if codes != lock {
        outputs.file(&lock_path, &codes.text())?;
    }
    for (folder, files) in &clients {
        outputs.folder(&environment.root.join(folder), files)?;
    }
    if let (Some(path), Some(manifest)) = (&config.manifest, &manifest) {
        outputs.file(&environment.root.join(path), &manifest.to_json())?;
    }
    let routes_path = environment.out_dir.join(ROUTES);
    write_if_changed(&routes_path, &emit::routes::rust(&version, &routes))?;
    written.push(routes_path);
    written.extend(leave_manifest(manifest.as_ref(), environment)?);
    set_older(outputs.changed(), environment, &sources);
    let mut committed = outputs.finish()?;

    // What is lost or edited by hand comes back, as whoever builds expects.
    let mut inputs = protos.sources;
    if lock_path.exists() && !committed.contains(&lock_path) {
        inputs.push(lock_path);
    }
    inputs.append(&mut committed);
    let read: Vec<PathBuf> = sources.iter().chain(&inputs).cloned().collect();
    // What was changed while it was read may have been read before or after.
    let is_settled = stamp::newest(&read).is_some_and(|time| time < started);
    // A run that ends early would not repeat the warnings.
    if is_settled && warnings.is_empty() {
        Stamp::new(key, &sources, &inputs, &written).save(environment);
    }
    let mut directives = directives(read.iter().map(PathBuf::as_path));
    directives.extend(warnings.iter().map(|warning| format!("warning={warning}")));
    Ok(directives)
}

/// What is no mistake for certain, and most likely one.
fn warnings(found: &Scan, config: &Config) -> Vec<String> {
    let mut warnings = Vec::new();
    if config.wants_client() && describe::names(found).is_empty() {
        let files: Vec<_> = found.files.iter().map(|file| file.display().to_string()).collect();
        warnings.push(format!(
            "there is no #[component] and no #[push] in {}: if they are in another package, \
             name the root of its crate, as Config::root(\"../rooms/src/lib.rs\")",
            files.join(", ")
        ));
    }
    if config.wants_client() {
        warnings.extend(config.mappings.unused().map(|path| {
            format!("Config::map_type({path:?}, ..) is of no use: no message has that type, or it has another path")
        }));
    }
    warnings
}

fn proto_file(environment: &Environment, package: &str) -> PathBuf {
    environment.out_dir.join(format!("{package}.rs"))
}

fn directives<'a>(read: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let read = read.map(|path| format!("rerun-if-changed={}", path.display()));
    std::iter::once(format!("rerun-if-env-changed={MODE}")).chain(read).collect()
}

/// The sources of the package, and the messages that are generated for them.
struct Files<'a> {
    environment: &'a Environment,
    protos: &'a Protos,
}

impl Sources for Files<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(self.environment.root.join(path))
    }

    fn proto(&self, package: &str) -> Option<PathBuf> {
        self.protos.modules.contains_key(package).then(|| proto_file(self.environment, package))
    }
}

fn scan_sources(
    config: &Config,
    environment: &Environment,
    protos: &Protos,
) -> Result<Scan, ScanErrors> {
    let mut roots = config.roots.clone();
    if roots.is_empty() {
        let usual = ["src/lib.rs", "src/main.rs"].map(PathBuf::from);
        roots.extend(usual.into_iter().filter(|root| environment.root.join(root).exists()));
    }
    let cfg = config.flags.iter().fold(environment.cfg.clone(), |cfg, flag| cfg.flag(flag));
    scan::scan(&roots, &cfg, &Files { environment, protos })
}

/// What is to be done about sources that cannot be understood: the compiler's own messages are
/// better than ours, but it only speaks if the build script does not fail.
fn refuse(
    errors: &ScanErrors,
    environment: &Environment,
    protos: &Protos,
    lock_path: &Path,
) -> Result<Vec<String>> {
    let is_left_to_compiler =
        errors.errors.iter().any(|error| error.kind.is_reported_by_compiler());
    if environment.mode == Mode::Check || !is_left_to_compiler {
        return Err(Error::all(errors.errors.iter().map(ToString::to_string).collect()));
    }
    let routes = environment.out_dir.join(ROUTES);
    if !routes.exists() {
        // Without it, the compiler would complain about that instead.
        write_if_changed(&routes, &emit::routes::rust("", &[]))?;
    }
    let read = errors.files.iter().map(|file| environment.root.join(file));
    let read: Vec<PathBuf> =
        read.chain(protos.sources.clone()).chain([lock_path.to_owned()]).collect();
    let mut directives = directives(read.iter().filter(|path| path.exists()).map(|path| &**path));
    // The compiler may know syntax that the scanner does not: then nobody else would say it.
    directives.extend(errors.errors.iter().map(|error| {
        let line = error.to_string().lines().next().unwrap_or_default().to_owned();
        format!("warning={line} (routes and clients are as they were generated last)")
    }));
    Ok(directives)
}

/// Makes files that are inputs as well no newer than this run. Cargo would run the script once more
/// for a file that is newer, and compile the package again.
fn set_older(paths: &[PathBuf], environment: &Environment, sources: &[PathBuf]) {
    // Cargo compares with the time of this file, which it writes before it starts the script.
    let started = environment.out_dir.parent().map(|folder| folder.join("invoked.timestamp"));
    let started = started.and_then(|path| stamp::newest(&[path]));
    let Some(time) = started.or_else(|| stamp::newest(sources)) else { return };
    for path in paths {
        let file = fs::File::options().append(true).open(path);
        // At worst that one run is not spared.
        let _ = file.and_then(|file| file.set_modified(time));
    }
}

/// Leaves the manifest beside the other results, for tools.
fn leave_manifest(
    manifest: Option<&Manifest>,
    environment: &Environment,
) -> Result<Option<PathBuf>> {
    let path = environment.out_dir.join(MANIFEST);
    let Some(manifest) = manifest else {
        // There may be one of an earlier build.
        let _ = fs::remove_file(&path);
        return Ok(None);
    };
    write_if_changed(&path, &manifest.to_json())?;
    Ok(Some(path))
}

/// The clients that were asked for, each with its folder.
fn clients(
    manifest: Option<&Manifest>,
    config: &Config,
) -> Result<Vec<(PathBuf, Vec<OutputFile>)>> {
    type Emit = fn(&Manifest, &emit::ClientOptions) -> Result<Vec<OutputFile>>;
    let emitters: [(&Option<PathBuf>, Emit); 3] = [
        (&config.javascript, emit::javascript),
        (&config.typescript, emit::typescript),
        (&config.csharp, emit::csharp),
    ];
    let mut clients = Vec::new();
    for (folder, emit) in emitters {
        if let (Some(folder), Some(manifest)) = (folder, manifest) {
            clients.push((folder.clone(), emit(manifest, &config.client)?));
        }
    }
    Ok(clients)
}

//! The steps of a build.

mod plan;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use nano_syntax::scan::ScanErrors;

use crate::config::Config;
use crate::describe;
use crate::emit;
use crate::environment::{Environment, MODE};
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::output::{Mode, Outputs, write_if_changed};
use crate::protos::Protos;
use crate::stamp::{self, Stamp};

use plan::Plan;

#[cfg(test)]
mod tests;

/// The file that `nano::include_routes!` includes.
const ROUTES: &str = "nano_routes.rs";
/// The manifest, for tools that start from a built package.
const MANIFEST: &str = "nano_manifest.json";

impl Config {
    /// Generates all files for the package whose build script calls it.
    ///
    /// Files are written only if they differ. With `NANO_BUILD=check` in the environment, for CI,
    /// nothing is written outside of Cargo's own folder, and a file that differs is an error.
    ///
    /// Code that the compiler will refuse anyway is no error here: the files stay as they were
    /// generated last, so that the compiler's own message is shown.
    ///
    /// # Errors
    ///
    /// Fails with all problems at once, each with its place.
    pub fn compile(self) -> Result<()> {
        let environment = Environment::from_cargo()?;
        let directives = run(self, &environment)?;
        print(&directives);
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "it is how a build script speaks to Cargo")]
fn print(directives: &[String]) {
    for directive in directives {
        println!("cargo::{directive}");
    }
}

/// Generates all files. Returns the directives for Cargo.
fn run(mut config: Config, environment: &Environment) -> Result<Vec<String>> {
    let started = SystemTime::now();
    let roots = sources::roots(&config, environment);
    let origins = sources::origins(&config, environment);
    let key = stamp::key(&(&config, &roots), environment);
    if let Some(stamp) = Stamp::load(environment, key) {
        return Ok(directives(stamp.read()));
    }
    let protos = config.messages(&environment.root)?;
    let mut written = write_messages(&protos, environment)?;
    let lock_path = environment.root.join(config.lock.as_deref().unwrap_or("routes.lock".as_ref()));
    let mut found = match sources::scan(&roots, &config, environment, &protos) {
        Ok(found) => found,
        Err(errors) => {
            let inputs = [protos.sources, origins, vec![lock_path]].concat();
            return refuse(&errors, environment, inputs);
        }
    };
    protos.restore_comments(&mut found);
    describe::merge(&mut found);
    describe::check(&found)?;
    let sources: Vec<PathBuf> =
        found.files.iter().map(|file| environment.root.join(file)).collect();

    // Nothing is written if there is an error.
    let plan = Plan::new(&found, &protos, &lock_path, &config, environment)?;
    let routes = environment.out_dir.join(ROUTES);
    write_if_changed(&routes, &plan.routes)?;
    written.push(routes);
    written.extend(leave_manifest(plan.manifest.as_ref(), environment)?);
    let mut outputs = Outputs::new(environment.mode, &environment.root, &environment.package);
    plan.write(&mut outputs)?;
    set_older(outputs.changed(), environment, &sources);

    // As inputs, files that are lost or edited by hand come back with the next build.
    let mut inputs = outputs.finish()?;
    if lock_path.exists() && !inputs.contains(&lock_path) {
        inputs.push(lock_path);
    }
    inputs.extend(protos.sources);
    inputs.extend(origins);
    let read: Vec<PathBuf> = sources.iter().chain(&inputs).cloned().collect();
    // A file that was changed during this run may have been read before or after.
    let is_settled = stamp::newest(&read).is_some_and(|time| time < started);
    // A run that ends early would not repeat the warnings.
    if is_settled && plan.warnings.is_empty() {
        Stamp::new(key, &sources, &inputs, &written).save(environment);
    }
    let mut directives = directives(read.iter().map(PathBuf::as_path));
    directives.extend(plan.warnings.iter().map(|warning| format!("warning={warning}")));
    Ok(directives)
}

/// Writes the Rust of the messages, which the scanner and the compiler read.
fn write_messages(protos: &Protos, environment: &Environment) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    for package in protos.files() {
        let path = environment.out_dir.join(&package.path);
        write_if_changed(&path, &package.text)?;
        written.push(path);
    }
    Ok(written)
}

fn directives<'a>(read: impl Iterator<Item = &'a Path>) -> Vec<String> {
    let read = read.map(|path| format!("rerun-if-changed={}", path.display()));
    std::iter::once(format!("rerun-if-env-changed={MODE}")).chain(read).collect()
}

/// Handles sources that cannot be read: the compiler's own messages are better than ours, but it
/// only runs if the build script does not fail.
fn refuse(
    errors: &ScanErrors,
    environment: &Environment,
    inputs: Vec<PathBuf>,
) -> Result<Vec<String>> {
    let is_left_to_compiler =
        errors.errors.iter().any(|error| error.kind.is_reported_by_compiler());
    if environment.mode == Mode::Check || !is_left_to_compiler {
        return Err(Error::all(errors.errors.iter().map(ToString::to_string).collect()));
    }
    let routes = environment.out_dir.join(ROUTES);
    if !routes.exists() {
        // Without the file, the compiler would complain about that instead.
        write_if_changed(&routes, &emit::routes::unknown())?;
    }
    let read = errors.files.iter().map(|file| environment.root.join(file));
    let read: Vec<PathBuf> = read.chain(inputs).collect();
    let mut directives = directives(read.iter().filter(|path| path.exists()).map(|path| &**path));
    // The compiler may know syntax that the scanner does not, and would then report nothing.
    directives.extend(errors.errors.iter().map(|error| {
        let line = error.to_string().lines().next().unwrap_or_default().to_owned();
        format!("warning={line} (routes and clients are as they were generated last)")
    }));
    Ok(directives)
}

/// Gives files that are inputs as well the time of this run. Cargo would run the script once more
/// for a file that is newer, and compile the package again.
fn set_older(paths: &[PathBuf], environment: &Environment, sources: &[PathBuf]) {
    // Cargo compares with the time of this file, which it writes before it starts the script.
    let started = environment.out_dir.parent().map(|folder| folder.join("invoked.timestamp"));
    let started = started.and_then(|path| stamp::newest(&[path]));
    let Some(time) = started.or_else(|| stamp::newest(sources)) else { return };
    for path in paths {
        let file = fs::File::options().append(true).open(path);
        // If it fails, the script runs once more.
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
        // An earlier build may have left one.
        let _ = fs::remove_file(&path);
        return Ok(None);
    };
    write_if_changed(&path, &manifest.to_json())?;
    Ok(Some(path))
}

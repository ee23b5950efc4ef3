//! A package as its `Cargo.toml` describes it: the crates in it, and the names of its dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::encoding;

#[cfg(test)]
mod tests;

/// The file that describes a package.
pub(crate) const MANIFEST: &str = "Cargo.toml";

/// A package. Paths are relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Package {
    /// The root of the library, and the name by which other crates know it.
    pub(crate) library: Option<(PathBuf, String)>,
    /// The programs, in the order of their roots.
    programs: Vec<Program>,
    /// The names of dependencies that are known by another one here.
    pub(crate) renamed: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    name: String,
    root: PathBuf,
    /// The features that it is built with only.
    features: Vec<String>,
}

impl Package {
    /// Reads the package in a folder. One whose manifest is missing or no TOML, which Cargo reports,
    /// has the crates that Cargo would find by their places.
    pub(crate) fn read(folder: &Path) -> Self {
        let text = encoding::read(&folder.join(MANIFEST)).unwrap_or_default();
        match DeTable::parse(&text) {
            Ok(manifest) => Self::of(folder, manifest.get_ref()),
            Err(_) => Self::of(folder, &DeTable::new()),
        }
    }

    fn of(folder: &Path, manifest: &DeTable<'_>) -> Self {
        let package = table(manifest, "package");
        let text = |key| package.and_then(|package| text(package, key)).map(str::to_owned);
        let is_on =
            |key| package.and_then(|package| value(package, key)?.as_bool()).unwrap_or(true);
        let name = text("name");
        Self {
            library: library(folder, manifest, name.as_deref(), is_on("autolib")),
            programs: programs(folder, manifest, name.as_deref(), is_on("autobins")),
            renamed: renamed(folder, manifest),
        }
    }

    /// The roots of the library and of all programs that are built with these features. Examples, tests
    /// and benches are no part of what the package ships.
    pub(crate) fn roots(&self, has_feature: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        // A feature of a dependency is not known here.
        let is_on = |feature: &String| feature.contains('/') || has_feature(feature);
        let programs = self.programs.iter().filter(|program| program.features.iter().all(is_on));
        let library = self.library.iter().map(|(root, _)| root);
        let mut roots: Vec<PathBuf> = Vec::new();
        for root in library.chain(programs.map(|program| &program.root)) {
            if !roots.contains(root) {
                roots.push(root.clone());
            }
        }
        roots
    }
}

fn value<'t, 'i>(table: &'t DeTable<'i>, key: &str) -> Option<&'t DeValue<'i>> {
    table.get(key).map(|value| value.get_ref())
}

fn table<'t, 'i>(of: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
    value(of, key)?.as_table()
}

fn text<'t>(of: &'t DeTable<'_>, key: &str) -> Option<&'t str> {
    value(of, key)?.as_str()
}

/// The name of a package or a dependency in Rust.
fn ident(name: &str) -> String {
    name.replace('-', "_")
}

fn library(
    folder: &Path,
    manifest: &DeTable<'_>,
    package: Option<&str>,
    is_found: bool,
) -> Option<(PathBuf, String)> {
    const USUAL: &str = "src/lib.rs";
    let declared = table(manifest, "lib");
    let root = declared.and_then(|library| text(library, "path")).unwrap_or(USUAL);
    if declared.is_none() && !is_found || !folder.join(root).is_file() {
        return None;
    }
    let name = declared.and_then(|library| text(library, "name")).or(package);
    Some((root.into(), ident(name.unwrap_or_default())))
}

fn programs(
    folder: &Path,
    manifest: &DeTable<'_>,
    package: Option<&str>,
    is_found: bool,
) -> Vec<Program> {
    let mut usual = usual_programs(folder, package.unwrap_or_default());
    let mut programs = Vec::new();
    let declared = value(manifest, "bin").and_then(DeValue::as_array);
    for program in declared.into_iter().flatten().filter_map(|item| item.get_ref().as_table()) {
        let name = text(program, "name").unwrap_or_default().to_owned();
        let beside = usual.remove(&name);
        let Some(root) = text(program, "path").map(PathBuf::from).or(beside) else { continue };
        let features = value(program, "required-features").and_then(DeValue::as_array);
        let features = features.into_iter().flatten().filter_map(|item| item.get_ref().as_str());
        programs.push(Program { name, root, features: features.map(str::to_owned).collect() });
    }
    if is_found {
        let declared: BTreeSet<PathBuf> =
            programs.iter().map(|program| program.root.clone()).collect();
        let others = usual.into_iter().filter(|(_, root)| !declared.contains(root));
        programs.extend(others.map(|(name, root)| Program { name, root, features: Vec::new() }));
    }
    programs.retain(|program| folder.join(&program.root).is_file());
    programs.sort_by_key(|program| (program.root.starts_with("src/bin"), program.root.clone()));
    programs
}

/// The programs that Cargo finds by their places, by name.
fn usual_programs(folder: &Path, package: &str) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    let main = PathBuf::from("src/main.rs");
    if folder.join(&main).is_file() {
        found.insert(package.to_owned(), main);
    }
    let entries = fs::read_dir(folder.join("src/bin")).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let (Some(name), Some(stem)) = (path.file_name(), path.file_stem()) else { continue };
        let (Some(name), Some(stem)) = (name.to_str(), stem.to_str()) else { continue };
        if name.starts_with('.') {
            continue;
        }
        if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
            found.insert(stem.to_owned(), format!("src/bin/{name}").into());
        } else if path.join("main.rs").is_file() {
            found.insert(name.to_owned(), format!("src/bin/{name}/main.rs").into());
        }
    }
    found
}

/// The dependencies that go by another name than that of their crate.
fn renamed(folder: &Path, manifest: &DeTable<'_>) -> BTreeMap<String, String> {
    let targets = table(manifest, "target").into_iter().flat_map(|targets| targets.values());
    let targets = targets.filter_map(|target| target.get_ref().as_table());
    let sections = std::iter::once(manifest).chain(targets);
    let sections = sections.filter_map(|section| table(section, "dependencies"));
    let mut renamed = BTreeMap::new();
    for (key, dependency) in sections.flatten() {
        let Some(dependency) = dependency.get_ref().as_table() else { continue };
        let key = key.get_ref().as_ref();
        let name = match value(dependency, "workspace").and_then(DeValue::as_bool) {
            Some(true) => inherited(folder, key),
            _ => real_name(folder, dependency),
        };
        if let Some(name) = name.filter(|name| *name != ident(key)) {
            renamed.insert(ident(key), name);
        }
    }
    renamed
}

/// The name of the crate that a dependency names in `package`.
fn real_name(folder: &Path, dependency: &DeTable<'_>) -> Option<String> {
    let package = text(dependency, "package")?;
    // The library of a package may have a name of its own.
    let library = text(dependency, "path").and_then(|path| {
        let text = encoding::read(&folder.join(path).join(MANIFEST)).ok()?;
        let manifest = DeTable::parse(&text).ok()?;
        library_name(manifest.get_ref())
    });
    Some(library.unwrap_or_else(|| ident(package)))
}

fn library_name(manifest: &DeTable<'_>) -> Option<String> {
    text(table(manifest, "lib")?, "name").map(ident)
}

/// The name of a dependency that the workspace describes.
fn inherited(folder: &Path, key: &str) -> Option<String> {
    folder.ancestors().find_map(|root| {
        let text = encoding::read(&root.join(MANIFEST)).ok()?;
        let manifest = DeTable::parse(&text).ok()?;
        let workspace = table(manifest.get_ref(), "workspace")?;
        let dependency = table(workspace, "dependencies").and_then(|all| table(all, key));
        // The nearest workspace is the one, whether or not it renames.
        Some(dependency.and_then(|dependency| real_name(root, dependency)))
    })?
}

//! The sources that a build scans.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use nano_syntax::scan::{ProtoPackage, Scan, ScanErrors, Sources, scan as scan_crates};

use crate::config::Config;
use crate::encoding;
use crate::environment::Environment;
use crate::package::{MANIFEST, Package};
use crate::protos::Protos;

/// The sources of the package, and the messages that are generated for them.
struct Files<'a> {
    environment: &'a Environment,
    protos: &'a Protos,
}

impl Files<'_> {
    /// The package that the root of a crate belongs to, with its folder.
    fn package_of(&self, root: &Path) -> Option<(PathBuf, Package)> {
        let root = self.environment.root.join(root);
        let folder = root.ancestors().skip(1).find(|folder| folder.join(MANIFEST).is_file())?;
        Some((folder.to_owned(), Package::read(folder)))
    }
}

impl Sources for Files<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        encoding::read(&self.environment.root.join(path))
    }

    fn crate_name(&self, root: &Path) -> Option<String> {
        let (folder, package) = self.package_of(root)?;
        let (library, name) = package.library?;
        is_same(&folder.join(library), &self.environment.root.join(root)).then_some(name)
    }

    fn renamed(&self, root: &Path) -> BTreeMap<String, String> {
        self.package_of(root).map(|(_, package)| package.renamed).unwrap_or_default()
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        let package = self.protos.package(package)?;
        let path = self.environment.out_dir.join(&package.path);
        Ok(ProtoPackage { path, uses: package.uses.clone() })
    }
}

/// Returns `true` if two paths lead to one file.
fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The roots of the crates to scan: those that the build script names; by default, those of the
/// package.
pub(super) fn roots(config: &Config, environment: &Environment) -> Vec<PathBuf> {
    if config.roots.is_empty() {
        Package::read(&environment.root).roots(|feature| environment.cfg.has_feature(feature))
    } else {
        config.roots.clone()
    }
}

/// The files and folders that the default roots follow from.
pub(super) fn origins(config: &Config, environment: &Environment) -> Vec<PathBuf> {
    let origins = [MANIFEST, "src/bin"].map(|path| environment.root.join(path));
    let is_default = config.roots.is_empty();
    origins.into_iter().filter(|path| is_default && path.exists()).collect()
}

/// Scans crates.
pub(super) fn scan(
    roots: &[PathBuf],
    config: &Config,
    environment: &Environment,
    protos: &Protos,
) -> Result<Scan, ScanErrors> {
    let cfg = config.flags.iter().fold(environment.cfg.clone(), |cfg, flag| cfg.flag(flag));
    scan_crates(roots, &cfg, &Files { environment, protos })
}

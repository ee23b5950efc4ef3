//! The sources that a build scans.

use std::path::{Path, PathBuf};
use std::{fs, io};

use nano_syntax::scan::{ProtoPackage, Scan, ScanErrors, Sources, scan as scan_crates};

use crate::config::Config;
use crate::environment::Environment;
use crate::protos::Protos;

/// The sources of the package, and the messages that are generated for them.
struct Files<'a> {
    environment: &'a Environment,
    protos: &'a Protos,
}

impl Sources for Files<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(self.environment.root.join(path))
    }

    fn crate_name(&self, root: &Path) -> Option<String> {
        let is_library = root.file_name().is_some_and(|name| name == "lib.rs");
        let root = self.environment.root.join(root);
        let manifest =
            root.ancestors().find_map(|folder| fs::read_to_string(folder.join("Cargo.toml")).ok());
        is_library.then(|| library_name(&manifest?))?
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        let package = self.protos.package(package)?;
        let path = self.environment.out_dir.join(&package.path);
        Ok(ProtoPackage { path, uses: package.uses.clone() })
    }
}

/// Scans the roots that the build script names; by default, the crates that Cargo finds by itself.
pub(super) fn scan(
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
    scan_crates(&roots, &cfg, &Files { environment, protos })
}

/// The name of a package's library: that of `[lib]`, else the package's own. Both are plain texts on
/// lines of their own in all manifests that Cargo or people write.
fn library_name(manifest: &str) -> Option<String> {
    let (mut section, mut package, mut library) = ("", None, None);
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        } else if let Some((key, value)) = line.split_once('=')
            && key.trim() == "name"
        {
            let name = value.split(['"', '\'']).nth(1).map(|name| name.replace('-', "_"));
            match section {
                "[package]" => package = name,
                "[lib]" => library = name,
                _ => {}
            }
        }
    }
    library.or(package)
}

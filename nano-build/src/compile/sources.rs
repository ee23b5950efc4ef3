//! What is scanned.

use std::path::{Path, PathBuf};
use std::{fs, io};

use nano_syntax::scan::{Scan, ScanErrors, Sources, scan as scan_crates};

use super::proto_file;
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

    fn proto(&self, package: &str) -> Option<PathBuf> {
        self.protos.modules.contains_key(package).then(|| proto_file(self.environment, package))
    }
}

/// Scans what the build script asks for; by default, the crates that Cargo finds by itself.
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

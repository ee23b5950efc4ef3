//! The environment of a build script, as Cargo sets it.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use nano_syntax::scan::CfgSet;

use crate::error::{Error, Result};
use crate::output::Mode;

/// The variable that turns outdated files into an error.
pub(crate) const MODE: &str = "NANO_BUILD";

/// The package and the target of a build.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// The name of the package.
    pub(crate) package: String,
    /// The folder of its `Cargo.toml`: relative paths start there.
    pub(crate) root: PathBuf,
    /// Cargo's folder for what build scripts write.
    pub(crate) out_dir: PathBuf,
    pub(crate) mode: Mode,
    pub(crate) cfg: CfgSet,
    /// The variables that `cfg` was made from.
    pub(crate) conditions: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the variables of a build script.
    pub(crate) fn from_cargo() -> Result<Self> {
        let variable = |name: &str| {
            env::var(name).map_err(|_| {
                Error::new(format!(
                    "{name} is not set: nano_build::Config::compile is for build scripts, which Cargo runs"
                ))
            })
        };
        let mode = match env::var(MODE).as_deref() {
            Err(_) | Ok("") => Mode::Write,
            Ok("check") => Mode::Check,
            Ok(other) => {
                return Err(Error::new(format!(
                    "{MODE} is `{other}`, the only value it can have is `check`"
                )));
            }
        };
        let conditions: BTreeMap<String, String> = env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| {
                name == "PROFILE"
                    || name.starts_with("CARGO_CFG_")
                    || name.starts_with("CARGO_FEATURE_")
            })
            .collect();
        Ok(Self {
            package: variable("CARGO_PKG_NAME")?,
            root: variable("CARGO_MANIFEST_DIR")?.into(),
            out_dir: variable("OUT_DIR")?.into(),
            mode,
            cfg: CfgSet::from_env(conditions.clone()),
            conditions,
        })
    }

    /// The path as shown to users: relative to the package's folder if it is inside.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

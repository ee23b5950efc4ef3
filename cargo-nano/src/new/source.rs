//! The place that a new project takes nano from.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::{Failure, Outcome};

#[derive(Args, Debug)]
#[group(skip)]
pub(super) struct Options {
    /// A clone of nano on this machine [default: the one that this command was built from]
    #[arg(long, value_name = "FOLDER", conflicts_with = "nano_git")]
    nano_path: Option<PathBuf>,
    /// A Git repository of nano
    #[arg(long, value_name = "URL")]
    nano_git: Option<String>,
    /// The commit, tag or branch of that repository
    #[arg(long, value_name = "REVISION", requires = "nano_git")]
    nano_rev: Option<String>,
}

/// The place of nano's packages.
pub(super) enum Source {
    Folder(PathBuf),
    Git { url: String, rev: Option<String> },
}

impl Options {
    /// Finds nano.
    pub(super) fn find(self) -> Outcome<Source> {
        if let Some(url) = self.nano_git {
            return Ok(Source::Git { url, rev: self.nano_rev });
        }
        let own = || Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf);
        let (folder, is_given) = match self.nano_path {
            Some(folder) => (folder, true),
            None => (own().unwrap_or_default(), false),
        };
        let is_clone = |path: &PathBuf| {
            ["nano", "nano-build"]
                .iter()
                .all(|package| path.join(package).join("Cargo.toml").is_file())
        };
        if let Some(folder) = folder.canonicalize().ok().filter(is_clone) {
            return Ok(Source::Folder(usual(folder)));
        }
        let shown = folder.display();
        let failure = Failure::usage(match is_given {
            true => format!(
                "{shown} is no clone of nano: it has no nano/Cargo.toml and nano-build/Cargo.toml"
            ),
            false => {
                format!("the clone of nano that this command was built from, {shown}, is gone")
            }
        });
        Err(failure
            .help("name a clone by --nano-path <folder>, or a repository by --nano-git <url>"))
    }
}

impl Source {
    /// The part of a dependency on one of nano's packages that says where it is, as in `Cargo.toml`.
    pub(super) fn dependency(&self, package: &str) -> String {
        match self {
            Self::Folder(folder) => {
                // Cargo takes slashes on every system.
                let path = folder.join(package).display().to_string().replace('\\', "/");
                format!("path = {}", quoted(&path))
            }
            Self::Git { url, rev: None } => format!("git = {}", quoted(url)),
            Self::Git { url, rev: Some(rev) } => {
                format!("git = {}, rev = {}", quoted(url), quoted(rev))
            }
        }
    }
}

/// A path without the prefix that Windows gives to canonical ones, and that Cargo does not take.
fn usual(path: PathBuf) -> PathBuf {
    let rest = path.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    match rest.filter(|rest| !rest.starts_with(r"UNC\")) {
        Some(rest) => PathBuf::from(rest),
        None => path,
    }
}

/// A text in TOML, which reads JSON's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_as_cargo_takes_them() {
        let usual = |path: &str| usual(PathBuf::from(path)).display().to_string();
        assert_eq!(usual(r"\\?\C:\games\nano"), r"C:\games\nano");
        assert_eq!(usual(r"\\?\UNC\server\nano"), r"\\?\UNC\server\nano");
        assert_eq!(usual("/games/nano"), "/games/nano");
    }
}

//! The two files of a certificate and its key.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// A certificate's file, and its key's.
#[derive(Debug)]
pub(super) struct Pair {
    certificate: PathBuf,
    key: PathBuf,
}

impl Pair {
    /// Names the files of a certificate.
    ///
    /// # Errors
    ///
    /// The name has letters that a file's should not have.
    pub(super) fn new(folder: &Path, name: &str) -> Outcome<Self> {
        let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        if name.is_empty() || name.starts_with(['.', '-']) || !name.chars().all(is_legal) {
            let failure = Failure::usage(format!("`{name}` cannot be the name of files"));
            return Err(failure
                .help("a name has letters from a to z, digits, `-`, `_` and `.`, such as gate-1"));
        }
        Ok(Self::in_folder(folder, name))
    }

    pub(super) fn in_folder(folder: &Path, name: &str) -> Self {
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        Self { certificate: file("pem"), key: file("key") }
    }

    /// The paths, for a person.
    pub(super) fn shown(&self) -> (String, String) {
        (self.certificate.display().to_string(), self.key.display().to_string())
    }

    /// Fails when one of the files exists, unless they may be replaced.
    pub(super) fn refuse_present(&self, replace: bool, warning: &str) -> Outcome {
        let present = [&self.certificate, &self.key].into_iter().find(|path| path.exists());
        match present.filter(|_| !replace) {
            None => Ok(()),
            Some(path) => {
                let failure = Failure::usage(format!("{} exists already", path.display()));
                Err(failure.help(format!("--replace makes a new one: {warning}")))
            }
        }
    }

    /// Reads certificate and key.
    pub(super) fn read(&self) -> Outcome<(String, String)> {
        let read =
            |path: &Path| fs::read_to_string(path).map_err(|error| Failure::file(path, error));
        Ok((read(&self.certificate)?, read(&self.key)?))
    }

    /// Writes both files; only their owner can read the key.
    pub(super) fn write(&self, certificate: &str, key: &str) -> Outcome {
        write(&self.key, key, 0o600)?;
        write(&self.certificate, certificate, 0o644)
    }

    /// Says which files there are now.
    pub(super) fn tell(&self, days: u32) {
        let (certificate, key) = self.shown();
        println!("{certificate}   the certificate, valid for {days} days");
        println!("{key}   its key, which only you can read");
    }
}

/// Writes a file in one step, so that nobody reads a half of it.
fn write(path: &Path, text: &str, mode: u32) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    let part = path.with_extension(format!("part-{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let written = fs::create_dir_all(folder).and_then(|()| {
        options.open(&part)?.write_all(text.as_bytes())?;
        fs::rename(&part, path)
    });
    written.map_err(|error| {
        // It may not have been made.
        let _ = fs::remove_file(&part);
        Failure::file(path, error)
    })
}

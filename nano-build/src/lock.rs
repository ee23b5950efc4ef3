//! `routes.lock`: the codes of routes, which never change.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use crate::encoding;
use crate::error::{Error, Result};

#[cfg(test)]
mod tests;

const HEAD: &str = "\
# The codes of routes, written by nano-build. Commit this file. Clients out there know these codes:
# lines are added at the end, a line that has been released is never changed, moved or removed.
";

/// All codes that were ever assigned. Routes that no longer exist keep theirs, so that no shipped
/// client can mistake one route for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    codes: BTreeMap<String, u16>,
}

impl Lock {
    /// Reads the file, which problems name as `shown`. If there is none, there are no codes yet.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse), and if the file cannot be read.
    pub(crate) fn read(path: &Path, shown: &Path) -> Result<Self> {
        let shown = shown.display().to_string();
        match encoding::read(path) {
            Ok(text) => Self::parse(&shown, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            // A text in another encoding has a place.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(Error::new(format!("{shown}:{error}")))
            }
            Err(error) => Err(Error::new(format!("{shown}: {error}"))),
        }
    }

    /// Reads the text of the file, which problems name as `name`.
    ///
    /// # Errors
    ///
    /// Fails with every line that is not `code route`, and every code or route that is there twice.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let mut codes = BTreeMap::new();
        let mut routes: BTreeMap<u16, String> = BTreeMap::new();
        let mut problems = Vec::new();
        let mut is_merge = false;
        for (at, line) in text.lines().enumerate() {
            let place = format!("{name}:{}:1", at + 1);
            if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark)) {
                // Several marks belong to one conflict.
                if !is_merge {
                    problems.push(format!(
                        "{place}: a merge was left half done: keep the lines of both sides, and give those that are not released yet the next free codes"
                    ));
                }
                is_merge = true;
                continue;
            }
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = line.split_once(' ').and_then(|(code, route)| {
                let code: u16 = code.parse().ok()?;
                (code > 0 && is_route(route)).then_some((code, route))
            });
            let Some((code, route)) = entry else {
                problems.push(format!(
                    "{place}: `{line}` is not a code from 1 to {}, a space and a route",
                    u16::MAX
                ));
                continue;
            };
            if let Some(other) = codes.insert(route.to_owned(), code) {
                problems.push(format!("{place}: `{route}` has two codes, {other} and {code}"));
            }
            match routes.entry(code) {
                Entry::Vacant(entry) => drop(entry.insert(route.to_owned())),
                Entry::Occupied(entry) => problems.push(format!(
                    "{place}: code {code} is given twice, to `{}` and `{route}`: give the one that is not released yet the next free code",
                    entry.get()
                )),
            }
        }
        Error::check(problems)?;
        Ok(Self { codes })
    }

    /// The lock with a code for each route: those that have none get the next ones, in the order of
    /// the names.
    ///
    /// # Errors
    ///
    /// Fails when there are no codes left.
    pub(crate) fn with(&self, routes: BTreeSet<String>) -> Result<Self> {
        let mut lock = self.clone();
        let mut last = lock.codes.values().copied().max().unwrap_or(0);
        for route in routes {
            if lock.codes.contains_key(&route) {
                continue;
            }
            last = last.checked_add(1).ok_or_else(|| {
                Error::new(format!("`{route}` gets no code: all {} are given out", u16::MAX))
            })?;
            lock.codes.insert(route, last);
        }
        Ok(lock)
    }

    /// The code of a route.
    pub(crate) fn code(&self, route: &str) -> Option<u16> {
        self.codes.get(route).copied()
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> String {
        let mut lines: Vec<_> = self.codes.iter().map(|(route, code)| (code, route)).collect();
        lines.sort_unstable();
        lines.into_iter().fold(HEAD.to_owned(), |mut text, (code, route)| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{code} {route}");
            text
        })
    }
}

/// Returns `true` if a name fits the wire and a line.
fn is_route(name: &str) -> bool {
    (1..=255).contains(&name.len()) && !name.contains(['\n', '\r'])
}

/// Computes the version of a dictionary, a hash of its routes and codes: FNV-1a, the same in every
/// build.
pub(crate) fn dict_version<'a>(codes: impl IntoIterator<Item = (&'a str, u16)>) -> String {
    let hash = codes.into_iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, (route, code)| {
        let bytes = route.bytes().chain([0]).chain(code.to_be_bytes());
        bytes.fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    });
    format!("{hash:016x}")
}

//! The routes that the scanner finds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use nano_syntax::scan::{CfgSet, ProtoPackage, ScannedCrate, Sources, scan};
use nano_syntax::{Event, Handler};

use super::{Refusal, Route, Routes};

/// A name, and its value if it has one.
pub(super) type Condition = (String, Option<String>);

/// Reads a condition as `rustc --print cfg` writes them.
pub(super) fn condition(text: &str) -> Condition {
    match text.split_once('=') {
        Some((name, value)) => {
            (name.trim().to_owned(), Some(value.trim().trim_matches('"').to_owned()))
        }
        None => (text.trim().to_owned(), None),
    }
}

/// The conditions in a fixture's `config.txt`.
pub(super) fn config(fixture: &Path) -> Vec<Condition> {
    let text = fs::read_to_string(fixture.join("config.txt")).unwrap_or_default();
    text.lines().map(|line| condition(line.strip_prefix("cfg ").expect("`cfg ..`"))).collect()
}

/// The files that the crates of a fixture start with.
pub(super) fn roots(fixture: &Path) -> Vec<PathBuf> {
    let roots = ["src/lib.rs", "src/main.rs"].map(PathBuf::from);
    roots.into_iter().filter(|root| fixture.join(root).exists()).collect()
}

struct Fixture<'a>(&'a Path);

impl Sources for Fixture<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(self.0.join(path))
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        let path = match package {
            Some(package) => Path::new("proto/nano_protos").join(format!("{package}.rs")),
            None => PathBuf::from("proto/nano_protos.rs"),
        };
        if !self.0.join(&path).exists() {
            return Err(format!("there is no `{}`", path.display()));
        }
        Ok(ProtoPackage::new(path))
    }
}

/// The routes of each crate.
pub(super) fn routes(
    fixture: &Path,
    roots: &[PathBuf],
    conditions: &[Condition],
) -> Vec<Result<Routes, Refusal>> {
    let cfg = conditions.iter().fold(CfgSet::new(), |cfg, (name, value)| match value {
        Some(value) => cfg.key_value(name, value),
        None => cfg.flag(name),
    });
    match scan(roots, &cfg, &Fixture(fixture)) {
        Ok(found) => found.crates.iter().map(|found| Ok(of_crate(found))).collect(),
        Err(errors) => {
            let places = errors.errors.iter();
            let places = places.map(|error| (fixture.join(&error.at.file), error.at.line));
            let refusal = Refusal::new(errors.to_string(), places);
            roots.iter().map(|_| Err(refusal.clone())).collect()
        }
    }
}

fn of_crate(found: &ScannedCrate) -> Routes {
    let handlers = found.components.iter().flat_map(|component| &component.handlers);
    let handlers = handlers.map(|handler| {
        let Handler { route, docs, is_request, .. } = &handler.handler;
        let kind = if *is_request { "request" } else { "notify" };
        Route { kind, name: route.clone(), docs: docs.clone() }
    });
    let events = found.pushes.iter().flat_map(|push| &push.events).map(|event| {
        let Event { route, docs, .. } = &event.event;
        Route { kind: "push", name: route.clone(), docs: docs.clone() }
    });
    let routes: Routes = handlers.chain(events).collect();
    let names: BTreeSet<_> = routes.iter().map(|route| route.name.as_str()).collect();
    let listed = found.routes();
    assert_eq!(listed.iter().map(|route| route.name.as_str()).collect::<BTreeSet<_>>(), names);
    routes
}

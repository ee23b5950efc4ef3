//! The imports of a module, with the names that they have in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::text::{literal, unique};

/// Imports, collected while a module is written.
pub(super) struct Imports {
    taken: BTreeSet<String>,
    modules: BTreeMap<String, BTreeMap<String, Import>>,
}

struct Import {
    local: String,
    type_only: bool,
}

impl Imports {
    /// `taken` are the names that the module declares itself.
    pub(super) fn new(taken: BTreeSet<String>) -> Self {
        Self { taken, modules: BTreeMap::new() }
    }

    /// Imports a value and returns its name here.
    pub(super) fn value(&mut self, name: &str, from: &str) -> String {
        self.import(name, from, false)
    }

    /// Imports a type and returns its name here.
    pub(super) fn ty(&mut self, name: &str, from: &str) -> String {
        self.import(name, from, true)
    }

    fn import(&mut self, name: &str, from: &str, type_only: bool) -> String {
        let module = self.modules.entry(from.to_owned()).or_default();
        if let Some(known) = module.get_mut(name) {
            known.type_only &= type_only;
            return known.local.clone();
        }
        let local = unique(name, &mut self.taken, |at| format!("${at}"));
        module.insert(name.to_owned(), Import { local: local.clone(), type_only });
        local
    }

    /// Writes the import statements.
    pub(super) fn write(&self) -> String {
        let mut text = String::new();
        for (from, names) in &self.modules {
            for (types, keyword) in [(true, "import type"), (false, "import")] {
                let list: Vec<_> = names
                    .iter()
                    .filter(|(_, import)| import.type_only == types)
                    .map(|(name, Import { local, .. })| match name == local {
                        true => name.clone(),
                        false => format!("{name} as {local}"),
                    })
                    .collect();
                if !list.is_empty() {
                    text.push_str(&format!(
                        "{keyword} {{ {} }} from {};\n",
                        list.join(", "),
                        literal(from)
                    ));
                }
            }
        }
        text
    }
}

/// The relative path from one module to another, both below one folder.
pub(super) fn relative(from: &str, to: &str) -> String {
    let folders: Vec<_> = from.split('/').collect();
    let folders = folders.split_last().map_or(&[][..], |(_, folders)| folders);
    let target: Vec<_> = to.split('/').collect();
    let common = folders
        .iter()
        .zip(target.iter().take(target.len() - 1))
        .take_while(|(a, b)| a == b)
        .count();
    let up = folders.len() - common;
    let start = if up == 0 { "./".to_owned() } else { "../".repeat(up) };
    format!("{start}{}", target[common..].join("/"))
}

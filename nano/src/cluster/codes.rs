//! The codes of other nodes' routes, for the clients of this one.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::frames::ManifestRoute;
use crate::log::limited;
use crate::wire::Wire;

/// The most bytes that other nodes' routes take in the dictionary: each client receives it.
const LONGEST: usize = 64 * 1024;

/// The bytes of a route in a dictionary beside its name: quotes, colon, comma, and five digits.
const BESIDE: usize = 9;

/// The codes of other nodes' routes.
#[derive(Debug, Default)]
pub(super) struct Codes {
    /// Has the app's own dictionary, and takes the one that clients are offered.
    wire: OnceLock<Arc<Wire>>,
    /// All codes that any client was ever offered: none of them becomes that of another route, whatever nodes come and go.
    given: RwLock<FxHashMap<u16, &'static str>>,
}

impl Codes {
    pub(super) fn serves(&self, wire: Arc<Wire>) {
        // It happens once.
        let _ = self.wire.set(wire);
    }

    /// Returns the route that a code stands for, of those that the app does not know itself.
    pub(super) fn route(&self, code: u16) -> Option<&'static str> {
        self.given.read().unwrap_or_else(PoisonError::into_inner).get(&code).copied()
    }

    /// Takes the codes that nodes keep for their routes. Clients that connect from now on are offered those on which all
    /// nodes agree, and this one with them.
    pub(super) fn learn(&self, told: impl IntoIterator<Item = (&'static str, u16)>) {
        let Some(wire) = self.wire.get() else { return };
        let (mut codes, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (name, code) in told {
            agree(&mut codes, name, code);
            agree(&mut names, code, name);
        }
        let own = &wire.dictionary;
        let taken: BTreeSet<u16> = own.codes().values().copied().collect();
        let mut given = self.given.write().unwrap_or_else(PoisonError::into_inner);
        let is_free = |name: &'static str, code: u16| {
            own.code(name).is_none()
                && !taken.contains(&code)
                && names.get(&code) == Some(&Some(name))
                && given.get(&code).is_none_or(|other| *other == name)
        };
        let (mut offered, mut bytes, mut left_out) = (BTreeMap::new(), 0, 0);
        for (name, code) in codes {
            let Some(code) = code.filter(|code| is_free(name, *code)) else { continue };
            bytes += name.len() + BESIDE;
            if bytes > LONGEST {
                left_out += 1;
                continue;
            }
            offered.insert(name, code);
        }
        if left_out > 0 {
            limited!(wire.log, CodesExhausted, routes = left_out, limit = LONGEST);
        }
        given.extend(offered.iter().map(|(name, code)| (*code, *name)));
        let offered = (!offered.is_empty()).then(|| Arc::new(own.with(&offered)));
        wire.offered.set(offered);
    }
}

/// Notes a value, or that there is more than one.
fn agree<K: Ord, V: PartialEq>(known: &mut BTreeMap<K, Option<V>>, key: K, value: V) {
    match known.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(Some(value));
        }
        Entry::Occupied(mut entry) if entry.get().as_ref() != Some(&value) => {
            entry.insert(None);
        }
        Entry::Occupied(_) => {}
    }
}

impl ManifestRoute {
    /// Returns the code that the node keeps for the route.
    pub(super) fn kept_code(&self) -> Option<u16> {
        u16::try_from(self.code).ok().filter(|code| *code != 0 && !self.internal)
    }
}

//! The dictionary: the codes of routes.

use std::collections::{BTreeMap, BTreeSet};

/// The routes that have a code, so that two bytes stand for a name on the wire.
///
/// With [`App::routes`](crate::App::routes) the codes are those that the build script keeps, so that they
/// stay the same when routes come and go, and generated clients know them beforehand. Otherwise they
/// are 1..n over the sorted names of all handlers and all registered pushes. 0 is never used, because
/// stock JavaScript clients take it for "no code". Clients receive the dictionary in the handshake.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    codes: BTreeMap<&'static str, u16>,
    version: String,
}

impl Dictionary {
    /// Numbers the names. The caller has checked that there are at most 65,535.
    pub(crate) fn new(names: BTreeSet<&'static str>) -> Self {
        let codes: BTreeMap<_, _> = names.into_iter().zip(1..=u16::MAX).collect();
        let version = format!("{:016x}", fingerprint(codes.keys()));
        Self { codes, version }
    }

    /// Creates a dictionary with codes that are kept elsewhere.
    pub(crate) fn with_codes(codes: BTreeMap<&'static str, u16>, version: String) -> Self {
        Self { codes, version }
    }

    /// Returns the code of a route.
    pub fn code(&self, route: &str) -> Option<u16> {
        self.codes.get(route).copied()
    }

    /// Returns all routes with their codes, by name.
    pub fn codes(&self) -> &BTreeMap<&'static str, u16> {
        &self.codes
    }

    /// Returns a text that is different for each dictionary. A client that has this version already does not
    /// receive the dictionary again.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// Hashes the names, from which the codes follow, with FNV-1a. The hash must be the same in every build, which
/// the standard library's hashers do not promise.
fn fingerprint<'a>(names: impl Iterator<Item = &'a &'static str>) -> u64 {
    let bytes = names.flat_map(|name| name.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_start_at_one_in_the_order_of_the_names() {
        let dictionary = Dictionary::new(["room.join", "onMessage", "room.leave"].into());
        let codes: Vec<_> = dictionary.codes().iter().map(|(name, code)| (*name, *code)).collect();
        assert_eq!(codes, [("onMessage", 1), ("room.join", 2), ("room.leave", 3)]);
        assert_eq!(dictionary.code("room.kick"), None);
    }

    #[test]
    fn the_version_follows_the_names() {
        let version = |names: &[&'static str]| {
            Dictionary::new(names.iter().copied().collect()).version().to_owned()
        };
        assert_eq!(version(&["a.b", "a.c"]), version(&["a.c", "a.b"]));
        assert_ne!(version(&["a.b"]), version(&["a.b", "a.c"]));
        assert_ne!(version(&["ab", "c"]), version(&["a", "bc"]));
        // Clients keep the version across builds.
        assert_eq!(version(&["room.join"]), "9618e9cbf00ca1f4");
    }
}

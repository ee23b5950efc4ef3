//! The dictionary: the codes of routes.

use std::collections::{BTreeMap, BTreeSet};
#[cfg(feature = "cluster")]
use std::sync::{Arc, PoisonError, RwLock};

/// The routes that have a code, so that two bytes stand for a name on the wire.
///
/// With [`App::routes`](crate::App::routes) the codes are those that the build script keeps, so that they
/// stay the same when routes come and go, and generated clients know them beforehand. Otherwise they
/// are 1..n over the sorted names of all handlers and all registered pushes. 0 is never used, because
/// stock JavaScript clients take it for "no code". Clients receive the dictionary in the handshake; in a cluster, with the
/// codes that other nodes keep for their routes: see [`nodes`](crate::nodes#codes-of-routes).
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    codes: BTreeMap<&'static str, u16>,
    version: String,
    /// The codes are kept: they are the same in the next release.
    #[cfg(feature = "cluster")]
    is_kept: bool,
}

impl Dictionary {
    /// Numbers the names. The caller has checked that there are at most 65,535.
    pub(crate) fn new(names: BTreeSet<&'static str>) -> Self {
        let codes: BTreeMap<_, _> = names.into_iter().zip(1..=u16::MAX).collect();
        let names = codes.keys().flat_map(|name| name.bytes().chain([0]));
        let version = format!("{:016x}", fingerprint(names));
        Self {
            codes,
            version,
            #[cfg(feature = "cluster")]
            is_kept: false,
        }
    }

    /// Creates a dictionary with codes that are kept elsewhere.
    pub(crate) fn with_codes(codes: BTreeMap<&'static str, u16>, version: String) -> Self {
        Self {
            codes,
            version,
            #[cfg(feature = "cluster")]
            is_kept: true,
        }
    }

    /// The same dictionary with more routes, whose codes are kept by others.
    #[cfg(feature = "cluster")]
    pub(crate) fn with(&self, others: &BTreeMap<&'static str, u16>) -> Self {
        let bytes = others
            .iter()
            .flat_map(|(name, code)| name.bytes().chain([0]).chain(code.to_be_bytes()));
        let version = self.version.bytes().chain([0]).chain(bytes);
        let version = format!("{:016x}", fingerprint(version));
        let codes = self.codes.iter().chain(others).map(|(name, code)| (*name, *code)).collect();
        Self { codes, version, is_kept: self.is_kept }
    }

    /// Returns the code of a route, if it is the same in the next release.
    #[cfg(feature = "cluster")]
    pub(crate) fn kept_code(&self, route: &str) -> Option<u16> {
        self.code(route).filter(|_| self.is_kept)
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

/// The dictionary of clients that connect from now on, if it is not the app's own: it grows with the nodes of a cluster.
#[cfg(feature = "cluster")]
#[derive(Debug, Default)]
pub(crate) struct Offered(RwLock<Option<Arc<Dictionary>>>);

#[cfg(feature = "cluster")]
impl Offered {
    pub(crate) fn get(&self) -> Option<Arc<Dictionary>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, offered: Option<Arc<Dictionary>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = offered;
    }
}

/// Hashes the bytes from which a dictionary follows, with FNV-1a. The hash must be the same in every build, which
/// the standard library's hashers do not promise.
fn fingerprint(bytes: impl Iterator<Item = u8>) -> u64 {
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

//! Comparison of two manifests, for changes of a server that break the clients in use.
//!
//! [`compare`] takes the manifest that the clients were made from and that of the new server, and
//! lists the differences on the wire. Names of types, documentation and order do not count: they
//! are not on the wire.
//!
//! A manifest knows whole numbers as "up to 32 bits" and "beyond", and arrays without their length,
//! so a change from `u32` to `u8` or from `[f32; 2]` to `[f32; 3]` is not seen, and neither is a
//! change of a handler's behaviour. A type has one description for both directions, in which a
//! field may be left out if either direction allows it: if clients begin to send a type that they
//! received before, a field of it can count as breaking where they receive it.
//!
//! # Examples
//!
//! ```
//! use nano_build::compat::compare;
//! use nano_build::manifest::Manifest;
//!
//! # fn text(code: u16) -> String {
//! #     format!(r#"{{"format": 1, "package": "echo", "serializer": "json", "dictVersion": "1",
//! #         "components": [{{"name": "echo", "handlers": [{{"name": "say", "route": "echo.say",
//! #             "code": {code}, "kind": "request", "payload": "string", "reply": "string"}}]}}],
//! #         "pushes": []}}"#)
//! # }
//! # let (shipped, built) = (text(1), text(2));
//! let old = Manifest::from_json(&shipped)?;
//! let new = Manifest::from_json(&built)?;
//! let changes = compare(&old, &new);
//! assert_eq!(
//!     changes[0].to_string(),
//!     "breaking: `echo.say`: its code was 1 and is 2: clients in use call it by the old one",
//! );
//! # Ok::<(), nano_build::Error>(())
//! ```

mod json;
mod protobuf;
mod report;
mod routes;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::manifest::Manifest;

/// A difference between two manifests, in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// True if clients in use stop working, or misunderstand.
    pub breaking: bool,
    /// The route that it is about; `None` if it is about all of them.
    pub route: Option<String>,
    /// The place in the messages of the route, as `reply .members[].uid`; empty if it is the route
    /// itself.
    pub path: String,
    /// The old state, the new one, and the consequence for clients in use.
    pub message: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.breaking { "breaking: " } else { "harmless: " })?;
        match (&self.route, self.path.as_str()) {
            (Some(route), "") => write!(f, "`{}`: ", route.escape_debug())?,
            (Some(route), path) => write!(f, "`{}` {path}: ", route.escape_debug())?,
            (None, _) => {}
        }
        f.write_str(&self.message)
    }
}

/// Lists the changes that clients made from `old` meet at a server made from `new`: breaking ones
/// first, then by route.
///
/// A part that cannot be compared, such as a type that a manifest names and does not hold, counts
/// as breaking.
pub fn compare(old: &Manifest, new: &Manifest) -> Vec<Change> {
    let mut report = report::Report::new();
    routes::compare(old, new, &mut report);
    let mut changes = report.changes;
    changes.sort_by(|a, b| (!a.breaking, &a.route, &a.path).cmp(&(!b.breaking, &b.route, &b.path)));
    changes
}

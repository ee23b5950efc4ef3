//! Whether clients that are out there can live with a new server.
//!
//! [`compare`] takes the manifest that the clients were made from and the one of the server to come,
//! and names what is different on the wire. Names of types, documentation and the order of things do
//! not count: they are not on the wire.
//!
//! A manifest knows whole numbers as "up to 32 bits" and "beyond", and arrays without their length, so
//! a change from `u32` to `u8` or from `[f32; 2]` to `[f32; 3]` is not seen, and neither is one of what
//! a handler does. A type has one description for both ways, in which a field may be left out if either
//! way allows it: one that clients now send as well can count as breaking where they are sent it.
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

/// What is different between two manifests, in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Whether clients in use stop working, or misunderstand.
    pub breaking: bool,
    /// The route that it is about; without, all of them.
    pub route: Option<String>,
    /// Where in the messages of the route, as `reply .members[].uid`; empty if it is the route itself.
    pub path: String,
    /// What it was, what it is, and what that means to clients in use.
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

/// Finds what clients made from `old` meet at a server made from `new`: breaking changes first, then
/// by route.
///
/// What cannot be compared, such as a type that a manifest names and does not hold, counts as
/// breaking.
pub fn compare(old: &Manifest, new: &Manifest) -> Vec<Change> {
    let mut report = report::Report::new();
    routes::compare(old, new, &mut report);
    let mut changes = report.changes;
    changes.sort_by(|a, b| (!a.breaking, &a.route, &a.path).cmp(&(!b.breaking, &b.route, &b.path)));
    changes
}

//! The description of a scan for clients: the manifest.

mod messages;

use std::collections::{BTreeMap, BTreeSet};

use nano_syntax::scan::{Location, Scan, ScannedCrate, ScannedHandler};
use nano_syntax::unraw;
use quote::ToTokens;
use syn::Type;

use crate::emit::routes::{Place, Places};
use crate::error::{Error, Result};
use crate::lock::{Lock, dict_version};
use crate::manifest::{Component, FORMAT, Handler, Kind, Manifest, Push};

pub(crate) use messages::Messages;

/// The names of all routes, sorted.
pub(crate) fn names(found: &Scan) -> BTreeSet<String> {
    found.crates.iter().flat_map(ScannedCrate::routes).map(|route| route.name).collect()
}

/// Removes components and pushes that are there twice because a file is a module of two crates, as
/// of `lib.rs` and `main.rs`.
pub(crate) fn merge(found: &mut Scan) {
    let mut seen = Vec::new();
    let mut is_new = |at: &Location| {
        let is_new = !seen.contains(at);
        if is_new {
            seen.push(at.clone());
        }
        is_new
    };
    for found in &mut found.crates {
        found.components.retain(|component| is_new(&component.at));
        found.pushes.retain(|push| is_new(&push.at));
    }
}

/// Fails if handlers of different crates have one route. The scanner checks those of one crate.
pub(crate) fn check(found: &Scan) -> Result<()> {
    let mut seen: BTreeMap<&str, &Location> = BTreeMap::new();
    let mut problems = Vec::new();
    let components = found.crates.iter().flat_map(|found| &found.components);
    for handler in components.flat_map(|component| &component.handlers) {
        let route = &*handler.handler.route;
        match seen.get(route) {
            Some(first) => problems.push(format!(
                "{}: the route `{route}` is taken already, in another crate, at {first}: rename one of the components, or name only the crates of one server with Config::root",
                handler.at
            )),
            None => drop(seen.insert(route, &handler.at)),
        }
    }
    Error::check(problems)
}

/// The places of all routes in the sources.
pub(crate) fn places(found: &Scan) -> Places {
    let mut places = Places::default();
    for found in &found.crates {
        for component in &found.components {
            let owner = ident(&component.ty);
            for handler in &component.handlers {
                let item = format!("{owner}::{}", unraw(&handler.handler.ident));
                let route = handler.handler.route.clone();
                places.handlers.entry(route).or_insert_with(|| Place::new(&handler.at, item));
            }
        }
        for push in &found.pushes {
            for event in &push.events {
                let item = format!("{}::{}", push.name, unraw(&event.event.ident));
                let route = event.event.route.clone();
                places.pushes.entry(route).or_insert_with(|| Place::new(&event.at, item));
            }
        }
    }
    places
}

/// The last name of a type's path.
fn ident(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| unraw(&last.ident)),
        _ => None,
    }
    .unwrap_or_else(|| ty.to_token_stream().to_string())
}

/// The kind of a handler's calls.
fn kind(handler: &ScannedHandler) -> Kind {
    if handler.handler.is_request { Kind::Request } else { Kind::Notify }
}

/// Makes the manifest of the routes that were found. `messages` has the types.
pub(crate) fn manifest(package: &str, found: &Scan, codes: &Lock, messages: Messages) -> Manifest {
    let mut components: BTreeMap<&str, Component> = BTreeMap::new();
    let mut pushes: BTreeMap<&str, Push> = BTreeMap::new();
    for found in &found.crates {
        for component in &found.components {
            let known = components.entry(&component.name).or_insert_with(|| Component {
                name: component.name.clone(),
                docs: String::new(),
                handlers: Vec::new(),
            });
            if known.docs.is_empty() && !component.is_part {
                known.docs.clone_from(&component.docs);
            }
            for scanned in &component.handlers {
                let handler = &scanned.handler;
                let Some(code) = codes.code(&handler.route) else { continue };
                known.handlers.push(Handler {
                    name: handler.name.clone(),
                    route: handler.route.clone(),
                    code,
                    kind: kind(scanned),
                    payload: messages.get(scanned.payload.as_ref()),
                    reply: messages.get(scanned.reply.as_ref()),
                    docs: handler.docs.clone(),
                });
            }
        }
        for scanned in found.pushes.iter().flat_map(|push| &push.events) {
            let event = &scanned.event;
            let Some(code) = codes.code(&event.route) else { continue };
            // Several traits may push one route.
            pushes.entry(&event.route).or_insert_with(|| Push {
                name: unraw(&event.ident),
                route: event.route.clone(),
                code,
                message: messages.get(scanned.message.as_ref()),
                docs: event.docs.clone(),
            });
        }
    }
    let mut components: Vec<Component> = components.into_values().collect();
    for component in &mut components {
        component.handlers.sort_by(|a, b| a.route.cmp(&b.route));
    }
    components.retain(|component| !component.handlers.is_empty());
    let Messages { serializer, definitions, descriptors, .. } = messages;
    let mut manifest = Manifest {
        format: FORMAT,
        package: package.to_owned(),
        serializer,
        dict_version: String::new(),
        components,
        pushes: pushes.into_values().collect(),
        types: definitions,
        descriptors,
    };
    manifest.dict_version = dict_version(manifest.routes());
    manifest
}

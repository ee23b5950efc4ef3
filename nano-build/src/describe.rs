//! From what was scanned to what clients are told.

mod messages;

use std::collections::{BTreeMap, BTreeSet};

use nano_syntax::scan::{Location, Scan, ScannedCrate, ScannedHandler};
use nano_syntax::unraw;
use quote::ToTokens;
use syn::Type;

use crate::config::Config;
use crate::emit::routes::{ScannedKind, ScannedRoute};
use crate::error::{Error, Result};
use crate::lock::Lock;
use crate::manifest::{Component, FORMAT, Handler, Kind, Manifest, Push};
use crate::protos::Protos;

use messages::Messages;

/// The names of all routes, sorted.
pub(crate) fn names(found: &Scan) -> BTreeSet<String> {
    found.crates.iter().flat_map(ScannedCrate::routes).map(|route| route.name).collect()
}

/// Takes out what is there twice because a file is a module of two crates, as of `lib.rs` and
/// `main.rs`.
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

/// Says which handlers of different crates have one route. Those of one crate are told apart by
/// the scanner.
pub(crate) fn check(found: &Scan) -> Result<()> {
    let mut seen: BTreeMap<&str, &Location> = BTreeMap::new();
    let mut problems = Vec::new();
    let components = found.crates.iter().flat_map(|found| &found.components);
    for handler in components.flat_map(|component| &component.handlers) {
        let route = &*handler.handler.route;
        match seen.get(route) {
            Some(first) => problems.push(format!(
                "{}: the route `{route}` is taken already, in another crate, at {first}",
                handler.at
            )),
            None => drop(seen.insert(route, &handler.at)),
        }
    }
    Error::check(problems)
}

/// The routes as the application is to find them, sorted.
pub(crate) fn routes(found: &Scan, lock: &Lock) -> Vec<ScannedRoute> {
    let mut routes = Vec::new();
    let mut add = |name: &str, kind, at: &Location, item: String| {
        routes.extend(lock.code(name).map(|code| ScannedRoute {
            name: name.to_owned(),
            kind,
            code,
            place: at.file.display().to_string().replace('\\', "/"),
            item,
        }));
    };
    for found in &found.crates {
        for component in &found.components {
            let owner = ident(&component.ty);
            for handler in &component.handlers {
                let item = format!("{owner}::{}", unraw(&handler.handler.ident));
                add(&handler.handler.route, ScannedKind::Handler, &handler.at, item);
            }
        }
        for push in &found.pushes {
            for event in &push.events {
                let item = format!("{}::{}", push.name, unraw(&event.event.ident));
                add(&event.event.route, ScannedKind::Push, &event.at, item);
            }
        }
    }
    routes.sort();
    // Several traits may push the same thing, and several crates have the same module.
    routes.dedup_by(|b, a| (&a.name, a.kind) == (&b.name, b.kind));
    routes
}

/// The last name of a type's path.
fn ident(ty: &Type) -> String {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| unraw(&last.ident)),
        _ => None,
    }
    .unwrap_or_else(|| ty.to_token_stream().to_string())
}

/// Whether the handler's calls are answered.
fn kind(handler: &ScannedHandler) -> Kind {
    if handler.handler.signature.is_request() { Kind::Request } else { Kind::Notify }
}

/// All that clients need.
///
/// # Errors
///
/// Fails with everything that clients cannot be told: types that have no meaning outside of Rust.
pub(crate) fn manifest(
    package: &str,
    dict_version: &str,
    found: &Scan,
    protos: &Protos,
    lock: &Lock,
    config: &Config,
) -> Result<Manifest> {
    let messages = Messages::of(found, protos, config)?;
    let mut components: BTreeMap<&str, Component> = BTreeMap::new();
    let mut pushes: BTreeMap<&str, Push> = BTreeMap::new();
    for found in &found.crates {
        for component in &found.components {
            let known = components.entry(&component.name).or_insert_with(|| Component {
                name: component.name.clone(),
                docs: component.docs.clone(),
                handlers: Vec::new(),
            });
            for scanned in &component.handlers {
                let handler = &scanned.handler;
                let Some(code) = lock.code(&handler.route) else { continue };
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
            let Some(code) = lock.code(&event.route) else { continue };
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
    Ok(Manifest {
        format: FORMAT,
        package: package.to_owned(),
        serializer: messages.serializer(),
        dict_version: dict_version.to_owned(),
        components,
        pushes: pushes.into_values().collect(),
        descriptors: messages.descriptors(protos),
        types: messages.into_types(),
    })
}

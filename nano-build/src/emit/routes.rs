//! The routes as Rust, for `nano::include_routes!()`.

use std::collections::BTreeMap;

use nano_syntax::scan::Location;
use proc_macro2::TokenStream;
use quote::quote;

use crate::manifest::Manifest;
use crate::output::MARK;

/// The places of the routes in the server's sources, which no client is told.
#[derive(Debug, Default)]
pub(crate) struct Places {
    pub(crate) handlers: BTreeMap<String, Place>,
    pub(crate) pushes: BTreeMap<String, Place>,
}

/// The place of a route.
#[derive(Debug, Default)]
pub(crate) struct Place {
    file: String,
    /// The method, as `Room::join`.
    item: String,
}

impl Place {
    pub(crate) fn new(at: &Location, item: String) -> Self {
        Self { file: at.file.display().to_string().replace('\\', "/"), item }
    }
}

/// Writes `nano_routes.rs`: the routes in the order of their names, a handler before a push.
///
/// `nano` is the name that the including macro gives to the crate.
pub(crate) fn rust(manifest: &Manifest, places: &Places) -> String {
    let none = Place::default();
    let route = |kind: TokenStream, name: &str, code: u16, place: Option<&Place>| {
        let Place { file, item } = place.unwrap_or(&none);
        quote! {
            nano::__private::ScannedRoute {
                name: #name,
                code: #code,
                kind: nano::__private::ScannedKind::#kind,
                place: #file,
                item: #item,
            }
        }
    };
    let handlers = manifest.handlers().map(|handler| {
        let name = &*handler.route;
        (name, route(quote!(Handler), name, handler.code, places.handlers.get(name)))
    });
    let pushes = manifest.pushes.iter().map(|push| {
        let name = &*push.route;
        (name, route(quote!(Push), name, push.code, places.pushes.get(name)))
    });
    let mut routes: Vec<_> = handlers.chain(pushes).collect();
    routes.sort_by_key(|(name, _)| *name);
    file(&manifest.dict_version, routes.into_iter().map(|(_, route)| route))
}

/// Writes `nano_routes.rs` for sources that cannot be read: there are no routes.
pub(crate) fn unknown() -> String {
    file("", std::iter::empty())
}

fn file(version: &str, routes: impl Iterator<Item = TokenStream>) -> String {
    let file: syn::File = syn::parse_quote! {
        pub const ROUTES: nano::Routes = nano::__private::routes(#version, &[#(#routes),*]);
    };
    format!("{MARK}. Do not edit.\n{}", prettyplease::unparse(&file))
}

//! The dictionary as Rust, for `nano::include_routes!()`.

use quote::quote;

use crate::output::MARK;

/// A route as the scanner saw it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ScannedRoute {
    /// What stands on the wire.
    pub(crate) name: String,
    /// What it is.
    pub(crate) kind: ScannedKind,
    /// What stands for it.
    pub(crate) code: u16,
    /// The file.
    pub(crate) place: String,
    /// The method, as `Room::join`.
    pub(crate) item: String,
}

/// What a route is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ScannedKind {
    Handler,
    Push,
}

/// The text of `nano_routes.rs`. `nano` is what the macro that includes it calls the crate.
pub(crate) fn rust(version: &str, routes: &[ScannedRoute]) -> String {
    let routes = routes.iter().map(|route| {
        let ScannedRoute { name, code, place, item, .. } = route;
        let kind = match route.kind {
            ScannedKind::Handler => quote!(Handler),
            ScannedKind::Push => quote!(Push),
        };
        quote! {
            nano::__private::ScannedRoute {
                name: #name,
                code: #code,
                kind: nano::__private::ScannedKind::#kind,
                place: #place,
                item: #item,
            }
        }
    });
    let file: syn::File = syn::parse_quote! {
        pub const ROUTES: nano::Routes = nano::__private::routes(#version, &[#(#routes),*]);
    };
    format!("{MARK}. Do not edit.\n{}", prettyplease::unparse(&file))
}

//! The options in `#[serde(..)]`.

use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token};

/// The options of all `#[serde(..)]` among some attributes. One that cannot be read is left to serde, which
/// reports it.
pub(crate) fn serde_options(attributes: &[Attribute]) -> impl Iterator<Item = Meta> {
    let serde = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    let options = serde.filter_map(|attribute| {
        attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
    });
    options.flatten()
}

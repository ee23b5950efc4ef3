//! The class of a push: `#[push(class = latest, key = "id")]`.

use proc_macro2::Ident;
use syn::{LitStr, Member};

use crate::attribute::one_of;
use crate::errors::Errors;

/// The treatment of a push while its client reads slowly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PushClass {
    /// It arrives.
    #[default]
    Reliable,
    /// It replaces the one that waits, of the same route and the same value of a field, if one is given.
    Latest {
        /// The field.
        key: Option<Member>,
    },
    /// It is dropped while much waits.
    Lossy,
}

impl PushClass {
    pub(super) fn read(
        class: Option<&Ident>,
        key: Option<&LitStr>,
        has_message: bool,
        errors: &mut Errors,
    ) -> Self {
        let name = class.map(Ident::to_string);
        let class = match name.as_deref() {
            None | Some("reliable") => Self::Reliable,
            Some("latest") => Self::Latest { key: None },
            Some("lossy") => Self::Lossy,
            Some(other) => {
                let known = one_of(["reliable", "latest", "lossy"].into_iter());
                errors.on(class, format_args!("unknown class `{other}`, expected {known}"));
                return Self::default();
            }
        };
        let Some(key) = key else { return class };
        let name = key.value();
        if class != (Self::Latest { key: None }) {
            errors.on(
                key,
                "option `key` goes with `class = latest`: it tells which push is replaced",
            );
        } else if !has_message {
            errors.on(key, format_args!("a push without a message has no field `{name}`"));
        } else {
            match key.parse::<Member>() {
                Ok(member) => return Self::Latest { key: Some(member) },
                Err(_) => errors.on(
                    key,
                    format_args!("`{name}` is no field: `key = \"id\"` names one of the message, `key = \"0\"` one of a tuple"),
                ),
            }
        }
        class
    }
}

//! The parameters after `self`.

use std::fmt::Display;

use quote::ToTokens;
use syn::{FnArg, PatType, Type, TypeReference};

use super::types::{self, Flaw};
use super::{Param, Reporter, Role};
use crate::cfg;

pub(super) fn parse(sig: &syn::Signature, reporter: &mut Reporter<'_>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for input in &sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        if let Some(attribute) = cfg::conditions(&input.attrs).first() {
            reporter
                .refuse(attribute, "a condition goes on the method, not on one of its parameters");
        }
        let Some(param) = classify(input, reporter) else { continue };
        let is_second = params
            .iter()
            .any(|other| std::mem::discriminant(other) == std::mem::discriminant(&param));
        if is_second && !matches!(param, Param::Data(_)) {
            let noun = reporter.role.noun();
            let what = match param {
                Param::Session => "`&Session`",
                Param::Node => "`&Node`",
                Param::Context => "`&Context<Self>`",
                Param::Reply(_) => "`Reply<T>`",
                Param::Data(_) => "`Data<T>`",
                Param::Payload(_) => "payload",
            };
            reporter.refuse(input, format_args!("{noun} takes one {what}, this is a second"));
        }
        params.push(param);
    }
    params
}

fn classify(input: &PatType, reporter: &mut Reporter<'_>) -> Option<Param> {
    let param = kind(&input.ty, &mut |tokens, message| reporter.refuse(tokens, message))?;
    let refused = match (&param, reporter.role) {
        (Param::Node, Role::NodeHook) => return Some(param),
        (Param::Node, _) => {
            "a node is at hand in `#[on(node_joined)]` and `#[on(node_left)]` only; a payload is owned: take `Node`"
        }
        (_, Role::Handler)
        | (Param::Context, _)
        | (
            Param::Session,
            Role::SessionHook | Role::HandshakeHook | Role::RoomLost | Role::Enter | Role::Leave,
        )
        | (Param::Payload(_), Role::RoomLost | Role::Enter | Role::Leave) => return Some(param),
        (Param::Payload(ty), Role::HandshakeHook) if types::last_is(ty, "Handshake") => {
            return Some(param);
        }
        (Param::Session, _) => {
            "no session is at hand here: take `&Session` in a handler or an `#[on(session_..)]` hook"
        }
        (Param::Payload(_), Role::HandshakeHook) => {
            "a handshake hook takes what the client announced as `Handshake<T>`, where `T` is the type of `user`"
        }
        (Param::Reply(_), _) => "only a handler has a request to reply to",
        (Param::Data(_), _) => {
            "only a handler takes `Data<T>`: where there is a session, ask it with `session.get()`"
        }
        (Param::Payload(_), _) => "only a handler has a payload",
    };
    reporter.refuse(input, refused);
    None
}

/// Called with what to underline and what is wrong with it.
type Refuse<'a> = &'a mut dyn FnMut(&dyn ToTokens, &dyn Display);

fn kind(ty: &Type, refuse: Refuse<'_>) -> Option<Param> {
    if let Type::Reference(reference) = types::peel(ty) {
        return borrowed(reference, refuse);
    }
    let name = types::last_segment(ty)
        .map(|segment| (segment.ident.to_string(), types::arguments(segment)));
    match name.as_ref().map(|(name, arguments)| (name.as_str(), arguments.as_slice())) {
        Some(("Reply", [reply])) => match types::flaw(reply) {
            None => return Some(Param::Reply((*reply).clone())),
            Some(_) => refuse(ty, &"a `Reply<T>` carries an owned type"),
        },
        Some(("Reply", _)) => refuse(ty, &"a reply names what it carries: `Reply<T>`"),
        Some(("Data", [data])) => match types::flaw(data) {
            None => return Some(Param::Data((*data).clone())),
            Some(_) => refuse(ty, &"`Data<T>` holds an owned type"),
        },
        Some(("Session", _)) => refuse(ty, &"the session is borrowed: take `&Session`"),
        Some(("Context", _)) => refuse(ty, &"the context is borrowed: take `&Context<Self>`"),
        _ => return check_data("payload", ty, refuse).then(|| Param::Payload(ty.clone())),
    }
    None
}

fn borrowed(reference: &TypeReference, refuse: Refuse<'_>) -> Option<Param> {
    let param = match types::last_segment(&reference.elem)
        .map(|segment| segment.ident.to_string())
        .as_deref()
    {
        Some("Session") => Param::Session,
        Some("Context") => Param::Context,
        Some("Node") => Param::Node,
        _ => {
            refuse(reference, &format_args!("a payload is owned: take `{}`", owned(reference)));
            return None;
        }
    };
    let name = match param {
        Param::Session => "&Session",
        Param::Node => "&Node",
        _ => "&Context<Self>",
    };
    if reference.mutability.is_some() {
        refuse(reference, &format_args!("`{name}` is shared: take it without `mut`"));
        return None;
    }
    if reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident != "_") {
        refuse(
            reference,
            &format_args!("`{name}` is lent for the call only: take it without a lifetime"),
        );
        return None;
    }
    Some(param)
}

/// The owned type that a borrowed one most likely means.
fn owned(reference: &TypeReference) -> String {
    match types::peel(&reference.elem) {
        elem if types::last_is(elem, "str") => "String".to_owned(),
        Type::Slice(slice) if types::last_is(&slice.elem, "u8") => "Bytes".to_owned(),
        Type::Slice(slice) => format!("Vec<{}>", types::text(&slice.elem)),
        elem => types::text(elem),
    }
}

/// Whether a type can be data, as far as its syntax tells; `noun` says what for.
pub(crate) fn check_data(noun: &str, ty: &Type, refuse: Refuse<'_>) -> bool {
    let reason = match (types::peel(ty), types::flaw(ty)) {
        (Type::Reference(reference), _) => {
            refuse(ty, &format_args!("a {noun} is owned: take `{}`", owned(reference)));
            return false;
        }
        (_, Some(Flaw::ImplTrait)) => "is a concrete type: `impl Trait` leaves it open",
        (_, Some(Flaw::Reference | Flaw::Lifetime)) => "is owned: this type borrows",
        (_, Some(Flaw::Infer)) => "is a concrete type: `_` leaves it open",
        (Type::TraitObject(_), _) => "is a concrete type: `dyn Trait` leaves it open",
        (Type::Slice(_), _) => "has a size: take a `Vec`",
        (Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_), _) => "is data that can be sent",
        _ => return true,
    };
    refuse(ty, &format_args!("a {noun} {reason}"));
    false
}

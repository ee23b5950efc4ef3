//! What a method takes and returns, read from its syntax.
//!
//! A macro sees names, not types: a reference to a path that ends in `Session` is the session, a
//! path that ends in `Reply` with one argument is a reply, any other value is the payload. Whether
//! a type can be a payload is for rustc to say.

mod output;
mod params;
mod types;

use quote::ToTokens;
use syn::{FnArg, ReceiverKind, Safety, Type};

use crate::errors::Errors;

#[cfg(test)]
mod tests;

pub(crate) use params::check_data;

/// A handler, hook or timer as the scheduler sees it.
#[derive(Clone, Debug)]
pub struct Signature {
    /// How the component is borrowed.
    pub borrow: Borrow,
    /// Whether it is an `async fn`.
    pub is_async: bool,
    /// The parameters after `self`, in their order.
    pub params: Vec<Param>,
    /// What it returns.
    pub output: Output,
}

/// How a method borrows its component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Borrow {
    /// `&self`: beside other shared calls.
    Shared,
    /// `&mut self`: alone.
    Exclusive,
}

/// A parameter by what it stands for.
#[derive(Clone, Debug)]
pub enum Param {
    /// `&Session`
    Session,
    /// `&Node`
    Node,
    /// `&Context<Self>`
    Context,
    /// `Reply<T>`, with its `T`.
    Reply(Type),
    /// `Data<T>`, with its `T`.
    Data(Type),
    /// The decoded message; for a handshake hook, `Handshake<T>`.
    Payload(Type),
}

/// A return type by what it means to the client.
#[derive(Clone, Debug)]
pub enum Output {
    /// `()`
    Unit,
    /// `T`
    Value(Type),
    /// `Result<()>`
    UnitResult,
    /// `Result<T>`, with its `T`.
    ValueResult(Type),
}

impl Signature {
    /// The payload's type, if there is one.
    pub fn payload(&self) -> Option<&Type> {
        self.params.iter().find_map(|param| match param {
            Param::Payload(ty) => Some(ty),
            _ => None,
        })
    }

    /// The type of the `Reply<T>` parameter, if there is one.
    pub fn deferred(&self) -> Option<&Type> {
        self.params.iter().find_map(|param| match param {
            Param::Reply(ty) => Some(ty),
            _ => None,
        })
    }

    /// What a client is answered with, by a `Reply<T>` or the returned value; `None` for a
    /// handler that has nothing to say but that it ran, or failed.
    pub fn reply(&self) -> Option<&Type> {
        self.deferred().or(match &self.output {
            Output::Value(ty) | Output::ValueResult(ty) => Some(ty),
            Output::Unit | Output::UnitResult => None,
        })
    }

    /// Whether the session is among the parameters, or what is stored with it.
    pub fn takes_session(&self) -> bool {
        self.params.iter().any(|param| matches!(param, Param::Session | Param::Data(_)))
    }

    /// Whether a client waits for the answer, as far as the signature tells.
    pub(crate) fn is_request(&self) -> bool {
        self.deferred().is_some() || !matches!(self.output, Output::Unit)
    }
}

/// What kind of method is read: the accepted forms differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Handler,
    /// `#[on(handshake)]`
    HandshakeHook,
    /// `#[on(session_..)]`
    SessionHook,
    /// `#[on(node_..)]`
    NodeHook,
    /// `#[on(room_lost)]`
    RoomLost,
    /// `#[on(enter)]`
    Enter,
    /// `#[on(leave)]`
    Leave,
    /// `#[on(..)]` of the component's own life.
    Hook,
    /// `#[every(..)]`
    Timer,
}

const HANDLER_FORMS: &str = "\
a handler is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Session`, a payload (an owned type, or `Bytes`), `Reply<T>`, `&Context<Self>`
and any number of `Data<T>` (values stored with the session),
and returns `()`, `T`, `Result<()>` or `Result<T>`; with a `Reply<T>`, `()` or `Result<()>`";

const HANDSHAKE_HOOK_FORMS: &str = "\
a handshake hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `Handshake<T>` (the announcement of the client), `&Session`, `&Context<Self>`
and returns `()`, `T`, `Result<()>` or `Result<T>`: the `user` that the client receives, or the reason to refuse it";

const SESSION_HOOK_FORMS: &str = "\
a session hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Session`, `&Context<Self>`
and returns `()` or `Result<()>`";

const NODE_HOOK_FORMS: &str = "\
a node hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Node`, `&Context<Self>`
and returns `()` or `Result<()>`";

const ROOM_LOST_FORMS: &str = "\
an `#[on(room_lost)]` hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Session`, `LostRoom`, `&Context<Self>`
and returns `()` or `Result<()>`";

const ENTER_FORMS: &str = "\
an `#[on(enter)]` hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Session`, the value that the session enters with (an owned type), `&Context<Self>`
and returns `()` or `Result<()>`";

const LEAVE_FORMS: &str = "\
an `#[on(leave)]` hook is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of
    `&Session`, `LeaveReason`, `&Context<Self>`
and returns `()` or `Result<()>`";

const HOOK_FORMS: &str = "\
a hook or timer is `fn` or `async fn`; it takes `&self` or `&mut self`, then optionally `&Context<Self>`,
and returns `()` or `Result<()>`";

impl Role {
    fn noun(self) -> &'static str {
        match self {
            Self::Handler => "a handler",
            Self::HandshakeHook => "a handshake hook",
            Self::SessionHook => "a session hook",
            Self::NodeHook => "a node hook",
            Self::RoomLost => "an `#[on(room_lost)]` hook",
            Self::Enter => "an `#[on(enter)]` hook",
            Self::Leave => "an `#[on(leave)]` hook",
            Self::Hook => "a hook",
            Self::Timer => "a timer",
        }
    }

    fn forms(self) -> &'static str {
        match self {
            Self::Handler => HANDLER_FORMS,
            Self::HandshakeHook => HANDSHAKE_HOOK_FORMS,
            Self::SessionHook => SESSION_HOOK_FORMS,
            Self::NodeHook => NODE_HOOK_FORMS,
            Self::RoomLost => ROOM_LOST_FORMS,
            Self::Enter => ENTER_FORMS,
            Self::Leave => LEAVE_FORMS,
            Self::Hook | Self::Timer => HOOK_FORMS,
        }
    }
}

/// Reports what is not accepted, as what.
struct Reporter<'a> {
    role: Role,
    errors: &'a mut Errors,
}

impl Reporter<'_> {
    fn refuse(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.errors.on_with_forms(tokens, message, self.role.forms());
    }
}

/// Reads a method's signature; `None` when something is wrong with it, which has been reported.
pub(crate) fn parse(sig: &syn::Signature, role: Role, errors: &mut Errors) -> Option<Signature> {
    let before = errors.len();
    let mut reporter = Reporter { role, errors };
    check_qualifiers(sig, &mut reporter);
    let borrow = receiver(sig, &mut reporter);
    let params = params::parse(sig, &mut reporter);
    let output = output::parse(&sig.output, &params, &mut reporter);
    if errors.len() != before {
        return None;
    }
    Some(Signature { borrow: borrow?, is_async: sig.asyncness.is_some(), params, output: output? })
}

fn check_qualifiers(sig: &syn::Signature, reporter: &mut Reporter<'_>) {
    let noun = reporter.role.noun();
    if let Some(token) = &sig.constness {
        reporter.refuse(token, format_args!("{noun} cannot be `const`"));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        reporter.refuse(token, format_args!("{noun} cannot be `unsafe`: clients call it"));
    }
    if let Some(abi) = &sig.abi {
        reporter.refuse(abi, format_args!("{noun} cannot be `extern`"));
    }
    if !sig.generics.params.is_empty() {
        reporter.refuse(
            &sig.generics,
            format_args!("{noun} cannot have generics or lifetimes: its types are fixed when the routes are built"),
        );
    }
    if let Some(clause) = &sig.generics.where_clause {
        reporter.refuse(clause, format_args!("{noun} cannot have a `where` clause"));
    }
    if let Some(variadic) = &sig.variadic {
        reporter.refuse(variadic, format_args!("{noun} cannot be variadic"));
    }
}

fn receiver(sig: &syn::Signature, reporter: &mut Reporter<'_>) -> Option<Borrow> {
    let noun = reporter.role.noun();
    let Some(FnArg::Receiver(receiver)) = sig.inputs.first() else {
        reporter.refuse(
            &sig.ident,
            format_args!("{noun} takes `&self` or `&mut self` first, `{}` does not", sig.ident),
        );
        return None;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, lifetime, mutability) => {
            // One that the method declares has been reported with its generics.
            let named = lifetime.as_ref().filter(|lifetime| {
                lifetime.ident != "_"
                    && sig.generics.lifetimes().all(|declared| declared.lifetime != **lifetime)
            });
            if let Some(lifetime) = named {
                reporter.refuse(
                    lifetime,
                    format_args!("{noun} borrows its component for the call only"),
                );
            }
            Some(if mutability.is_some() { Borrow::Exclusive } else { Borrow::Shared })
        }
        ReceiverKind::Typed(_, ty) => {
            match types::peel(ty) {
                Type::Reference(reference) if types::last_is(&reference.elem, "Self") => {
                    Some(if reference.mutability.is_some() {
                        Borrow::Exclusive
                    } else {
                        Borrow::Shared
                    })
                }
                _ => {
                    let given = types::text(ty);
                    reporter.refuse(receiver, format_args!("{noun} borrows its component: `&self` or `&mut self`, not `self: {given}`"));
                    None
                }
            }
        }
        _ => {
            reporter.refuse(
                receiver,
                format_args!("{noun} borrows its component: `&self` or `&mut self`, not `self`"),
            );
            None
        }
    }
}

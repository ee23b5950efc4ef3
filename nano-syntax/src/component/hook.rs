//! A method marked `#[on(..)]`, `#[every(..)]` or `#[cron(..)]`.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{ImplItemFn, LitStr, Meta};

use super::{Hook, Lifecycle, NodeEvent, RoomEvent, SessionEvent, Trigger};
use crate::attribute::{Helper, one_of};
use crate::errors::Errors;
use crate::signature::{self, Role};
use crate::{duration, name};

const EVENTS: [(&str, Trigger); 17] = [
    ("init", Trigger::Lifecycle(Lifecycle::Init)),
    ("after_init", Trigger::Lifecycle(Lifecycle::AfterInit)),
    ("drain", Trigger::Lifecycle(Lifecycle::Drain)),
    ("before_shutdown", Trigger::Lifecycle(Lifecycle::BeforeShutdown)),
    ("shutdown", Trigger::Lifecycle(Lifecycle::Shutdown)),
    ("handshake", Trigger::Handshake),
    ("session_opened", Trigger::Session(SessionEvent::Opened)),
    ("session_bound", Trigger::Session(SessionEvent::Bound)),
    ("session_lost", Trigger::Session(SessionEvent::Lost)),
    ("session_resumed", Trigger::Session(SessionEvent::Resumed)),
    ("session_closed", Trigger::Session(SessionEvent::Closed)),
    ("node_joined", Trigger::Node(NodeEvent::Joined)),
    ("node_left", Trigger::Node(NodeEvent::Left)),
    ("room_lost", Trigger::RoomLost),
    ("enter", Trigger::Enter),
    ("leave", Trigger::Leave),
    ("close", Trigger::Room(RoomEvent::Close)),
];

/// The impl block that a method stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// The main block of a component that the app has one of.
    Component,
    /// The main block of a room.
    Room,
    /// A part of either.
    Part,
}

/// Reads the hooks of a method; `has_enter` if another method of the block is called when a session enters.
pub(super) fn parse(
    component: &str,
    block: Block,
    has_enter: bool,
    method: &ImplItemFn,
    helpers: &[&Helper],
    errors: &mut Errors,
) -> Vec<Hook> {
    let mut triggers: Vec<(Trigger, &Helper)> = Vec::new();
    for helper in helpers {
        let Some(trigger) = trigger(helper, errors) else { continue };
        if triggers.iter().any(|(other, _)| clash(other, &trigger)) {
            errors.on(&helper.attribute, format_args!("`{}` is given twice", describe(&trigger)));
            continue;
        }
        if let Some(fault) = misplaced(&trigger, block, has_enter) {
            errors.on(&helper.attribute, fault);
            continue;
        }
        if let (Trigger::Enter, Some(condition)) =
            (&trigger, super::conditions(method, helper).first())
        {
            errors.on(
                condition,
                "`#[on(enter)]` has no condition: its value is part of the room's type",
            );
            continue;
        }
        triggers.push((trigger, *helper));
    }

    // The strictest role is what the signature must satisfy, and one pass reports a fault once.
    let strictest = triggers.iter().map(|(trigger, _)| role(trigger)).reduce(stricter);
    let Some(signature) = strictest.and_then(|role| signature::parse(&method.sig, role, errors))
    else {
        return Vec::new();
    };
    let label = format!("{component}.{}", name::unraw(&method.sig.ident));
    let hooks = triggers.into_iter().map(|(trigger, helper)| Hook {
        ident: method.sig.ident.clone(),
        label: label.clone(),
        trigger,
        cfgs: super::conditions(method, helper),
        signature: signature.clone(),
    });
    hooks.collect()
}

fn role(trigger: &Trigger) -> Role {
    match trigger {
        Trigger::Lifecycle(_) => Role::Hook,
        Trigger::Session(_) => Role::SessionHook,
        Trigger::Node(_) => Role::NodeHook,
        Trigger::RoomLost => Role::RoomLost,
        Trigger::Handshake => Role::HandshakeHook,
        Trigger::Enter => Role::Enter,
        Trigger::Leave => Role::Leave,
        Trigger::Room(_) => Role::Hook,
        Trigger::Every(_) | Trigger::Cron(_) => Role::Timer,
    }
}

/// Higher for a role that accepts less.
fn strictness(role: Role) -> u8 {
    match role {
        Role::Handler | Role::HandshakeHook | Role::RoomLost | Role::Enter | Role::Leave => 0,
        Role::SessionHook | Role::NodeHook => 1,
        Role::Hook | Role::Timer => 2,
    }
}

/// The role that accepts what both do.
fn stricter(one: Role, other: Role) -> Role {
    match (one, other) {
        // What is about sessions has no nodes, and nodes have no sessions.
        (Role::NodeHook, Role::SessionHook | Role::HandshakeHook | Role::RoomLost)
        | (Role::SessionHook | Role::HandshakeHook | Role::RoomLost, Role::NodeHook) => Role::Hook,
        // Each has a value of its own, and both have a session.
        (Role::HandshakeHook, Role::RoomLost) | (Role::RoomLost, Role::HandshakeHook) => {
            Role::SessionHook
        }
        _ if strictness(other) >= strictness(one) => other,
        _ => one,
    }
}

/// Says why a hook may not stand in its block, if so.
fn misplaced(trigger: &Trigger, block: Block, has_enter: bool) -> Option<String> {
    let hook = describe(trigger);
    match (trigger, block) {
        (Trigger::Enter, Block::Room) if has_enter => Some(format!(
            "a room has one `{hook}`: it is given the value that the session enters with"
        )),
        (Trigger::Lifecycle(Lifecycle::Drain), Block::Room) => None,
        (
            Trigger::Lifecycle(_)
            | Trigger::Session(_)
            | Trigger::Node(_)
            | Trigger::RoomLost
            | Trigger::Handshake,
            Block::Room,
        ) => Some(format!(
            "a room has no `{hook}`: it is opened while the app runs, and knows the sessions that enter it, \
             by `#[on(enter)]`, `#[on(leave)]` and `#[on(close)]`"
        )),
        (_, Block::Component) if trigger.is_of_room() => {
            Some(format!("only a room has `{hook}`: mark the impl block with `#[component(room)]`"))
        }
        (_, Block::Part) if trigger.is_of_room() => {
            Some(format!("`{hook}` stands in the room's main impl block, not in a part"))
        }
        _ => None,
    }
}

fn clash(one: &Trigger, other: &Trigger) -> bool {
    match (one, other) {
        (Trigger::Every(_), Trigger::Every(_)) => true,
        _ => one == other,
    }
}

fn describe(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Every(_) => "#[every(..)]".to_owned(),
        Trigger::Cron(expression) => format!("#[cron(\"{expression}\")]"),
        _ => {
            let event = EVENTS.iter().find(|(_, other)| other == trigger);
            format!("#[on({})]", event.map_or("..", |(name, _)| *name))
        }
    }
}

fn trigger(helper: &Helper, errors: &mut Errors) -> Option<Trigger> {
    if !matches!(&helper.attribute.meta, Meta::List(list) if !list.tokens.is_empty()) {
        let example = match helper.name {
            "on" => "#[on(init)]",
            "cron" => "#[cron(\"0 4 * * *\")]",
            _ => "#[every(\"60s\")]",
        };
        errors.on(
            &helper.attribute,
            format_args!("`#[{}]` says when, in parentheses: `{example}`", helper.name),
        );
        return None;
    }
    let parsed = match helper.name {
        "on" => helper.attribute.parse_args_with(event).map(Some),
        "cron" => {
            helper.attribute.parse_args_with(expression).map(|text| Some(Trigger::Cron(text)))
        }
        _ => helper
            .attribute
            .parse_args_with(period)
            .map(|text| duration::parse(&text, "a period", errors).map(Trigger::Every)),
    };
    parsed.unwrap_or_else(|error| {
        errors.push(error);
        None
    })
}

fn event(input: ParseStream<'_>) -> syn::Result<Trigger> {
    let expected = || one_of(EVENTS.iter().map(|(name, _)| *name));
    if !input.peek(Ident::peek_any) {
        return Err(input.error(format!("expected {}", expected())));
    }
    let ident = Ident::parse_any(input)?;
    if !input.is_empty() {
        return Err(input.error("one `#[on(..)]` names one event; the method may carry several"));
    }
    let event = EVENTS.iter().find(|(name, _)| ident == name).map(|(_, trigger)| trigger.clone());
    event.ok_or_else(|| {
        syn::Error::new(ident.span(), format!("unknown event `{ident}`, expected {}", expected()))
    })
}

fn period(input: ParseStream<'_>) -> syn::Result<LitStr> {
    if !input.peek(LitStr) {
        return Err(input.error("expected a period in quotes, as in `#[every(\"60s\")]`"));
    }
    let text = input.parse()?;
    if !input.is_empty() {
        return Err(input.error("`#[every(..)]` takes one period"));
    }
    Ok(text)
}

fn expression(input: ParseStream<'_>) -> syn::Result<String> {
    if !input.peek(LitStr) {
        return Err(
            input.error("expected a cron expression in quotes, as in `#[cron(\"0 4 * * *\")]`")
        );
    }
    let text: LitStr = input.parse()?;
    if !input.is_empty() {
        return Err(
            input.error("one `#[cron(..)]` takes one expression; the method may carry several")
        );
    }
    Ok(text.value())
}

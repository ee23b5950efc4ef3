//! A component: an impl block marked `#[component]`.

mod handler;
mod hook;

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Generics, ImplItem, ImplItemFn, ItemImpl, LitStr, Path, Type};

use crate::attribute::{self, Helper, Options, RoomOption, Source};
use crate::errors::Errors;
use crate::name::{self, NameKind, RenameRule};
use crate::policy::Policy;
use crate::signature::{Borrow, Signature};

#[cfg(test)]
mod tests;

/// The attributes that `#[component]` looks for on methods.
const HELPERS: [&str; 4] = ["handler", "on", "every", "cron"];

/// A component: its name, and which of its methods are called when.
#[derive(Clone, Debug)]
pub struct Component {
    /// The start of its routes, up to the last dot: `room`, or `connector.entryHandler`.
    pub name: String,
    /// The path that stands for `::nano`, if another one was given.
    pub krate: Option<Path>,
    /// The type, as the impl block names it.
    pub ty: Type,
    /// The last segment of the type.
    pub ident: Ident,
    /// The generics of the impl block.
    pub generics: Generics,
    /// The other impl blocks that belong to the component, by their names.
    pub parts: Vec<Ident>,
    /// The name of this impl block, if it is one of a component's parts.
    pub part: Option<LitStr>,
    /// The policy of its handlers, for what they do not say themselves.
    pub policy: Policy,
    /// What makes it a room, of which there are many.
    pub room: Option<Room>,
    /// The methods that clients call.
    pub handlers: Vec<Handler>,
    /// The methods that events and timers call; one for each attribute.
    pub hooks: Vec<Hook>,
}

/// What makes a component a room.
#[derive(Clone, Debug)]
pub struct Room {
    /// The type of the value that lobbies see; none is `()`.
    pub info: Option<Type>,
}

/// A method that clients call.
#[derive(Clone, Debug)]
pub struct Handler {
    /// The method.
    pub ident: Ident,
    /// Its name on the wire.
    pub name: String,
    /// `component.handler`
    pub route: String,
    /// Where the name is written: the method, or the option.
    pub name_span: Span,
    /// The documentation as text.
    pub docs: String,
    /// The documentation as attributes.
    pub doc_attributes: Vec<Attribute>,
    /// The conditions under which the method exists.
    pub cfgs: Vec<Attribute>,
    /// Whether the session's next message may go ahead.
    pub concurrent: bool,
    /// Whether only other components call it, and no client.
    pub is_internal: bool,
    /// The conditions under which a message reaches it.
    pub policy: Policy,
    /// Whether a client waits for the answer: there is a reply, or an error that it should hear of.
    pub is_request: bool,
    /// What it takes and returns.
    pub signature: Signature,
}

/// A method that an event or a timer calls.
#[derive(Clone, Debug)]
pub struct Hook {
    /// The method.
    pub ident: Ident,
    /// `component.method`, for logs.
    pub label: String,
    /// What calls it.
    pub trigger: Trigger,
    /// The conditions under which the method exists.
    pub cfgs: Vec<Attribute>,
    /// What it takes and returns.
    pub signature: Signature,
}

/// What calls a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A moment in the component's life.
    Lifecycle(Lifecycle),
    /// A moment in a session's life.
    Session(SessionEvent),
    /// Another node comes or goes.
    Node(NodeEvent),
    /// The room of a session is lost with its node.
    RoomLost,
    /// The handshake of a client, which the hook may refuse.
    Handshake,
    /// A session enters a room.
    Enter,
    /// A session has left a room.
    Leave,
    /// A moment in a room's life.
    Room(RoomEvent),
    /// A timer, with its period.
    Every(Duration),
    /// A timer, with its cron expression, which is read when the app starts.
    Cron(String),
}

impl Trigger {
    /// Whether only rooms have such hooks.
    pub(crate) fn is_of_room(&self) -> bool {
        matches!(self, Self::Enter | Self::Leave | Self::Room(_))
    }
}

/// A moment in a component's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifecycle {
    /// `init`
    Init,
    /// `after_init`
    AfterInit,
    /// `drain`
    Drain,
    /// `before_shutdown`
    BeforeShutdown,
    /// `shutdown`
    Shutdown,
}

/// A moment in a session's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// `session_opened`
    Opened,
    /// `session_bound`
    Bound,
    /// `session_lost`
    Lost,
    /// `session_resumed`
    Resumed,
    /// `session_closed`
    Closed,
}

/// A change of the nodes of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// `node_joined`
    Joined,
    /// `node_left`
    Left,
}

/// A moment in a room's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoomEvent {
    /// `close`
    Close,
}

impl Component {
    /// Reads an impl block and takes our attributes off it.
    ///
    /// `options` is what stands in the parentheses of `#[component(..)]`. A method with an error
    /// is left out of the model; `None` means that the block cannot be a component at all.
    pub fn parse(options: TokenStream, item: &mut ItemImpl, errors: &mut Errors) -> Option<Self> {
        let options = Options::parse(
            "component",
            &[
                "name",
                "rename_all",
                "crate",
                "parts",
                "part",
                "room",
                "timeout",
                "rate",
                "max_body",
                "guest",
                "before",
            ],
            Source::Tokens(options),
            errors,
        );
        // Taken off whatever else is wrong: left on, each would report that it is misplaced.
        let methods = take_methods(item, options.krate.as_ref(), errors);

        if let Some((path, _)) = &item.trait_ {
            errors.on(path, "`#[component]` goes on an inherent impl block (`impl Room { .. }`), not on the impl of a trait");
            return None;
        }
        let Some(ident) = type_ident(&item.self_ty) else {
            errors.on(
                &item.self_ty,
                "`#[component]` goes on the impl block of a named type: `impl Room { .. }`",
            );
            return None;
        };
        if let (Some(part), Some(_)) = (&options.part, options.parts.first()) {
            errors
                .on(part, "a part has no parts: list them all in the component's main impl block");
        }
        if let (Some(room), Some(_)) = (&options.room, &options.part) {
            errors.on(
                &room.path,
                "a part is no room by itself: `room` stands in the component's main impl block",
            );
        }
        let mut component = Self {
            name: component_name(&options, &ident, errors),
            parts: options.parts,
            part: options.part,
            policy: options.policy,
            krate: options.krate,
            ty: (*item.self_ty).clone(),
            ident,
            generics: item.generics.clone(),
            room: options.room.map(|RoomOption { info, .. }| Room { info }),
            handlers: Vec::new(),
            hooks: Vec::new(),
        };
        for (method, helpers) in methods {
            component.read_method(&item.items, method, &helpers, options.rename_all, errors);
        }
        handler::check_duplicates(&component.handlers, errors);
        Some(component)
    }

    fn read_method(
        &mut self,
        items: &[ImplItem],
        at: usize,
        helpers: &[Helper],
        rule: Option<RenameRule>,
        errors: &mut Errors,
    ) {
        let Some(ImplItem::Fn(method)) = items.get(at) else { return };
        let (handlers, hooks): (Vec<&Helper>, Vec<&Helper>) =
            helpers.iter().partition(|helper| helper.name == "handler");
        if let (Some(_), Some(hook)) = (handlers.first(), hooks.first()) {
            errors.on(
                &hook.attribute,
                format_args!("`#[handler]` and `#[{}]` exclude each other: clients call a handler, the framework a hook", hook.name),
            );
            return;
        }
        if let Some(second) = handlers.get(1) {
            errors.on(&second.attribute, "`#[handler]` is given twice");
        }
        if let Some(helper) = handlers.first() {
            self.handlers.extend(handler::parse(&self.name, method, helper, rule, errors));
        }
        let block = match (&self.room, &self.part) {
            (Some(_), _) => hook::Block::Room,
            (None, Some(_)) => hook::Block::Part,
            (None, None) => hook::Block::Component,
        };
        let has_enter = self.hooks.iter().any(|hook| hook.trigger == Trigger::Enter);
        self.hooks.extend(hook::parse(&self.name, block, has_enter, method, &hooks, errors));
    }

    /// Whether any method of the model takes `&mut self`.
    pub fn is_exclusive(&self) -> bool {
        let handlers = self.handlers.iter().map(|handler| &handler.signature);
        let mut signatures = handlers.chain(self.hooks.iter().map(|hook| &hook.signature));
        signatures.any(|signature| signature.borrow == Borrow::Exclusive)
    }
}

/// The positions of the methods that carry our attributes, with those.
fn take_methods(
    item: &mut ItemImpl,
    krate: Option<&Path>,
    errors: &mut Errors,
) -> Vec<(usize, Vec<Helper>)> {
    let mut methods = Vec::new();
    for (at, item) in item.items.iter_mut().enumerate() {
        let is_method = matches!(item, ImplItem::Fn(_));
        let attributes = match item {
            ImplItem::Fn(item) => &mut item.attrs,
            ImplItem::Const(item) => &mut item.attrs,
            ImplItem::Type(item) => &mut item.attrs,
            ImplItem::Macro(item) => &mut item.attrs,
            _ => continue,
        };
        let helpers = attribute::take_helpers(attributes, &HELPERS, krate);
        if !is_method {
            for helper in &helpers {
                errors.on(&helper.attribute, format_args!("`#[{}]` goes on a method", helper.name));
            }
        } else if !helpers.is_empty() {
            methods.push((at, helpers));
        }
    }
    methods
}

fn type_ident(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(path) if path.qself.is_none() => {
            path.path.segments.last().map(|segment| segment.ident.clone())
        }
        Type::Paren(inner) => type_ident(&inner.elem),
        Type::Group(inner) => type_ident(&inner.elem),
        _ => None,
    }
}

fn component_name(options: &Options, ident: &Ident, errors: &mut Errors) -> String {
    let (name, span) = match &options.name {
        Some(name) => (name.value(), name.span()),
        None => {
            let rule = options.rename_all.unwrap_or(RenameRule::Snake);
            (rule.component(&name::unraw(ident)), ident.span())
        }
    };
    name::check(&name, NameKind::Component, span, errors);
    name
}

/// The conditions on a method, and the one under which it carries `helper`.
fn conditions(method: &ImplItemFn, helper: &Helper) -> Vec<Attribute> {
    let mut conditions = crate::cfg::conditions(&method.attrs);
    conditions.extend(helper.condition.clone());
    conditions
}

//! What a server pushes: a trait marked `#[push]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Attribute, FnArg, ItemTrait, Pat, Path, ReturnType, Safety, TraitItem, TraitItemFn, Type,
    Visibility,
};

pub use class::PushClass;

use crate::attribute::{self, Helper, Options, Source};
use crate::errors::Errors;
use crate::name::{self, NameKind, RenameRule};
use crate::{cfg, signature};

mod class;
#[cfg(test)]
mod tests;

const FORMS: &str = "\
a push is declared as `fn name(message: Message);`, or `fn name();` without a message";

/// A trait of events.
#[derive(Clone, Debug)]
pub struct Push {
    /// The path that stands for `::nano`, if another one was given.
    pub krate: Option<Path>,
    /// The trait.
    pub ident: Ident,
    /// Who may use it.
    pub vis: Visibility,
    /// What else is written on the trait, documentation included.
    pub attributes: Vec<Attribute>,
    /// The events.
    pub events: Vec<Event>,
}

/// Something that a client is told.
#[derive(Clone, Debug)]
pub struct Event {
    /// The method.
    pub ident: Ident,
    /// The whole route, as the client knows it.
    pub route: String,
    /// Where the route is written: the method, or the option.
    pub route_span: Span,
    /// Its treatment while the client reads slowly.
    pub class: PushClass,
    /// What the message is called, and its type.
    pub message: Option<(Ident, Type)>,
    /// The documentation as text.
    pub docs: String,
    /// The conditions under which the method exists.
    pub cfgs: Vec<Attribute>,
    /// What else is written on the method, documentation included.
    pub attributes: Vec<Attribute>,
}

impl Push {
    /// Reads a trait and takes our attributes off it.
    ///
    /// `options` is what stands in the parentheses of `#[push(..)]`. A method whose message cannot
    /// be understood is left out of the model.
    pub fn parse(options: TokenStream, item: &mut ItemTrait, errors: &mut Errors) -> Self {
        let options =
            Options::parse("push", &["rename_all", "crate"], Source::Tokens(options), errors);
        check_trait(item, errors);
        let mut events = Vec::new();
        for item in &mut item.items {
            match item {
                TraitItem::Fn(method) => {
                    let helpers = attribute::take_helpers(
                        &mut method.attrs,
                        &["push"],
                        options.krate.as_ref(),
                    );
                    events.extend(read(method, &helpers, options.rename_all, errors));
                }
                other => errors.on_with_forms(
                    other,
                    "a trait marked `#[push]` holds methods only",
                    FORMS,
                ),
            }
        }
        check_duplicates(&events, errors);
        Self {
            krate: options.krate,
            ident: item.ident.clone(),
            vis: item.vis.clone(),
            attributes: item.attrs.clone(),
            events,
        }
    }
}

fn check_trait(item: &ItemTrait, errors: &mut Errors) {
    if let Some(token) = &item.unsafety {
        errors.on(token, "a trait marked `#[push]` cannot be `unsafe`");
    }
    if let Some(token) = &item.modifiers.auto_token {
        errors.on(token, "a trait marked `#[push]` cannot be `auto`");
    }
    if !item.generics.params.is_empty() {
        errors.on(&item.generics, "a trait marked `#[push]` cannot have generics: its types are fixed when the routes are built");
    }
    if let Some(clause) = &item.generics.where_clause {
        errors.on(clause, "a trait marked `#[push]` cannot have a `where` clause");
    }
    if !item.supertraits.is_empty() {
        errors.on(
            &item.supertraits,
            "a trait marked `#[push]` cannot have supertraits: it becomes a struct",
        );
    }
}

fn read(
    method: &TraitItemFn,
    helpers: &[Helper],
    rule: Option<RenameRule>,
    errors: &mut Errors,
) -> Option<Event> {
    let mut given = Options::default();
    for (at, helper) in helpers.iter().enumerate() {
        if at > 0 {
            errors.on(&helper.attribute, "`#[push]` is given twice");
        }
        if let Some(condition) = &helper.condition {
            errors.on(
                condition,
                "the name of a push cannot depend on a condition: clients know one name",
            );
        }
        given = helper.options(&["name", "class", "key"], errors);
    }
    let ident = method.sig.ident.clone();
    let (route, route_span) = match &given.name {
        Some(name) => (name.value(), name.span()),
        None => {
            let name = name::unraw(&ident);
            (rule.map_or(name.clone(), |rule| rule.method(&name)), ident.span())
        }
    };
    name::check(&route, NameKind::Event, route_span, errors);
    name::check_route(&route, route_span, errors);
    let message = signature(method, errors);
    let has_message = !matches!(message, Ok(None));
    let class = PushClass::read(given.class.as_ref(), given.key.as_ref(), has_message, errors);
    let message = message.ok()?;
    let doc_attributes = attribute::doc_attributes(&method.attrs);
    Some(Event {
        ident,
        route,
        route_span,
        class,
        message,
        docs: attribute::doc_text(&doc_attributes),
        cfgs: cfg::conditions(&method.attrs),
        attributes: method.attrs.clone(),
    })
}

/// A message whose type cannot be used; reported.
struct Unusable;

/// Reads the message. A fault beside it is reported and the event kept, so that what calls the
/// method does not fail as well.
fn signature(method: &TraitItemFn, errors: &mut Errors) -> Result<Option<(Ident, Type)>, Unusable> {
    let sig = &method.sig;
    let mut usable = sig.generics.params.is_empty();
    let mut refuse = |tokens: &dyn quote::ToTokens, message: &dyn std::fmt::Display| {
        errors.on_with_forms(tokens, message, FORMS);
    };
    if let Some(token) = &sig.constness {
        refuse(token, &"a push cannot be `const`");
    }
    if let Some(token) = &sig.asyncness {
        refuse(token, &"a push is not `async`: it is queued and the call returns");
    }
    if let Safety::Unsafe(token) = &sig.safety {
        refuse(token, &"a push cannot be `unsafe`");
    }
    if let Some(abi) = &sig.abi {
        refuse(abi, &"a push cannot be `extern`");
    }
    if !sig.generics.params.is_empty() {
        refuse(
            &sig.generics,
            &"a push cannot have generics or lifetimes: its type is fixed when the routes are built",
        );
    }
    if let Some(clause) = &sig.generics.where_clause {
        refuse(clause, &"a push cannot have a `where` clause");
    }
    if let Some(variadic) = &sig.variadic {
        refuse(variadic, &"a push cannot be variadic");
    }
    if let ReturnType::Type(_, ty) = &sig.output {
        refuse(ty, &"a push returns nothing here: the generated method returns `nano::Result<()>`");
    }
    if let Some(body) = &method.default {
        refuse(body, &"a push has no body: it is generated");
    }
    let mut message = None;
    for input in &sig.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                refuse(receiver, &"a push takes no `self` here: the generated method has it");
            }
            FnArg::Typed(input) if message.is_some() => {
                refuse(input, &"a push takes one message, this is a second");
                usable = false;
            }
            FnArg::Typed(input) => {
                usable &= signature::check_data("message", &input.ty, &mut refuse);
                message = Some((parameter_name(&input.pat), (*input.ty).clone()));
            }
        }
    }
    if usable { Ok(message) } else { Err(Unusable) }
}

fn parameter_name(pat: &Pat) -> Ident {
    match pat {
        Pat::Ident(pat) => pat.ident.clone(),
        _ => Ident::new("message", Span::mixed_site()),
    }
}

fn check_duplicates(events: &[Event], errors: &mut Errors) {
    for (at, event) in events.iter().enumerate() {
        let earlier = events.iter().take(at).find(|other| {
            other.route == event.route && (other.cfgs.is_empty() || event.cfgs.is_empty())
        });
        if let Some(earlier) = earlier {
            let route = &event.route;
            errors.at(event.route_span, format_args!("the push `{route}` is taken already"));
            errors.at(earlier.route_span, format_args!("`{route}` is first taken here"));
        }
    }
}

//! The search for components and pushes among the items of a crate.

use std::ops::Range;
use std::path::Path;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, ItemFn, ItemImpl, ItemTrait, Meta, TraitItem};

use super::attributes;
use super::error::{ErrorKind, Location};
use super::hidden::{self, Candidate, Target};
use super::load::Loader;
use super::model::{ScannedComponent, ScannedCrate, ScannedEvent, ScannedHandler, ScannedPush};
use super::names::{Name, Names};
use super::source::{self, Fault};
use super::tree::{ModuleId, Tree};
use super::types::{Scope, This, Types};
use crate::attribute;
use crate::component::Component;
use crate::errors::Errors;
use crate::push::Push;

/// Reads the components and pushes of a crate; `modules` are the crate's own.
pub(super) fn collect(
    root: &Path,
    tree: &Tree,
    modules: Range<ModuleId>,
    loader: &mut Loader<'_>,
) -> ScannedCrate {
    let mut collector = Collector {
        tree,
        names: Names { tree },
        types: Types::new(tree, modules.start),
        loader,
        components: Vec::new(),
        pushes: Vec::new(),
    };
    for id in modules {
        let Some(module) = tree.modules.get(id) else { continue };
        // Items that prost generated hold no components, and their attributes are prost's.
        for entry in module.items.iter().filter(|entry| entry.proto.is_none()) {
            collector.item(id, &entry.item);
        }
    }
    let Collector { types, loader, components, pushes, .. } = collector;
    let types = types.finish(loader);
    ScannedCrate { root: root.to_owned(), components, pushes, types }
}

struct Collector<'a, 'l, 'c> {
    tree: &'a Tree,
    names: Names<'a>,
    types: Types<'a>,
    loader: &'l mut Loader<'c>,
    components: Vec<ScannedComponent>,
    pushes: Vec<ScannedPush>,
}

impl Collector<'_, '_, '_> {
    fn item(&mut self, id: ModuleId, item: &Item) {
        match item {
            Item::Impl(item) => self.impl_block(id, item),
            Item::Trait(item) => self.trait_item(id, item),
            Item::Fn(item) if self.exists(item) => {
                self.misplaced(id, &item.attrs, true);
                self.body(id, item.block.to_token_stream());
            }
            Item::Fn(_) => {}
            Item::Const(item) => self.body(id, item.expr.to_token_stream()),
            Item::Static(item) => self.body(id, item.expr.to_token_stream()),
            Item::Macro(item) => {
                if let Some(name) = item.mac.path.segments.last() {
                    self.hidden(id, hidden::in_macro(&name.ident, item.mac.tokens.clone()));
                }
            }
            Item::Verbatim(tokens) => self.body(id, tokens.clone()),
            Item::Struct(item) => self.misplaced(id, &item.attrs, false),
            Item::Enum(item) => self.misplaced(id, &item.attrs, false),
            _ => {}
        }
    }

    /// Functions marked as tests, of any test runtime, do not exist outside of tests.
    fn exists(&self, item: &ItemFn) -> bool {
        let is_test = item.attrs.iter().any(|attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|last| last.ident == "test" || last.ident == "bench")
        });
        !is_test || self.loader.cfg.has_flag("test")
    }

    fn impl_block(&mut self, id: ModuleId, item: &ItemImpl) {
        let mut item = item.clone();
        for method in &item.items {
            if let ImplItem::Fn(method) = method
                && !method.block.stmts.is_empty()
                && attributes::is_active(&method.attrs, self.loader.cfg)
            {
                self.body(id, method.block.to_token_stream());
            }
        }
        let Some(mark) = self.take_mark(id, &mut item.attrs, Name::Component) else {
            return self.misplaced(id, &item.attrs, false);
        };
        let mut errors = Errors::new();
        let options = options(&mark, "component", &mut errors);
        let model = Component::parse(options, &mut item, &mut errors);
        // The macros recognise the attributes of methods by their own names only.
        for method in &item.items {
            if let ImplItem::Fn(method) = method {
                self.misplaced(id, &method.attrs, false);
            }
        }
        self.report(id, &mark, &errors);
        if let Some(model) = model {
            let component = self.component(id, &mark, &item, model);
            self.components.push(component);
        }
    }

    fn component(
        &mut self,
        id: ModuleId,
        mark: &Attribute,
        item: &ItemImpl,
        model: Component,
    ) -> ScannedComponent {
        let cfg = self.loader.cfg;
        let scope =
            Scope { module: id, generics: &item.generics, this: Some(This::Type(&model.ty)) };
        let mut handlers = Vec::new();
        for handler in model.handlers {
            if attributes::is_active(&handler.cfgs, cfg) && !handler.is_internal {
                let payload = handler.signature.payload().map(|ty| self.types.look_up(ty, scope));
                let reply = handler.signature.reply().map(|ty| self.types.look_up(ty, scope));
                let at = self.location(id, handler.name_span);
                handlers.push(ScannedHandler { handler, at, payload, reply });
            }
        }
        let hooks = model.hooks.into_iter().filter(|hook| attributes::is_active(&hook.cfgs, cfg));
        ScannedComponent {
            name: model.name,
            module: self.module_path(id),
            at: self.location(id, mark.pound_token.span),
            docs: docs(&item.attrs),
            is_part: model.part.is_some(),
            handlers,
            hooks: hooks.collect(),
            ty: model.ty,
        }
    }

    fn trait_item(&mut self, id: ModuleId, item: &ItemTrait) {
        let mut item = item.clone();
        for method in &item.items {
            if let TraitItem::Fn(method) = method
                && let Some(block) = &method.default
                && !block.stmts.is_empty()
                && attributes::is_active(&method.attrs, self.loader.cfg)
            {
                self.body(id, block.to_token_stream());
            }
        }
        let Some(mark) = self.take_mark(id, &mut item.attrs, Name::Push) else {
            return self.misplaced(id, &item.attrs, false);
        };
        let mut errors = Errors::new();
        let options = options(&mark, "push", &mut errors);
        let model = Push::parse(options, &mut item, &mut errors);
        self.report(id, &mark, &errors);

        let scope = Scope { module: id, generics: &item.generics, this: None };
        let mut events = Vec::new();
        for event in model.events {
            if attributes::is_active(&event.cfgs, self.loader.cfg) {
                let message = event.message.as_ref().map(|(_, ty)| self.types.look_up(ty, scope));
                let at = self.location(id, event.route_span);
                events.push(ScannedEvent { event, at, message });
            }
        }
        self.pushes.push(ScannedPush {
            name: crate::name::unraw(&item.ident),
            module: self.module_path(id),
            at: self.location(id, mark.pound_token.span),
            docs: docs(&item.attrs),
            events,
        });
    }

    /// Takes the attribute that makes a component or a push off its item.
    fn take_mark(
        &mut self,
        id: ModuleId,
        attributes: &mut Vec<Attribute>,
        name: Name,
    ) -> Option<Attribute> {
        let is_mark = |attribute: &Attribute| self.names.of(id, attribute.path()) == Some(name);
        let at = attributes.iter().position(is_mark)?;
        let mark = attributes.remove(at);
        if let Some(second) = attributes.iter().find(|attribute| is_mark(attribute)) {
            let message = format!("`#[{}]` is given twice", name.text());
            let fault = Fault::new(ErrorKind::Attribute, second.pound_token.span, message);
            self.fault(id, fault);
        }
        Some(mark)
    }

    /// Reports attributes of ours on items that they do not apply to. Other crates may have
    /// attributes of the same names.
    fn misplaced(&mut self, id: ModuleId, attributes: &[Attribute], is_function: bool) {
        for attribute in attributes {
            let name = self.names.of(id, attribute.path());
            let Some(name) = name.filter(|_| self.names.is_of_nano(id, attribute.path())) else {
                continue;
            };
            let message = match name {
                Name::Component => {
                    "`#[component]` goes on an inherent impl block: `impl Room { .. }`".to_owned()
                }
                Name::Push if is_function => {
                    "`#[push(..)]` on a method only works inside a trait marked `#[push]`"
                        .to_owned()
                }
                Name::Push => "`#[push]` goes on a trait".to_owned(),
                helper => format!(
                    "`#[{0}]` only works on a method of an impl block marked `#[component]`, by its own name",
                    helper.text()
                ),
            };
            let fault = Fault::new(ErrorKind::Attribute, attribute.pound_token.span, message);
            self.fault(id, fault);
        }
    }

    fn body(&mut self, id: ModuleId, tokens: TokenStream) {
        self.hidden(id, hidden::in_body(tokens));
    }

    fn hidden(&mut self, id: ModuleId, candidates: Vec<Candidate>) {
        for candidate in candidates {
            let name = self.names.of_segments(id, &candidate.path);
            let (what, item) = match (name, candidate.target) {
                (Some(Name::Component), Target::Impl | Target::Unknown) => {
                    ("component", "impl block")
                }
                (Some(Name::Push), Target::Trait | Target::Unknown) => ("push", "trait"),
                _ => continue,
            };
            let message = if candidate.in_macro {
                format!(
                    "a macro makes this `#[{what}]`: sources are scanned before macros are expanded, so its routes would be missing; write the {item} out, and let macros make its contents at most"
                )
            } else {
                format!(
                    "this `#[{what}]` is inside a function or an expression, where sources are not scanned, so its routes would be missing; move the {item} to the module"
                )
            };
            self.fault(id, Fault::new(ErrorKind::Hidden, candidate.span, message));
        }
    }

    fn report(&mut self, id: ModuleId, mark: &Attribute, errors: &Errors) {
        for error in errors.iter().flatten() {
            let span = error.span();
            let span = if source::is_known(span) { span } else { mark.pound_token.span };
            self.fault(id, Fault::new(ErrorKind::Attribute, span, error.to_string()));
        }
    }

    fn fault(&mut self, id: ModuleId, fault: Fault) {
        if let Some(module) = self.tree.modules.get(id) {
            self.loader.report(module.file, fault);
        }
    }

    fn module_path(&self, id: ModuleId) -> String {
        self.tree.own_path(id)
    }

    fn location(&self, id: ModuleId, span: Span) -> Location {
        let (line, column) = source::position(span);
        let file = self.tree.modules.get(id).map(|module| self.loader.file(module.file));
        Location { file: file.unwrap_or_default(), line, column }
    }
}

/// The tokens in the parentheses of our attribute.
fn options(mark: &Attribute, name: &str, errors: &mut Errors) -> TokenStream {
    match &mark.meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => {
            errors.on(mark, format_args!("options go into parentheses: `#[{name}(..)]`"));
            TokenStream::new()
        }
    }
}

fn docs(attributes: &[Attribute]) -> String {
    attribute::doc_text(&attribute::doc_attributes(attributes))
}

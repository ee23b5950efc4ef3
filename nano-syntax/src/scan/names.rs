//! Nano's attributes and macros, under any name that they are imported by.

use proc_macro2::Ident;
use syn::{Item, Path};

use super::resolve::{self, Meaning};
use super::tree::{Import, ModuleId, Tree};
use crate::name::unraw;

/// A macro that brings messages in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageMacro {
    /// `include_protos!`, of all packages.
    All,
    /// `include_proto!`, of one.
    One,
}

impl MessageMacro {
    fn text(self) -> &'static str {
        match self {
            Self::All => "include_protos",
            Self::One => "include_proto",
        }
    }
}

/// An attribute of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Component,
    Push,
    Handler,
    On,
    Every,
    Cron,
}

impl Name {
    const ALL: [Self; 6] =
        [Self::Component, Self::Push, Self::Handler, Self::On, Self::Every, Self::Cron];

    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Push => "push",
            Self::Handler => "handler",
            Self::On => "on",
            Self::Every => "every",
            Self::Cron => "cron",
        }
    }

    fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.text() == text)
    }
}

/// Recognises attributes.
///
/// The crate may be renamed in a manifest that the scanner does not know of, so the last segment of the whole
/// path decides, not the first.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) tree: &'a Tree,
}

impl Names<'_> {
    /// The attribute of ours that a path names, if any.
    pub(super) fn of(self, module: ModuleId, path: &Path) -> Option<Name> {
        self.of_import(module, &Import::of(path))
    }

    /// The same for the segments of its path.
    pub(super) fn of_segments(self, module: ModuleId, path: &[Ident]) -> Option<Name> {
        let segments = path.iter().map(unraw).collect();
        self.of_import(module, &Import { is_global: false, segments })
    }

    fn of_import(self, module: ModuleId, path: &Import) -> Option<Name> {
        let outside = self.outside(module, path);
        if outside.is_empty() {
            // A module or a type of this name: the attribute comes from somewhere else.
            return path.segments.last().and_then(|last| Name::of(last));
        }
        outside.iter().find_map(|path| path.last().and_then(|last| Name::of(last)))
    }

    /// Returns `true` if the path certainly leads to nano: another crate may have an attribute of
    /// this name.
    pub(super) fn is_of_nano(self, module: ModuleId, path: &Path) -> bool {
        let outside = self.outside(module, &Import::of(path));
        outside
            .iter()
            .any(|path| path.len() > 1 && path.first().is_some_and(|first| first == "nano"))
    }

    /// The macro of nano that brings messages in and that a path names, if any.
    ///
    /// One that the crate defines is not ours, and tonic has one of the same name.
    pub(super) fn message_macro(self, module: ModuleId, path: &Path) -> Option<MessageMacro> {
        let path = Import::of(path);
        let outside = self.outside(module, &path);
        [MessageMacro::All, MessageMacro::One].into_iter().find(|of| {
            let is_named = |path: &[String]| path.last().is_some_and(|last| last == of.text());
            if outside.is_empty() {
                return is_named(&path.segments);
            }
            outside.iter().any(|path| {
                let first = path.first().map_or("", String::as_str);
                let is_own = path.len() == 1 || first == "crate";
                is_named(path) && first != "tonic" && !(is_own && self.defines(*of))
            })
        })
    }

    fn defines(self, name: MessageMacro) -> bool {
        self.tree.modules.iter().flat_map(|module| &module.items).any(|entry| match &*entry.item {
            Item::Macro(item) => item.ident.as_ref().is_some_and(|ident| ident == name.text()),
            _ => false,
        })
    }

    fn outside(self, module: ModuleId, path: &Import) -> Vec<Vec<String>> {
        let meanings = resolve::resolve(self.tree, module, path).into_iter();
        let outside = meanings.filter_map(|meaning| match meaning {
            Meaning::Outside(path) => Some(path),
            _ => None,
        });
        outside.collect()
    }
}

//! Comparison of routes: presence, code and kind.

use std::collections::BTreeMap;

use super::report::{Direction, Report};
use super::{json, protobuf};
use crate::manifest::{Handler, Kind, Manifest, Push, Serializer, Type};

pub(super) fn compare(old: &Manifest, new: &Manifest, report: &mut Report) {
    serializer(old, new, report);
    codes(old, new, report);
    let messages = Messages::of(old, new, report);
    handlers(old, new, &messages, report);
    pushes(old, new, &messages, report);
}

fn serializer(old: &Manifest, new: &Manifest, report: &mut Report) {
    if old.serializer != new.serializer {
        let name = |serializer| match serializer {
            Serializer::Json => "JSON",
            Serializer::Protobuf => "protobuf",
        };
        report.route(None);
        report.breaking(format!(
            "payloads were {} and are {}: clients in use read and write nothing else",
            name(old.serializer),
            name(new.serializer)
        ));
    }
}

fn codes(old: &Manifest, new: &Manifest, report: &mut Report) {
    let (old, new) = (old.dictionary(), new.dictionary());
    let owners: BTreeMap<u16, &str> = old.iter().map(|(&route, &code)| (code, route)).collect();
    for (&route, &code) in &new {
        report.route(Some(route));
        if let Some(&before) = old.get(route)
            && before != code
        {
            report.breaking(format!(
                "its code was {before} and is {code}: clients in use call it by the old one"
            ));
        }
        if let Some(&owner) = owners.get(&code)
            && owner != route
        {
            report.breaking(format!(
                "its code {code} was that of `{}`: clients in use take one for the other",
                owner.escape_debug()
            ));
        }
    }
}

fn handlers(old: &Manifest, new: &Manifest, messages: &Messages<'_>, report: &mut Report) {
    let (old, new) = (by_route(old), by_route(new));
    for (route, before) in &old {
        report.route(Some(route));
        match new.get(route) {
            Some(now) => handler(before, now, messages, report),
            None => report.breaking("the handler is gone: clients in use call it"),
        }
    }
    for route in new.keys().filter(|route| !old.contains_key(*route)) {
        report.route(Some(route));
        report.harmless("the handler is new");
    }
}

fn by_route(manifest: &Manifest) -> BTreeMap<&str, &Handler> {
    manifest.handlers().map(|handler| (handler.route.as_str(), handler)).collect()
}

fn handler(old: &Handler, new: &Handler, messages: &Messages<'_>, report: &mut Report) {
    match (old.kind, new.kind) {
        (Kind::Request, Kind::Notify) => report.breaking(
            "it was a request and is a notify: clients in use wait for a reply that says something",
        ),
        (Kind::Notify, Kind::Request) => {
            report.harmless("it was a notify and is a request: it may still be sent as a notify");
        }
        _ => {}
    }
    report.part("payload", Direction::Received);
    match (&old.payload, &new.payload) {
        (Some(old), Some(new)) => messages.compare(old, new, report),
        (None, Some(new)) => messages.added_payload(new, report),
        (Some(_), None) => report.harmless("it is no longer read"),
        (None, None) => {}
    }
    report.part("reply", Direction::Sent);
    match (&old.reply, &new.reply) {
        (Some(old), Some(new)) => messages.compare(old, new, report),
        (None, Some(_)) => report.harmless("it is new: clients in use do not look at it"),
        // It became a notify, which is reported above.
        (Some(_), None) if new.kind == Kind::Notify => {}
        (Some(_), None) => report.breaking("it is gone: clients in use expect one with a value"),
        (None, None) => {}
    }
}

fn pushes(old: &Manifest, new: &Manifest, messages: &Messages<'_>, report: &mut Report) {
    fn by_route(manifest: &Manifest) -> BTreeMap<&str, &Push> {
        manifest.pushes.iter().map(|push| (push.route.as_str(), push)).collect()
    }
    let (old, new) = (by_route(old), by_route(new));
    for (route, before) in &old {
        report.route(Some(route));
        let Some(now) = new.get(route) else {
            report.breaking("the push is gone: clients in use wait for it");
            continue;
        };
        report.part("push", Direction::Sent);
        match (&before.message, &now.message) {
            (Some(old), Some(new)) => messages.compare(old, new, report),
            (None, Some(_)) => {
                report.harmless("it holds something now: clients in use do not look at it")
            }
            (Some(_), None) => {
                report.breaking("it holds nothing now: clients in use expect a value")
            }
            (None, None) => {}
        }
    }
    for route in new.keys().filter(|route| !old.contains_key(*route)) {
        report.route(Some(route));
        report.harmless("the push is new: clients in use do not listen to it");
    }
}

/// The comparison of message types, by serializer.
enum Messages<'m> {
    Json {
        old: json::Types<'m>,
        new: json::Types<'m>,
    },
    Protobuf {
        old: protobuf::Schema,
        new: protobuf::Schema,
    },
    /// There is nothing in common.
    Incomparable,
}

impl<'m> Messages<'m> {
    fn of(old: &'m Manifest, new: &'m Manifest, report: &mut Report) -> Self {
        report.route(None);
        match (old.serializer, new.serializer) {
            (Serializer::Json, Serializer::Json) => {
                Self::Json { old: json::Types::of(old, "old"), new: json::Types::of(new, "new") }
            }
            (Serializer::Protobuf, Serializer::Protobuf) => {
                let mut schema = |manifest, whose| {
                    protobuf::Schema::of(manifest, whose).map_err(|problem| {
                        report.breaking(format!(
                            "the {whose} manifest's `descriptors` cannot be read: {problem}"
                        ));
                    })
                };
                match (schema(old, "old"), schema(new, "new")) {
                    (Ok(old), Ok(new)) => Self::Protobuf { old, new },
                    _ => Self::Incomparable,
                }
            }
            _ => Self::Incomparable,
        }
    }

    fn compare(&self, old: &Type, new: &Type, report: &mut Report) {
        match self {
            Self::Json { old: old_types, new: new_types } => {
                json::compare((old_types, old), (new_types, new), report);
            }
            Self::Protobuf { old: old_schema, new: new_schema } => {
                protobuf::compare((old_schema, old), (new_schema, new), report);
            }
            Self::Incomparable => {}
        }
    }

    /// A payload where there was none: clients in use send an empty body.
    fn added_payload(&self, new: &Type, report: &mut Report) {
        let fine = match self {
            _ if *new == Type::Bytes => true,
            Self::Json { .. } => false,
            Self::Protobuf { new: schema, .. } => schema.may_be_empty(new),
            Self::Incomparable => return,
        };
        if fine {
            report.harmless("it is new, and may be empty as clients in use send it");
        } else {
            report.breaking("it is new: clients in use send nothing, which the server now refuses");
        }
    }
}

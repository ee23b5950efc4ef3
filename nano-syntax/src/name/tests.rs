use proc_macro2::{Ident, Span};
use syn::LitStr;

use super::{NameKind, RenameRule, check, check_route, unraw, words};
use crate::errors::Errors;

#[test]
fn identifiers_split_into_words() {
    let cases = [
        ("join", "join"),
        ("join_room", "join|room"),
        ("_join__room_", "join|room"),
        ("joinRoom", "join|room"),
        ("Room", "room"),
        ("ChatRoom", "chat|room"),
        ("HTTPGate", "http|gate"),
        ("GateHTTP", "gate|http"),
        ("Room2", "room2"),
        ("Room2D", "room2|d"),
        ("ABTest", "ab|test"),
        ("Zürich", "zürich"),
        ("ÄraÖl", "ära|öl"),
        ("_", ""),
    ];
    for (name, expected) in cases {
        assert_eq!(words(name).join("|"), expected, "{name}");
    }
}

#[test]
fn rules_apply_to_methods_and_types() {
    // Rule, then what becomes of the method `join_room` and of the type `HTTPGate`.
    let cases = [
        ("lowercase", "join_room", "httpgate"),
        ("UPPERCASE", "JOIN_ROOM", "HTTPGATE"),
        ("PascalCase", "JoinRoom", "HTTPGate"),
        ("camelCase", "joinRoom", "httpGate"),
        ("snake_case", "join_room", "http_gate"),
        ("SCREAMING_SNAKE_CASE", "JOIN_ROOM", "HTTP_GATE"),
        ("kebab-case", "join-room", "http-gate"),
        ("SCREAMING-KEBAB-CASE", "JOIN-ROOM", "HTTP-GATE"),
    ];
    assert_eq!(cases.len(), RenameRule::ALL.len());
    for (rule, method, component) in cases {
        let mut errors = Errors::new();
        let text = LitStr::new(rule, Span::call_site());
        let parsed =
            RenameRule::parse(&text, &mut errors).unwrap_or_else(|| panic!("{rule} is known"));
        assert_eq!(parsed.method("join_room"), method, "{rule}");
        assert_eq!(parsed.component("HTTPGate"), component, "{rule}");
        assert!(errors.is_empty());
    }
}

#[test]
fn an_unknown_rule_is_reported_with_the_known_ones() {
    let mut errors = Errors::new();
    assert_eq!(RenameRule::parse(&LitStr::new("Title Case", Span::call_site()), &mut errors), None);
    let message = errors.iter().next().expect("one error").to_string();
    assert!(
        message.starts_with("unknown case `Title Case`, expected one of `lowercase`, "),
        "{message}"
    );
}

#[test]
fn raw_identifiers_lose_their_prefix() {
    assert_eq!(unraw(&Ident::new_raw("type", Span::call_site())), "type");
    assert_eq!(unraw(&Ident::new("join", Span::call_site())), "join");
}

#[test]
fn names_are_checked() {
    let cases = [
        ("join", NameKind::Handler, ""),
        ("größe 🎲", NameKind::Handler, ""),
        ("", NameKind::Handler, "the name of a handler cannot be empty"),
        ("", NameKind::Event, "the name of a push cannot be empty"),
        (
            "chat.room",
            NameKind::Component,
            "the name of a component cannot contain a dot, got `chat.room`",
        ),
        ("a.b", NameKind::Handler, "the name of a handler cannot contain a dot, got `a.b`"),
        ("room.onJoin", NameKind::Event, ""),
        (
            "a\nb",
            NameKind::Handler,
            "the name of a handler cannot contain control characters, got `\\n`",
        ),
        (
            "a\u{7f}",
            NameKind::Event,
            "the name of a push cannot contain control characters, got `\\u{7f}`",
        ),
    ];
    for (name, kind, expected) in cases {
        let mut errors = Errors::new();
        check(name, kind, Span::call_site(), &mut errors);
        let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), usize::from(!expected.is_empty()), "{name:?}: {messages:?}");
        assert!(
            messages.iter().all(|message| message.starts_with(expected)),
            "{name:?}: {messages:?}"
        );
    }
}

#[test]
fn a_route_has_255_bytes_at_most() {
    for (route, ok) in [("a".repeat(255), true), ("a".repeat(256), false), ("ä".repeat(128), false)]
    {
        let mut errors = Errors::new();
        check_route(&route, Span::call_site(), &mut errors);
        assert_eq!(errors.is_empty(), ok, "{} bytes", route.len());
    }
}

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

fn reports(name: &str, kind: NameKind) -> Vec<String> {
    let mut errors = Errors::new();
    check(name, kind, Span::call_site(), &mut errors);
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn names_are_checked() {
    let cases = [
        ("join", NameKind::Handler, ""),
        ("größe-🎲", NameKind::Handler, ""),
        ("", NameKind::Handler, "the name of a handler cannot be empty"),
        ("", NameKind::Component, "the name of a component cannot be empty"),
        ("", NameKind::Event, "the name of a push cannot be empty"),
        ("a.b", NameKind::Handler, "the name of a handler cannot contain a dot, got `a.b`: "),
        ("say it", NameKind::Handler, "the name of a handler cannot contain spaces, got `say it`"),
        ("room.onJoin", NameKind::Event, ""),
        // A client has chosen it.
        (".user left.", NameKind::Event, ""),
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
        let messages = reports(name, kind);
        assert_eq!(messages.len(), usize::from(!expected.is_empty()), "{name:?}: {messages:?}");
        assert!(
            messages.iter().all(|message| message.starts_with(expected)),
            "{name:?}: {messages:?}"
        );
    }
}

#[test]
fn f0_names_of_components_may_have_dots() {
    let dots = "cannot start or end with a dot or contain two in a row, got ";
    let cases = [
        ("connector.entryHandler", ""),
        ("a.b.c.d", ""),
        ("a.class.__proto__.0", ""),
        ("a..b", dots),
        (".a", dots),
        ("a.", dots),
        (".", dots),
        ("a. b", "cannot contain spaces, got `a. b`"),
        ("a\u{a0}.b", "cannot contain spaces, got "),
        ("a.\tb", "cannot contain control characters, got `\\t`"),
    ];
    for (name, expected) in cases {
        assert_eq!(reports(name, NameKind::Component).is_empty(), expected.is_empty(), "{name:?}");
        for message in reports(name, NameKind::Component) {
            let expected = format!("the name of a component {expected}");
            assert!(message.starts_with(&expected), "{name:?}: {message}");
        }
    }
    // A route has 255 bytes, and the shortest handler needs two of them.
    assert_eq!(reports(&"a".repeat(253), NameKind::Component), Vec::<String>::new());
    let [message] = &reports(&"ä".repeat(127), NameKind::Component)[..] else {
        panic!("one report")
    };
    assert!(message.starts_with("the name of a component is 254 bytes long, "), "{message}");
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

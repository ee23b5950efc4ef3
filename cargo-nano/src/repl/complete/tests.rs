//! Tests of the completion.

use std::path::Path;

use super::cursor::Cursor;
use super::*;
use crate::schema::Step;

#[test]
fn a_name_can_follow_in_an_open_object() {
    #[track_caller]
    fn check(text: &str, expected: Option<(&[Step], usize, &str, &[&str])>) {
        let found = Cursor::read(text);
        let found = found.as_ref().map(|cursor| {
            let used: Vec<_> = cursor.used.iter().map(String::as_str).collect();
            (cursor.path.clone(), cursor.start, cursor.typed, used)
        });
        let expected =
            expected.map(|(path, start, typed, used)| (path.to_vec(), start, typed, used.to_vec()));
        assert_eq!(found, expected, "{text}");
    }
    let key = |name: &str| Step::Key(name.to_owned());
    check("", None);
    check("{", Some((&[], 1, "", &[])));
    check(r#"{"na"#, Some((&[], 1, "na", &[])));
    check("{na", Some((&[], 1, "na", &[])));
    check(r#"{"name""#, None);
    check(r#"{"name":"#, None);
    check(r#"{"name": "x, {"#, None);
    check(r#"{"name": "\"{", "#, Some((&[], 16, "", &["name"])));
    check(r#"{"a": {"b": 1}, "#, Some((&[], 16, "", &["a"])));
    check(r#"{"a": {"b": 1, "c"#, Some((&[key("a")], 15, "c", &["b"])));
    check(r#"[1, {"a": [{"#, Some((&[Step::Element(1), key("a"), Step::Element(0)], 12, "", &[])));
    check("{}", None);
    check("}}]", None);
}

/// The routes of the servers that generated clients are tested with.
fn vocabulary(server: &str) -> Vocabulary {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/typed");
    let schema = Schema::read(&folder.join(server).join("manifest.json")).expect("a manifest");
    let routes = schema.handlers().map(|handler| handler.route.clone()).collect();
    Vocabulary::new(routes, Some(Arc::new(schema)))
}

#[track_caller]
fn check(vocabulary: &Vocabulary, typed: &str, start: usize, expected: &[&str]) {
    let (found_start, found) = vocabulary.candidates(typed);
    let texts: Vec<_> = found.iter().map(|candidate| candidate.text.as_str()).collect();
    assert_eq!((found_start, texts), (start, expected.to_vec()), "{typed}");
}

#[test]
fn a_route_cannot_command_the_terminal() {
    let routes = ["a.b", "a.\u{1b}[2J"].map(str::to_owned).to_vec();
    check(&Vocabulary::new(routes, None), "a.", 0, &["a.b "]);
}

#[test]
fn commands_routes_and_fields_are_completed() {
    let words = vocabulary("protobuf");
    check(&words, "re", 0, &["request "]);
    check(&words, " ro", 1, &["routes "]);
    check(&words, "arena.e", 0, &["arena.echo ", "arena.enter "]);
    check(&words, "notify arena.mo", 7, &["arena.moveTo "]);
    check(&words, "arena.bow ", 10, &[]);
    check(&words, "arena.enter ", 12, &["{"]);
    check(&words, "arena.enter {", 13, &["\"name\": ", "\"team\": "]);
    check(&words, r#"request arena.enter {"name": "Ann", "t"#, 36, &["\"team\": "]);
    check(&words, r#"arena.echo {"inners": [{"te"#, 24, &["\"text\": "]);
    check(&words, r#"arena.echo {"by_number": {"7": {"#, 32, &["\"text\": ", "\"inner\": "]);
    check(&words, r#"arena.echo {"position": {"#, 25, &["\"x\": ", "\"y\": "]);
    check(&words, r#"nobody.knows {"#, 14, &[]);
    let hint = r#"{name: string, team: "TEAM_UNSPECIFIED" | "TEAM_RED" | "TEAM_BLUE"}"#;
    assert_eq!(words.hint("request arena.enter ").as_deref(), Some(hint));
    assert_eq!(words.hint("arena.enter"), None);
    assert_eq!(words.hint("arena.enter {"), None);

    let words = vocabulary("json");
    check(&words, "connector.entryHandler.entry {", 30, &["\"name\": "]);
    check(&words, "hall.enter {\"hat\": null, ", 25, &["\"name\": ", "\"volume\": "]);
    check(&words, "Echo.all-pages {\"items\": [{\"d", 27, &["\"displayName\": "]);
    check(
        &words,
        "Echo.Shapes {\"events\": [{",
        25,
        &["\"kind\": ", "\"toX\": ", "\"toY\": ", "\"itemId\": ", "\"displayName\": "],
    );
    check(&words, "hall.say ", 9, &[]);
}

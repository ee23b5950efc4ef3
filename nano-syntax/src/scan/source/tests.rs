use super::{ErrorKind, Node, parse};
use crate::scan::CfgSet;

/// The number of items, or the kind and place of the first fault.
fn check(text: &str) -> Result<usize, (ErrorKind, usize, usize)> {
    let (source, faults) = parse(text, &CfgSet::new());
    match (source, faults.as_slice()) {
        (Some(source), []) => Ok(source.nodes.len()),
        (_, [fault, ..]) => Err((fault.kind, fault.line, fault.column)),
        (None, []) => panic!("neither items nor faults: {text}"),
    }
}

#[test]
fn text_before_the_first_item() {
    for text in [
        "struct A;",
        "\u{feff}struct A;",
        "#!/usr/bin/env runner\nstruct A;",
        "\u{feff}#!/usr/bin/env runner\nstruct A;",
        "#![allow(unused)]\nstruct A;",
        "#! // a comment\n /* and one */ [allow(unused)]\nstruct A;",
        "#! /* a /* nested // */ * / one */ [allow(unused)]\nstruct A;",
        "//! Docs.\nstruct A;",
    ] {
        assert_eq!(check(text), Ok(1), "{text:?}");
    }
    assert_eq!(check(""), Ok(0));
    assert_eq!(check("#!/usr/bin/env runner"), Ok(0));
    assert_eq!(check("#! /* never closed"), Ok(0));
    assert_eq!(check("#! /* never /* closed */ *é"), Ok(0));
}

#[test]
fn places_count_from_one_in_characters() {
    use ErrorKind::Syntax;
    assert_eq!(check("struct"), Err((Syntax, 1, 7)));
    assert_eq!(check("#!/bin/x\n\nstruct A {\n    é é,\n}"), Err((Syntax, 4, 7)));
    assert_eq!(check("struct A;\nstruct\n"), Err((Syntax, 3, 1)));
    assert_eq!(check("\u{feff}fn a() }"), Err((Syntax, 1, 8)));
    assert_eq!(check("/* open"), Err((Syntax, 1, 1)));
    assert_eq!(check("fn a() {\n    (]\n}"), Err((Syntax, 2, 6)));
}

#[test]
fn only_what_stands_outside_of_functions_is_parsed() {
    assert_eq!(check("fn a() -> A<{ 1 }> { no rust here }"), Err((ErrorKind::Syntax, 1, 25)));
    for text in [
        "fn a() { no rust here }",
        "pub const unsafe extern \"C\" fn a<T>(x: T) -> [u8; 2] where T: Fn() { no rust here }",
        "impl A { fn a(&self) { no rust here } fn b(); }",
        "trait A { fn a(); fn b() { no rust here } }",
        "mod a { mod b { fn c() { no rust here } } }",
        "struct A { a: fn(u8) -> u8, }",
        "macro_rules! a { () => { fn a() { $($x)* } } }",
        "impl !Send for A { }",
    ] {
        assert_eq!(check(text), Ok(1), "{text}");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_before_parsing() {
    let repeat = |open: &str, inside: &str, close: &str, times: usize| {
        format!("{}{inside}{}", open.repeat(times), close.repeat(times))
    };
    let shapes = [
        ("const A: u8 = ", "(", "1", ")", ";"),
        ("const A: u8 = ", "[", "1", "]", ";"),
        ("const A: u8 = ", "{", "1", "}", ";"),
        ("const A: u8 = ", "!", "1", "", ";"),
        ("const A: u8 = ", "-", "1", "", ";"),
        ("const A: u8 = ", "&mut ", "1", "", ";"),
        ("const A: u8 = ", "return ", "1", "", ";"),
        ("const A: u8 = ", "|a| ", "1", "", ";"),
        ("const A: u8 = ", "a = ", "1", "", ";"),
        ("const A: u8 = ", "if a {} else ", "{}", "", ";"),
        ("type A = ", "Vec<", "u8", ">", ";"),
        ("type A = ", "Pair<u8, ", "u8", ">", ";"),
        ("type A = ", "&", "u8", "", ";"),
        ("type A = ", "fn() -> ", "u8", "", ";"),
        ("type A = ", "dyn Fn(", "u8", ")", ";"),
        ("type A = ", "dyn Fn() -> ", "u8", "", ";"),
        ("type A = ", "impl Fn() -> ", "u8", "", ";"),
        ("type A = ", "dyn A<", "u8", ">", ";"),
        ("type A = ", "*const ", "u8", "", ";"),
        ("type A = ", "(", "u8", ",)", ";"),
        ("type A = ", "[", "u8", "; 1]", ";"),
        ("type A = ", "[u8; {", "1", "}]", ";"),
        ("const A: u8 = ", "a::<A, {", "1", "}>()", ";"),
        ("const A: u8 = ", "|a: [u8; ", "1", "]| a", ";"),
        ("const A: u8 = ", "a.b(", "1", ")", ";"),
        ("const A: u8 = ", "A { a: ", "1", "}", ";"),
        ("const A: u8 = ", "match a { b => ", "1", "}", ";"),
        ("const A: u8 = ", "if a {", "1", "}", ";"),
        ("const A: u8 = ", "const {", "1", "}", ";"),
        ("const A: u8 = ", "{ struct B;", "", "}", ";"),
        ("const A: u8 = ", "{ impl B { const C: u8 = ", "1", "; } }", ";"),
        ("type A = ", "<", "u8", " as T>::X", ";"),
        ("", "mod a {", "", "}", ""),
    ];
    for (start, open, inside, close, end) in shapes {
        let text = |times| format!("{start}{}{end}", repeat(open, inside, close, times));
        assert_eq!(check(&text(10)), Ok(1), "{}", text(2));
        // Whatever is not refused must fit the stack of a test's thread.
        for times in (8..96).step_by(8) {
            let _ = check(&text(times));
        }
        let (kind, line, _) = check(&text(20_000)).expect_err(start);
        // Some shapes end early: the words for an expression that the parser does not know.
        assert_eq!((kind, line), (ErrorKind::Limit, 1), "{}", text(2));
    }
    for (open, end) in [
        ("a + ", "1;"),
        ("a.b().", "c;"),
        ("a::", "b;"),
        ("a as u8 as ", "u8;"),
        ("A {} + ", "a;"),
        ("1 << ", "1;"),
        ("a << ", "1;"),
        ("(a) < ", "1;"),
        ("1 < <", "a;"),
    ] {
        let text = format!("const A: u8 = {}{end}", open.repeat(20_000));
        assert_eq!(check(&text).expect_err(open).0, ErrorKind::Limit, "{open}");
    }
}

#[test]
fn what_is_long_but_flat_is_read() {
    let lines = |line: &str| line.repeat(20_000);
    assert_eq!(check(&lines("/// docs\n").replace("///", "//!")), Ok(0));
    assert_eq!(check(&format!("{}struct A;", lines("/// docs\n"))), Ok(1));
    assert_eq!(check(&lines("struct A { a: u8 }\n")), Ok(20_000));
    assert_eq!(check(&format!("const A: [i8; 9] = [{}];", lines("-1, "))), Ok(1));
    assert_eq!(check(&format!("const A: &[B] = &[{}];", lines("B { a: 1 },"))), Ok(1));
    assert_eq!(check(&format!("enum A {{ {} }}", lines("B = -1, C(Vec<u8>), "))), Ok(1));
    assert_eq!(
        check(&format!("enum A {{ {} }}", lines("B = 1 << 9, C = (D) << E, F = G << 3, "))),
        Ok(1)
    );
    assert_eq!(check(&format!("const A: &[bool] = &[{}];", lines("1 < 2, 2 <= a, "))), Ok(1));
    assert_eq!(check(&format!("data! {{ {} }}", lines("!! << && -- ((1)) "))), Ok(1));
}

#[test]
fn conditions_decide_what_there_is() {
    let (source, faults) = parse(
        "#[cfg(unix)] struct A; #[cfg(not(unix))] mod b { #[cfg(unix)] struct C; struct D; }",
        &CfgSet::new(),
    );
    assert!(faults.is_empty(), "{faults:?}");
    let source = source.expect("it parses");
    let [Node::Module(module)] = source.nodes.as_slice() else { panic!("{:?}", source.nodes) };
    assert_eq!(module.inline.as_ref().map(Vec::len), Some(1));
}

//! Every way to write a path: a file of the ground floor takes something from the roof.

use super::upward;

/// `low.rs` has this source, and one arrow from this line, by this path.
#[track_caller]
fn check(low: &str, line: usize, path: &str) {
    let expected =
        format!("low.rs:{line}: `{path}` leads from floor ground to floor roof (high.rs)");
    assert_eq!(house(low), [expected], "{low}");
}

fn house(low: &str) -> Vec<String> {
    let root = "mod high; mod low; pub use high::Thing; pub(crate) use high::Thing as Renamed;";
    let high = "
        pub struct Thing;
        pub enum Kind { One, Two }
        pub trait Work { const SIZE: usize; }
        pub const LIMIT: usize = 1;
        pub fn run() {}
        pub mod inner { pub struct Deep; }
        #[macro_export]
        macro_rules! shout { () => {}; }
    ";
    upward(&[("lib.rs", root), ("low.rs", low), ("high.rs", high)])
}

#[test]
fn a_use() {
    check("use crate::high::Thing;", 1, "crate::high::Thing");
    check("\n\nuse crate::high::run;", 3, "crate::high::run");
    check("use crate::high::inner::Deep;", 1, "crate::high::inner::Deep");
}

#[test]
fn a_grouped_use() {
    check("use crate::{\n    high::Thing,\n    low,\n};", 2, "crate::high::Thing");
}

#[test]
fn a_nested_group() {
    check("use {std::fmt, crate::{high::{inner::{Deep}}}};", 1, "crate::high::inner::Deep");
}

#[test]
fn a_group_with_self() {
    check("use crate::high::{self};\nfn f() { high::run() }", 2, "high::run");
    check("use crate::high::Kind::{self};", 1, "crate::high::Kind");
}

#[test]
fn a_renamed_use() {
    check("use crate::high::Thing as Other;", 1, "crate::high::Thing as Other");
    check("use crate::high as above;\nfn f() { above::run() }", 2, "above::run");
    check("use crate as top;\nfn f() { top::high::run() }", 2, "top::high::run");
}

#[test]
fn a_use_without_a_name() {
    check("use crate::high::Work as _;", 1, "crate::high::Work as _");
}

#[test]
fn a_glob() {
    check("use crate::high::*;", 1, "crate::high::*");
    check("use crate::high::Kind::*;", 1, "crate::high::Kind::*");
    check("use crate::*;\nfn f() { high::run() }", 1, "crate::*");
}

#[test]
fn a_use_in_a_function() {
    check("fn f() {\n    use crate::high::Thing;\n}", 2, "crate::high::Thing");
    check("fn f() {\n    use crate::high as h;\n    h::run();\n}", 3, "h::run");
}

#[test]
fn a_use_in_an_inline_module() {
    check("mod part {\n    use super::super::high::Thing;\n}", 2, "super::super::high::Thing");
}

#[test]
fn super_and_self() {
    check("use super::high::Thing;", 1, "super::high::Thing");
    check("use super::Thing;", 1, "super::Thing");
    check("use self::above::run;\nuse crate::high as above;", 1, "self::above::run");
    check("fn f() { self::super::high::run() }", 1, "self::super::high::run");
}

#[test]
fn an_expression() {
    check("fn f() {\n    crate::high::run();\n}", 2, "crate::high::run");
    check("const N: usize = crate::high::LIMIT;", 1, "crate::high::LIMIT");
    check("fn f() { g(|| [crate::high::Thing {}; 2]) }", 1, "crate::high::Thing");
    check("static ONE: &str = <str as super::high::Work>::SIZE;", 1, "super::high::Work::SIZE");
}

#[test]
fn a_type() {
    check("struct S { part: crate::high::Thing }", 1, "crate::high::Thing");
    check("type T = fn(&crate::high::Thing) -> u8;", 1, "crate::high::Thing");
    check("fn f() -> Option<&'static [crate::Thing]> { None }", 1, "crate::Thing");
}

#[test]
fn a_pattern() {
    check("fn f() { match k {\n    crate::high::Kind::One => {} } }", 2, "crate::high::Kind::One");
    check("fn f() { let crate::high::Thing { .. } = t; }", 1, "crate::high::Thing");
}

#[test]
fn a_generic_argument() {
    check("struct S(Vec<Box<crate::high::Thing>>);", 1, "crate::high::Thing");
    check("fn f() { size_of::<crate::high::Thing>() }", 1, "crate::high::Thing");
}

#[test]
fn a_bound() {
    check("fn f<T: crate::high::Work>() {}", 1, "crate::high::Work");
    check("fn f<T>() where T: Iterator<Item = crate::high::Thing> {}", 1, "crate::high::Thing");
    check("fn f(_: &dyn crate::high::Work, _: u8) {}", 1, "crate::high::Work");
    check("trait Sub: crate::high::Work {}", 1, "crate::high::Work");
}

#[test]
fn an_impl() {
    check("impl crate::high::Work for u8 {}", 1, "crate::high::Work");
    check("impl Clone for crate::high::Thing {}", 1, "crate::high::Thing");
}

#[test]
fn a_macro() {
    check("fn f() { crate::shout!() }", 1, "crate::shout");
    check("fn f() {\n    println!(\"{}\", crate::high::LIMIT);\n}", 2, "crate::high::LIMIT");
    check("use crate::high;\nfn f() { vec![(1, high::run())] }", 2, "high::run");
    check("make! { use crate::high::{inner::Deep as D}; }", 1, "crate::high::inner::Deep");
    check("make! { use super::high::*; }", 1, "super::high::*");
    check(
        "macro_rules! m { ($x:ident) => { $x::y(); $crate::high::run() }; }",
        1,
        "crate::high::run",
    );
}

#[test]
fn a_re_export_at_the_root() {
    check("use crate::Thing;", 1, "crate::Thing");
    check("use crate::Renamed;", 1, "crate::Renamed");
}

#[test]
fn a_thing_that_only_a_macro_can_have_made() {
    check("use crate::high::Unseen;", 1, "crate::high::Unseen");
}

#[test]
fn the_first_line_is_named() {
    check("fn f() { crate::high::run() }\nfn g(_: crate::Thing) {}", 1, "crate::high::run");
}

#[test]
fn other_crates_are_no_arrows() {
    for low in [
        "use ::high::Thing;",
        "use high::Thing;",
        "use std::{fmt, io::{self, Read}};",
        "fn f<T: Default>() -> T { T::default() }",
        "fn f() { ::high::run(); high::run(); make!(::high::run()); make!(x.high::run()) }",
        "#[cfg(feature = \"x\")] use crate::low::Own; pub struct Own;",
    ] {
        assert_eq!(house(low), [""; 0], "{low}");
    }
}

#[test]
fn a_module_that_is_only_named_is_no_arrow() {
    assert_eq!(house("use crate::high; mod high_too {}"), [""; 0]);
}

#[test]
fn tests_are_ignored() {
    for low in [
        "#[cfg(test)] mod tests { use crate::high::Thing; }",
        "#[cfg(test)] mod tests;",
        "#[cfg(all(test, feature = \"x\"))] mod tests;",
        "#[cfg(test)] use crate::high::Thing;",
        "#[cfg(test)] fn f() { crate::high::run() }",
        "struct S; impl S { #[cfg(test)] fn f() { crate::high::run() } }",
    ] {
        assert_eq!(house(low), [""; 0], "{low}");
    }
    check("#[cfg(not(test))] use crate::high::Thing;", 1, "crate::high::Thing");
    check("#[cfg(any(test, unix))] use crate::high::Thing;", 1, "crate::high::Thing");
}

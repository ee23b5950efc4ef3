//! The file that defines a thing, through re-exports and modules at unusual places.

use super::upward;

#[test]
fn a_re_export_leads_to_the_file_that_defines_the_thing() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "use crate::high::Thing;"),
        ("high.rs", "mod part; pub use part::Thing;"),
        ("high/part.rs", "pub struct Thing;"),
    ];
    let expected =
        "low.rs:1: `crate::high::Thing` leads from floor ground to floor roof (high/part.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_renamed_re_export_of_a_re_export() {
    let files = [
        ("lib.rs", "mod low; mod high; pub use high::Middle as Last;"),
        ("low.rs", "fn f(_: crate::Last) {}"),
        ("high.rs", "mod part; pub(crate) use part::*;"),
        ("high/part.rs", "mod deep; pub use self::deep::First as Middle;"),
        ("high/part/deep.rs", "pub struct First;"),
    ];
    let expected =
        "low.rs:1: `crate::Last` leads from floor ground to floor roof (high/part/deep.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_re_export_is_an_arrow_unless_the_thing_stands_below() {
    let files = [
        ("lib.rs", "mod low; mod high; pub use high::Thing;"),
        ("low.rs", "mod part; pub use part::Part; pub use crate::high::Thing;"),
        ("low/part.rs", "pub struct Part;"),
        ("high.rs", "pub struct Thing;"),
    ];
    let expected = "low.rs:1: `crate::high::Thing` leads from floor ground to floor roof (high.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_glob_leads_to_all_that_it_brings() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "use crate::high::*;"),
        ("high.rs", "mod one; mod two; mod not; pub use one::One; pub use two::*; use not::Not;"),
        ("high/one.rs", "pub struct One;"),
        ("high/two.rs", "pub struct Two;"),
        ("high/not.rs", "pub struct Not;"),
    ];
    let expected = [
        "low.rs:1: `crate::high::*` leads from floor ground to floor roof (high/one.rs)",
        "low.rs:1: `crate::high::*` leads from floor ground to floor roof (high/two.rs)",
    ];
    assert_eq!(upward(&files), expected);
}

#[test]
fn modules_with_a_path() {
    let files = [
        ("lib.rs", "mod low; #[path = \"high/odd.rs\"] pub mod even;"),
        ("low.rs", "#[path = \"low/strange.rs\"] mod named;\nuse crate::even::Thing;"),
        ("low/strange.rs", "mod beside; use crate::even::beside::Beside;"),
        ("low/beside.rs", "fn f() { crate::even::Thing::new() }"),
        ("high/odd.rs", "pub struct Thing; pub mod beside;"),
        ("high/beside.rs", "pub struct Beside;"),
    ];
    let expected = [
        "low.rs:2: `crate::even::Thing` leads from floor ground to floor roof (high/odd.rs)",
        "low/beside.rs:1: `crate::even::Thing::new` leads from floor ground to floor roof (high/odd.rs)",
        "low/strange.rs:1: `crate::even::beside::Beside` leads from floor ground to floor roof (high/beside.rs)",
    ];
    assert_eq!(upward(&files), expected);
}

#[test]
fn included_files() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "include!(\"low/made.rs\"); fn f(_: crate::high::Made) {}"),
        ("low/made.rs", "\nuse crate::high::Thing;"),
        ("high.rs", "pub struct Thing; include!(\"high/made.rs\");"),
        ("high/made.rs", "pub struct Made;"),
    ];
    let expected = [
        "low.rs:1: `crate::high::Made` leads from floor ground to floor roof (high/made.rs)",
        "low/made.rs:2: `crate::high::Thing` leads from floor ground to floor roof (high.rs)",
    ];
    assert_eq!(upward(&files), expected);
}

#[test]
fn macros_by_their_bare_name() {
    let files = [
        ("lib.rs", "#[macro_use] mod high; mod low;"),
        ("low.rs", "fn f() { shout!() }"),
        ("high.rs", "macro_rules! shout { () => {}; }"),
    ];
    let expected = "low.rs:1: `shout!` leads from floor ground to floor roof (high.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_name_of_a_module_and_of_a_function() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "use crate::high::{run, run::Thing};"),
        ("high.rs", "pub mod run; pub use run::run;"),
        ("high/run.rs", "pub struct Thing; pub fn run() {}"),
    ];
    let expected =
        "low.rs:1: `crate::high::run` leads from floor ground to floor roof (high/run.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn floors_stand_beside_one_another() {
    let files = [
        ("lib.rs", "mod annex; mod high; mod low; use annex::A; use high::H; use low::L;"),
        ("annex.rs", "pub struct A; use crate::low::L;"),
        ("high.rs", "pub struct H; use crate::low::L; use crate::annex::A;"),
        ("low.rs", "pub struct L;"),
    ];
    let expected = "high.rs:1: `crate::annex::A` leads from floor roof to floor annex (annex.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_file_on_a_floor_outside_its_folder() {
    let files = [
        ("lib.rs", "mod low; mod high;"),
        ("low.rs", "use crate::high::cellar::Wine;"),
        ("high.rs", "pub(crate) mod cellar; pub struct Thing;"),
        ("high/cellar.rs", "pub struct Wine; use super::Thing;"),
    ];
    let expected =
        "high/cellar.rs:1: `super::Thing` leads from floor ground to floor roof (high.rs)";
    assert_eq!(upward(&files), [expected]);
}

#[test]
fn a_file_without_a_floor() {
    let files = [("lib.rs", "mod lower;"), ("lower.rs", "")];
    assert_eq!(upward(&files), ["lower.rs has no floor: add it to the table"]);
}

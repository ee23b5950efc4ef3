//! Circles, and graphs that only look like one.

use super::circles;

#[test]
fn a_circle_of_two() {
    let files = [
        ("lib.rs", "mod a; mod b; pub use a::A;"),
        ("a.rs", "pub struct A;\nuse crate::b::B;"),
        ("b.rs", "pub struct B(crate::A);"),
    ];
    let expected = "\
a circle of 2 files:
  a.rs:2: `crate::b::B` leads to b.rs
  b.rs:1: `crate::A` leads to a.rs";
    assert_eq!(circles(&files), [expected]);
}

#[test]
fn a_circle_of_three() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "pub struct A; use crate::b::B;"),
        ("b.rs", "pub struct B; fn f() { super::c::run() }"),
        ("c.rs", "pub fn run() {}\n\nimpl From<u8> for crate::a::A {}"),
    ];
    let expected = "\
a circle of 3 files:
  a.rs:1: `crate::b::B` leads to b.rs
  b.rs:1: `super::c::run` leads to c.rs
  c.rs:3: `crate::a::A` leads to a.rs";
    assert_eq!(circles(&files), [expected]);
}

#[test]
fn circles_that_share_a_file() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a.rs", "pub struct A; use crate::{b::B, c::C};"),
        ("b.rs", "pub struct B; use crate::a::A;"),
        ("c.rs", "pub struct C; use crate::a::A;"),
    ];
    let expected = [
        "\
a circle of 2 files:
  a.rs:1: `crate::b::B` leads to b.rs
  b.rs:1: `crate::a::A` leads to a.rs",
        "\
a circle of 2 files:
  a.rs:1: `crate::c::C` leads to c.rs
  c.rs:1: `crate::a::A` leads to a.rs",
    ];
    assert_eq!(circles(&files), expected);
}

#[test]
fn a_parent_that_uses_what_its_child_defines() {
    let files = [
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; pub use b::B;\npub struct A(b::B);"),
        ("a/b.rs", "pub struct B;\nuse super::A;"),
    ];
    let expected = "\
a circle of 2 files:
  a.rs:2: `b::B` leads to a/b.rs
  a/b.rs:2: `super::A` leads to a.rs";
    assert_eq!(circles(&files), [expected]);
}

#[test]
fn a_parent_that_uses_what_it_shows() {
    for (parent, name) in [
        ("mod b; pub use b::B;\npub struct A(B);", "B"),
        ("mod b; pub use b::*;\nfn f(_: [B; 2]) {}", "B"),
        ("mod b; pub use b::B as C;\nfn f() { vec![C {}] }", "C"),
    ] {
        let child = "pub struct B; use super::A;";
        let files = [("lib.rs", "mod a;"), ("a.rs", parent), ("a/b.rs", child)];
        let expected = format!(
            "\
a circle of 2 files:
  a.rs:2: `{name}` leads to a/b.rs
  a/b.rs:1: `super::A` leads to a.rs"
        );
        assert_eq!(circles(&files), [expected], "{parent}");
    }
}

#[test]
fn a_parent_that_only_shows_its_children() {
    let files = [
        ("lib.rs", "mod a; pub use a::{B, C};"),
        ("a.rs", "mod b; mod c; pub use b::B; pub(crate) use c::*; pub struct A;"),
        ("a/b.rs", "pub struct B; use super::A; use super::C; use crate::C as Same;"),
        ("a/c.rs", "pub struct C; use super::A;"),
    ];
    assert_eq!(circles(&files), [""; 0]);
}

#[test]
fn a_use_for_tests() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub struct A; #[cfg(test)] mod tests { use crate::b::B; }"),
        ("b.rs", "pub struct B; use crate::a::A;"),
    ];
    assert_eq!(circles(&files), [""; 0]);
}

//! Tests of the lists of known arrows.

use std::collections::BTreeMap;

use super::super::known::compare;

const KNOWN: &[(&str, &str)] = &[("a.rs", "b.rs"), ("c.rs", "d.rs")];

fn compared(found: &[(&str, &str, &str)]) -> Result<(), String> {
    let found = found
        .iter()
        .map(|(from, to, text)| (((*from).to_owned(), (*to).to_owned()), (*text).to_owned()));
    compare("LIST", "this breaks the rule", KNOWN, &BTreeMap::from_iter(found))
}

#[test]
fn as_many_as_known() {
    assert_eq!(compared(&[("a.rs", "b.rs", ""), ("c.rs", "d.rs", "")]), Ok(()));
}

#[test]
fn a_new_one_fails() {
    let found = [
        ("a.rs", "b.rs", ""),
        ("a.rs", "d.rs", "a circle"),
        ("c.rs", "d.rs", ""),
        ("d.rs", "a.rs", "a circle"),
    ];
    assert_eq!(compared(&found), Err("this breaks the rule:\na circle\n".into()));
}

#[test]
fn a_mended_one_fails() {
    let expected = "\
these are mended; delete their lines from LIST in tests/it/house/known.rs:
    (\"c.rs\", \"d.rs\"),
";
    assert_eq!(compared(&[("a.rs", "b.rs", "")]), Err(expected.into()));
}

//! Arrows of `nano/src` that break the rules and wait to be mended. The lists only get shorter.

use std::collections::BTreeMap;

use super::rules::Arrow;

/// Arrows that lead to a higher floor: from, to.
pub(super) const UPWARD: &[(&str, &str)] = &[];

/// Arrows that are part of a circle, those that lead up left out: from, to.
pub(super) const CIRCULAR: &[(&str, &str)] = &[
    ("net.rs", "net/pump.rs"),
    ("net/local.rs", "net/local/turn.rs"),
    ("net/local/turn.rs", "net/local.rs"),
    ("net/pump.rs", "net.rs"),
    ("net/pump.rs", "net/pump/inbound.rs"),
    ("net/pump/inbound.rs", "net/pump.rs"),
];

/// Fails when there is an arrow that the list does not know, or an entry without an arrow.
pub(super) fn compare(
    name: &str,
    rule: &str,
    known: &[(&str, &str)],
    found: &BTreeMap<Arrow, String>,
) -> Result<(), String> {
    let is = |(from, to): &Arrow, entry: &(&str, &str)| (from.as_str(), to.as_str()) == *entry;
    let mut new: Vec<&str> = found
        .iter()
        .filter(|(arrow, _)| !known.iter().any(|entry| is(arrow, entry)))
        .map(|(_, text)| text.as_str())
        .collect();
    // The arrows of a circle share its text.
    new.sort_unstable();
    new.dedup();
    let stale = known.iter().filter(|entry| !found.keys().any(|arrow| is(arrow, entry)));
    let stale: Vec<_> = stale.map(|(from, to)| format!("    (\"{from}\", \"{to}\"),")).collect();

    let mut text = String::new();
    if !new.is_empty() {
        text += &format!("{rule}:\n{}\n", new.join("\n"));
    }
    if !stale.is_empty() {
        text += &format!(
            "these are mended; delete their lines from {name} in tests/it/house/known.rs:\n{}\n",
            stale.join("\n")
        );
    }
    if text.is_empty() { Ok(()) } else { Err(text) }
}

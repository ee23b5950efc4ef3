//! The known arrows of `nano/src` that break the rules and are to be removed. The lists only get shorter.

use std::collections::BTreeMap;

use super::rules::Arrow;

/// Arrows that lead to a higher floor: from, to.
pub(super) const UPWARD: &[(&str, &str)] = &[];

/// Arrows that are part of a circle, those that lead up left out: from, to.
pub(super) const CIRCULAR: &[(&str, &str)] = &[
    ("component.rs", "component/access.rs"),
    ("component.rs", "component/definition.rs"),
    ("component/access.rs", "component.rs"),
    ("component/call.rs", "component.rs"),
    ("component/call.rs", "component/access.rs"),
    ("component/call.rs", "component/context.rs"),
    ("component/call.rs", "component/instance.rs"),
    ("component/context.rs", "component.rs"),
    ("component/context.rs", "component/call.rs"),
    ("component/context.rs", "component/handle.rs"),
    ("component/context.rs", "component/instance.rs"),
    ("component/context.rs", "timer.rs"),
    ("component/definition.rs", "component.rs"),
    ("component/definition.rs", "component/access.rs"),
    ("component/definition.rs", "component/call.rs"),
    ("component/definition.rs", "component/entry.rs"),
    ("component/definition.rs", "component/hook.rs"),
    ("component/definition.rs", "component/method.rs"),
    ("component/entry.rs", "component.rs"),
    ("component/entry.rs", "component/call.rs"),
    ("component/entry.rs", "component/instance.rs"),
    ("component/entry.rs", "component/method.rs"),
    ("component/handle.rs", "component.rs"),
    ("component/handle.rs", "component/access.rs"),
    ("component/handle.rs", "component/call.rs"),
    ("component/handle.rs", "component/instance.rs"),
    ("component/handle.rs", "timer.rs"),
    ("component/hook.rs", "component.rs"),
    ("component/hook.rs", "component/call.rs"),
    ("component/hook.rs", "component/instance.rs"),
    ("component/hook.rs", "component/method.rs"),
    ("component/hook.rs", "timer.rs"),
    ("component/instance.rs", "component.rs"),
    ("component/instance.rs", "component/access.rs"),
    ("component/instance.rs", "component/registry.rs"),
    ("component/method.rs", "component.rs"),
    ("component/method.rs", "component/access.rs"),
    ("component/method.rs", "component/call.rs"),
    ("component/registry.rs", "component.rs"),
    ("component/registry.rs", "component/instance.rs"),
    ("net.rs", "net/pump.rs"),
    ("net/local.rs", "net/local/turn.rs"),
    ("net/local/turn.rs", "net/local.rs"),
    ("net/pump.rs", "net.rs"),
    ("net/pump.rs", "net/pump/inbound.rs"),
    ("net/pump/inbound.rs", "net/pump.rs"),
    ("timer.rs", "component.rs"),
    ("timer.rs", "component/access.rs"),
    ("timer.rs", "component/call.rs"),
    ("timer.rs", "component/hook.rs"),
    ("timer.rs", "component/instance.rs"),
];

/// Fails when there is an arrow that is not in the list, or an entry without an arrow.
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

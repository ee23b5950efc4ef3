//! Arrows of `nano/src` that break the rules and wait to be mended. The lists only get shorter.

use std::collections::BTreeMap;

use super::rules::Arrow;

/// Arrows that lead to a higher floor: from, to.
pub(super) const UPWARD: &[(&str, &str)] = &[
    ("component/instance.rs", "app/core.rs"),
    ("net/accept.rs", "app/core.rs"),
    ("net/accept.rs", "net/connection.rs"),
    ("net/accept.rs", "net/transport.rs"),
    ("net/accept.rs", "net/websocket.rs"),
    ("net/connection.rs", "app/core.rs"),
    ("net/connection/running.rs", "app/core.rs"),
    ("net/handshake.rs", "app/core.rs"),
    ("net/listener.rs", "net/tcp.rs"),
    ("net/listener.rs", "net/websocket.rs"),
    ("net/sweeper.rs", "app/core.rs"),
    ("push.rs", "app/core.rs"),
    ("session.rs", "app/core.rs"),
    ("session.rs", "net/outbound.rs"),
    ("session.rs", "reply.rs"),
    ("session/respond.rs", "app/config.rs"),
    ("session/respond.rs", "net/outbound.rs"),
    ("session/respond.rs", "reply.rs"),
];

/// Arrows that are part of a circle, those that lead up left out: from, to.
pub(super) const CIRCULAR: &[(&str, &str)] = &[
    ("app.rs", "app/build.rs"),
    ("app/build.rs", "app.rs"),
    ("client.rs", "client/builder.rs"),
    ("client.rs", "client/connection.rs"),
    ("client/builder.rs", "client.rs"),
    ("client/builder.rs", "client/connection.rs"),
    ("client/connection.rs", "client.rs"),
    ("codec/message.rs", "codec/message/id.rs"),
    ("codec/message/id.rs", "codec/message.rs"),
    ("component.rs", "component/access.rs"),
    ("component.rs", "component/definition.rs"),
    ("component/access.rs", "component.rs"),
    ("component/context.rs", "component.rs"),
    ("component/context.rs", "component/access.rs"),
    ("component/context.rs", "component/instance.rs"),
    ("component/context.rs", "timer.rs"),
    ("component/definition.rs", "component.rs"),
    ("component/definition.rs", "component/context.rs"),
    ("component/definition.rs", "component/dispatch.rs"),
    ("component/dispatch.rs", "component.rs"),
    ("component/dispatch.rs", "component/context.rs"),
    ("component/dispatch.rs", "component/definition.rs"),
    ("component/dispatch.rs", "component/instance.rs"),
    ("component/dispatch.rs", "timer.rs"),
    ("component/instance.rs", "component.rs"),
    ("component/instance.rs", "component/access.rs"),
    ("group.rs", "session.rs"),
    ("net/connection.rs", "net/connection/running.rs"),
    ("net/connection/running.rs", "net/connection.rs"),
    ("serializer.rs", "serializer/payload.rs"),
    ("serializer/payload.rs", "serializer.rs"),
    ("session.rs", "group.rs"),
    ("timer.rs", "component.rs"),
    ("timer.rs", "component/access.rs"),
    ("timer.rs", "component/context.rs"),
    ("timer.rs", "component/instance.rs"),
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

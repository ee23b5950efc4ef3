//! The types that a `*` brings from crates that are not read.

/// Modules of other crates, with the types in them that messages are made of. The types of the prelude, and
/// those whose names mean one type wherever they come from, need no entry.
const TYPES: [(&[&str], &[&str]); 10] = [
    (&["nano"], &["Bytes", "Uid"]),
    (&["bytes"], &["Bytes", "BytesMut"]),
    (&["serde_json"], &["Map", "Number", "Value"]),
    (&["std", "cell"], &["Cell"]),
    (&["std", "cmp"], &["Reverse"]),
    (
        &["std", "net"],
        &["IpAddr", "Ipv4Addr", "Ipv6Addr", "SocketAddr", "SocketAddrV4", "SocketAddrV6"],
    ),
    (&["std", "num"], &["Saturating", "Wrapping"]),
    (&["std", "ops"], &["Bound", "Range", "RangeFrom", "RangeInclusive", "RangeTo"]),
    (&["std", "path"], &["Path"]),
    (&["std", "time"], &["Duration", "SystemTime"]),
];

/// Returns `true` if `use path::*` brings a type of this name.
pub(super) fn brings(path: &[String], name: &str) -> bool {
    TYPES.iter().any(|(module, types)| {
        let is_module = module.len() == path.len()
            && path.iter().zip(*module).all(|(one, other)| {
                one == other || (*other == "std" && matches!(&**one, "core" | "alloc"))
            });
        is_module && types.contains(&name)
    })
}

//! Names for types of several modules and crates.

use std::collections::{BTreeMap, BTreeSet};

/// Gives each path a name of its own: the last segment, with as many modules in front as it takes
/// where several share it.
///
/// The name of a type depends on the set of types, and not on their order; only types with the same
/// path, which are of several crates, are numbered in their order.
pub(super) fn assign(paths: &[String]) -> Vec<String> {
    let mut levels = vec![0; paths.len()];
    loop {
        let names: Vec<String> =
            paths.iter().zip(&levels).map(|(path, level)| name(path, *level)).collect();
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            by_name.entry(name).or_default().push(at);
        }
        let mut moved = false;
        for at in by_name.values().filter(|shared| shared.len() > 1).flatten() {
            if levels[*at] < modules(&paths[*at]).count() {
                levels[*at] += 1;
                moved = true;
            }
        }
        if !moved {
            return number(names);
        }
    }
}

/// Makes names unique that nothing else can tell apart.
fn number(names: Vec<String>) -> Vec<String> {
    let all: BTreeSet<String> = names.iter().cloned().collect();
    let mut taken = BTreeSet::new();
    let mut unique = Vec::with_capacity(names.len());
    for name in names {
        let mut candidate = name.clone();
        let mut count = 1;
        while taken.contains(&candidate) || (count > 1 && all.contains(&candidate)) {
            count += 1;
            candidate = format!("{name}{count}");
        }
        taken.insert(candidate.clone());
        unique.push(candidate);
    }
    unique
}

fn modules(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let mut segments: Vec<&str> = path.split("::").collect();
    segments.pop();
    segments.into_iter().filter(|segment| *segment != "crate")
}

fn name(path: &str, level: usize) -> String {
    let last = path.rsplit("::").next().unwrap_or(path);
    let mut front: Vec<String> = modules(path).rev().take(level).map(pascal).collect();
    front.reverse();
    front.concat() + last
}

fn pascal(module: &str) -> String {
    let word = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| {
            first.to_uppercase().collect::<String>() + chars.as_str()
        })
    };
    module.split('_').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::assign;

    fn check(paths: &[&str], expected: &[&str]) {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(assign(&paths), expected, "{paths:?}");
    }

    #[test]
    fn modules_tell_types_apart() {
        check(&[], &[]);
        check(&["crate::Player", "crate::room::Seat"], &["Player", "Seat"]);
        check(&["crate::room::Player", "crate::lobby::Player"], &["RoomPlayer", "LobbyPlayer"]);
        check(&["crate::Player", "crate::big_room::Player"], &["Player", "BigRoomPlayer"]);
        check(
            &["crate::a::room::Player", "crate::b::room::Player", "crate::room::Player"],
            &["ARoomPlayer", "BRoomPlayer", "RoomPlayer"],
        );
        check(
            &["crate::a::Player", "crate::b::Player", "crate::APlayer"],
            &["APlayer", "BPlayer", "APlayer2"],
        );
        check(&["crate::X", "crate::X", "crate::X2"], &["X", "X3", "X2"]);
        check(&["std::time::Duration", "crate::Duration"], &["TimeDuration", "Duration"]);
    }
}

//! The wall clock, which may jump: nothing that waits or compares times reads it.

use std::collections::BTreeMap;

use super::{read, root, sources};

/// The ways to the wall clock.
const WAYS: [&str; 6] =
    ["SystemTime::now", "Timestamp::now", "Zoned::now", "Utc::now", "Local::now", "clock_gettime"];

/// The files that read it, how often, and why.
const READERS: [(&str, usize, &str); 3] = [
    ("nano/src/cluster/master.rs", 1, "a new node's number is greater than those of before"),
    ("nano/src/timer/cron.rs", 2, "a cron expression means the wall clock"),
    ("nano/src/wire/handshake.rs", 1, "clients are told the time"),
];

#[test]
fn fault_25_the_wall_clock_decides_nothing_but_numbers() {
    let mut found = BTreeMap::new();
    for file in sources("nano/src") {
        let path = file.strip_prefix(root()).expect("below the root").display().to_string();
        let text = read(&path);
        let count: usize = WAYS.iter().map(|way| text.matches(way).count()).sum();
        if count > 0 {
            found.insert(path, count);
        }
    }
    let expected: BTreeMap<_, _> =
        READERS.iter().map(|(path, count, _)| ((*path).to_owned(), *count)).collect();
    assert_eq!(found, expected, "times are those of `tokio::time`, which never jump");
}

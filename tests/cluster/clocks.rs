//! Nodes whose wall clocks jump, which libfaketime does to their processes.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::clients::{assert_claims_are_kept, client_with_claims};
use crate::load::{Answers, Load};
use crate::node::{Node, Role, all_see_all};
use crate::table::report;

/// Longer than a lease.
const WHILE: Duration = Duration::from_secs(7);

/// Half an hour in numbers of nodes, each of which stands for sixteen seconds.
const HALF_AN_HOUR: u32 = 1800 / 16;

/// Returns the environment of a process whose wall clock is off by the seconds in a file. It looks at the file each second.
pub(crate) fn environment(file: &Path) -> [(&'static str, OsString); 4] {
    let library = env::var_os("NANO_FAKETIME").expect("`cargo xtask cluster` sets NANO_FAKETIME");
    [
        ("LD_PRELOAD", library),
        ("FAKETIME_TIMESTAMP_FILE", file.into()),
        ("FAKETIME_CACHE_DURATION", "1".into()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
    ]
}

/// The distance of the nodes' wall clocks from the real one.
struct WallClock {
    _folder: TempDir,
    file: PathBuf,
}

impl WallClock {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let clock = Self { file: folder.path().join("seconds"), _folder: folder };
        clock.set(0);
        clock
    }

    /// Lets them be so many hours ahead; behind, if it is negative.
    fn set(&self, hours: i32) {
        // A file that is there is replaced, and never half written.
        let newer = self.file.with_extension("new");
        fs::write(&newer, format!("{:+}\n", hours * 3600)).expect("a file");
        fs::rename(newer, &self.file).expect("a file");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs libfaketime: `cargo xtask cluster` runs it"]
async fn fault_25_wall_clock_jumps() {
    const FAULT: &str = "fault_25_wall_clock_jumps";
    let clock = WallClock::new();
    let gate = Node::start(Role::master("gate").gate().clock(&clock.file)).await;
    let join = |name: &str| Role::join(name, gate.cluster()).backend().clock(&clock.file);
    let (one, two) = tokio::join!(Node::start(join("one")), Node::start(join("two")));
    all_see_all(&[&gate, &one, &two]).await;
    let user = client_with_claims(&gate, "one").await;
    let loads: Vec<_> =
        (0..4).map(|_| Load::at(&[gate.clients()], Duration::from_millis(10))).collect();
    let start = Instant::now();

    clock.set(1);
    sleep(WHILE).await;
    let ahead = Node::start(join("ahead")).await;
    clock.set(-1);
    sleep(WHILE).await;
    let behind = Node::start(join("behind")).await;
    all_see_all(&[&gate, &one, &two, &ahead, &behind]).await;

    let numbers = ["one", "two", "ahead", "behind"].map(|name| gate.numbers(name));
    report(FAULT, format_args!("numbers {numbers:?}"));
    let [[one_number], [two_number], [ahead_number], [behind_number]] =
        numbers.each_ref().map(Vec::as_slice)
    else {
        panic!("somebody joined anew: {numbers:?}");
    };
    let latest = one_number.max(two_number);
    assert!(*ahead_number >= latest + HALF_AN_HOUR, "the clock of the master has jumped");
    assert_eq!(*behind_number, ahead_number + 1, "numbers only grow");
    for node in [&gate, &one, &two, &ahead, &behind] {
        assert_eq!(node.count(|fact| fact.left().is_some()), 0, "nobody is given up");
    }
    assert_claims_are_kept(&user, &gate).await;

    let mut answers = Vec::new();
    for load in loads {
        answers.push(load.end(start).await);
    }
    let answers = Answers::of(answers);
    report(FAULT, format_args!("an hour ahead, then an hour behind: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "service goes on");
}

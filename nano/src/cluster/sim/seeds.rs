//! The seeds of the random faults. `cargo xtask sim` runs many.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::{env, fs, thread};

use super::chaos::{KINDS, Outcome, run};
use super::observe;
use crate::cluster::planted::{self, PLANTED};

/// The seeds of a usual run, and those within which a planted fault is found.
const SEEDS: u64 = 4;
const ENOUGH: u64 = 200;

/// The first seed of a usual run.
const FIRST: u64 = 1000;

/// The frames between nodes, each of which has to occur.
const FRAMES: [&str; 20] = [
    "Answer",
    "Close",
    "Close of a user",
    "Close replaced",
    "Closed",
    "Done",
    "Goodbye",
    "Hello",
    "Leaving",
    "Manifest",
    "Patch",
    "Patch enter",
    "Patch leave",
    "Patch left",
    "Ping",
    "Push",
    "Push to a user",
    "Request",
    "Request to enter",
    "WhoHas",
];

/// Runs one seed, with a planted fault or none. A panic is a broken promise, too.
fn guarded(seed: u64, fault: Option<&'static str>) -> Outcome {
    planted::plant(fault);
    let outcome = catch_unwind(AssertUnwindSafe(|| run(seed)));
    planted::plant(None);
    outcome.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(text.unwrap_or_else(|| "a panic".to_owned()))
    })
}

/// Runs a seed twice, and compares what happened.
fn twice(seed: u64) -> Outcome {
    let (kinds, first) = guarded(seed, None)?;
    let (_, second) = guarded(seed, None)?;
    let mut pairs = first.trace.iter().zip(&second.trace).enumerate();
    match pairs.find(|(_, (one, other))| one != other) {
        Some((at, (one, other))) => {
            Err(format!("two runs differ at event {at}: `{one}`, and then `{other}`"))
        }
        None if first.trace.len() != second.trace.len() => {
            Err(format!("two runs have {} and {} events", first.trace.len(), second.trace.len()))
        }
        None => Ok((kinds, first)),
    }
}

/// Runs a seed, and writes all that happened to a file.
fn traced(seed: u64, file: &str) -> Outcome {
    let outcome = guarded(seed, None);
    let mut text = match &outcome {
        Ok((_, seen)) => seen.trace.join("\n"),
        Err(fault) => format!("{}\n{fault}", observe::take().trace.join("\n")),
    };
    text.push('\n');
    fs::write(file, text).expect("the file of the trace is written");
    outcome
}

/// Does work of so many parts on all cores.
fn in_parallel(parts: usize, work: impl Fn(usize) + Sync) {
    let (next, cores) =
        (AtomicUsize::new(0), thread::available_parallelism().map_or(1, Into::into));
    thread::scope(|scope| {
        for _ in 0..parts.min(cores) {
            scope.spawn(|| {
                let take = || next.fetch_add(1, Ordering::Relaxed);
                std::iter::repeat_with(take).take_while(|at| *at < parts).for_each(&work);
            });
        }
    });
}

fn number(variable: &str, default: u64) -> u64 {
    env::var(variable).map_or(default, |number| number.parse().expect("a number"))
}

#[test]
#[expect(clippy::print_stdout, reason = "`cargo xtask sim` shows it")]
fn whatever_fails_the_cluster_is_whole_again() {
    let (seeds, first) = (number("NANO_SIM_SEEDS", SEEDS), number("NANO_SIM_FIRST", FIRST));
    let repeated = number("NANO_SIM_TWICE", 0);
    let trace = env::var("NANO_SIM_TRACE").ok();
    let (faults, frames) = (Mutex::new(BTreeMap::new()), Mutex::new(BTreeMap::new()));
    let (events, stood, broken) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(Vec::new()));
    in_parallel(usize::try_from(seeds).expect("a number of seeds"), |at| {
        let at = at as u64;
        let seed = first + at;
        let outcome = match &trace {
            Some(file) => traced(seed, file),
            None if at < repeated => twice(seed),
            None => guarded(seed, None),
        };
        match outcome {
            Ok((kinds, seen)) => {
                let mut faults = faults.lock().expect("no panic");
                kinds.into_iter().for_each(|kind| *faults.entry(kind).or_insert(0_u64) += 1);
                let mut frames = frames.lock().expect("no panic");
                for (kind, count) in seen.frames {
                    *frames.entry(kind).or_insert(0_u64) += count;
                }
                events.fetch_add(seen.trace.len() as u64, Ordering::Relaxed);
                stood.fetch_add(seen.stood, Ordering::Relaxed);
            }
            Err(fault) => broken.lock().expect("no panic").push(format!("seed {seed}: {fault}")),
        }
    });
    let (faults, frames) = (faults.into_inner().unwrap(), frames.into_inner().unwrap());
    let (events, stood) = (events.into_inner(), stood.into_inner());
    println!("{seeds} seeds from {first}: {events} events\n{faults:?}, {stood} stood\n{frames:?}");
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{} of {seeds}:\n{}", broken.len(), broken.join("\n"));
    if trace.is_some() {
        return;
    }
    assert!(KINDS.iter().all(|kind| faults.contains_key(kind)), "not each fault: {faults:?}");
    assert!(FRAMES.iter().all(|kind| frames.contains_key(kind)), "not each frame: {frames:?}");
    assert!(stood > 0, "no process stood still");
}

/// A planted fault is found when a seed fails with it.
#[test]
#[ignore = "`cargo xtask sim --mutants` runs it"]
#[expect(clippy::print_stdout, reason = "`cargo xtask sim` shows it")]
fn each_planted_fault_is_found() {
    let only = env::var("NANO_SIM_PLANT").ok();
    let chosen = |name: &str| only.as_ref().is_none_or(|only| only == name);
    let planted: Vec<_> = PLANTED.iter().filter(|(name, _)| chosen(name)).collect();
    assert!(!planted.is_empty(), "no fault is called {only:?}; there are {PLANTED:?}");
    let (first, missed) = (number("NANO_SIM_FIRST", FIRST), Mutex::new(Vec::new()));
    in_parallel(planted.len(), |at| {
        let (name, place) = *planted[at];
        let found = (0..ENOUGH)
            .find_map(|at| guarded(first + at, Some(name)).err().map(|fault| (at + 1, fault)));
        match found {
            Some((seeds, fault)) => {
                let fault = fault.lines().next().unwrap_or_default();
                println!("{name:<16} {place}\n{:<16} found by seed {seeds}: {fault:.200}", "");
            }
            None => missed.lock().expect("no panic").push(name),
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "not found within {ENOUGH} seeds: {missed:?}");
}

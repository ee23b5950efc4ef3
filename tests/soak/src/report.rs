//! The verdict about a run.

use std::fmt::Write as _;
use std::time::Duration;

use crate::hostile;
use crate::load::{Findings, Plan};
use crate::player::{LATE, SILENT};
use crate::protocol::Census;

/// The growth of memory from one round to an equal one that is no leak, in hundredths.
const GROWTH: u64 = 10;

impl Census {
    /// Returns what the server holds beyond what it held before.
    pub(crate) fn leftovers(&self, before: &Self) -> Vec<String> {
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let kinds = [
            ("sessions", signed(self.sessions), 0),
            ("sessions without their closed hook", self.hooks, 0),
            ("rooms", signed(self.rooms), 0),
            ("members of rooms", signed(self.seats), 0),
            ("spectators of rooms", signed(self.spectators), 0),
            ("members of channels", signed(self.members), 0),
            ("timers", self.timers, before.timers),
            ("session objects", self.known, 0),
            ("tasks", signed(self.tasks), signed(before.tasks)),
            ("file descriptors", signed(self.files), signed(before.files)),
        ];
        // Hooks that ran twice make a number negative.
        let left = kinds.iter().filter(|(_, now, then)| now > then || *now < 0);
        left.map(|(kind, now, then)| format!("{kind}: {now}, and {then} before")).collect()
    }
}

/// The length of a run from which on the resident memory has settled when the first round, the warm-up, is over.
const SETTLED: Duration = Duration::from_secs(120);

/// The allocated bytes that come and go between rounds: the buffers that a thread keeps for its next message. It keeps two
/// of 128 KiB for sockets, one of 128 KiB for the turn of a connection, and one of 64 KiB for what it encodes, and a thread
/// may need the largest of each for the first time in the last round. A leak of two hundred bytes per session is more in a
/// full run.
const BUFFERS: u64 = (2 * 128 + 128 + 64) * 1024;

/// The fewest behaviours of hostile clients.
const BEHAVIOURS: usize = 30;

/// Of so many sessions, one at most may be ended because the clients get no turn on the machine.
const STARVED: u64 = 50;

/// The events without which a run proves nothing. Small ones may lack them.
const NEEDED: [&str; 5] =
    ["replies", "pushes", "hostile connections", "told of the drain", "turned away"];

/// Events that are needed as well, and so rare that a run of a few seconds has none now and then.
const RARE: [&str; 3] = ["kicked by players", "duplicate logins", "resumed"];

/// The length of a run from which on the rare events are needed.
const TELLING: Duration = Duration::from_secs(30);

/// Returns the failure of memory that has grown between equal rounds.
fn growth(kind: &str, first: u64, second: u64, allowed: u64) -> Option<String> {
    let [from, to] = [first, second].map(|bytes| bytes / 1024);
    (second > first + allowed.max(first * GROWTH / 100)).then(|| {
        format!(
            "{kind}: {from} KiB after round 2, {to} KiB after round 3, more than {GROWTH} % growth"
        )
    })
}

impl Findings {
    /// Returns all reasons why the run has failed.
    fn failures(&self, plan: Plan) -> Vec<String> {
        let (mut failures, all) = self.ledger.faults();
        if all > failures.len() as u64 {
            failures.push(format!("{all} such faults in all"));
        }
        let [before, rounds @ ..] = &self.censuses[..] else { return failures };
        for (at, census) in rounds.iter().enumerate() {
            for left in census.leftovers(before) {
                failures.push(format!("left over after round {}: {left}", at + 1));
            }
        }
        if let [_, first, second] = rounds {
            failures.extend(growth("allocated memory", first.heap, second.heap, BUFFERS));
            // For half a minute the pages that the allocator keeps between the pieces in use still grow, and say nothing
            // about a leak, which the allocated bytes show at any length.
            if plan.time >= SETTLED {
                failures.extend(growth("resident memory", first.memory, second.memory, 0));
            }
        }
        for left in self.last.iter().flat_map(|last| last.leftovers(&self.bare)) {
            failures.push(format!("left over after the drain: {left}"));
        }
        // They add up over the run, its drain included.
        let latest = self.last.as_ref().or(rounds.last());
        let panics = latest.into_iter().flat_map(|census| &census.panics);
        failures.extend(panics.map(|panic| format!("the server: {panic}")));
        // A run in which nothing happens proves nothing.
        let has_all = self.last.is_some() && plan.sessions >= 200;
        let rare = RARE.into_iter().filter(|_| plan.time >= TELLING);
        let needed = NEEDED.into_iter().chain(rare).filter(|_| has_all);
        for name in needed.filter(|name| self.ledger.counted(name) == 0) {
            failures.push(format!("{name}: none; the run is too short to find a fault"));
        }
        if has_all && self.ledger.behaviours() < BEHAVIOURS {
            failures
                .push(format!("only {} behaviours of hostile clients", self.ledger.behaviours()));
        }
        let starved = self.ledger.counted(LATE) + self.ledger.counted(SILENT);
        if starved * STARVED > self.ledger.counted("sessions") {
            failures.push(format!("{starved} sessions ended because their clients had no turn"));
        }
        failures
    }

    /// Prints counts, leftovers and the verdict. Returns `true` if the run has passed.
    pub(crate) fn print(&self, plan: Plan) -> bool {
        let mut table = String::new();
        for (name, count) in self.ledger.counts() {
            let _ = writeln!(table, "{name:<24}{count:>12}");
        }
        for (kind, (time, one)) in self.ledger.latest() {
            let _ = writeln!(table, "the latest {kind}: after {time:.1?} ({one})");
        }
        let names =
            ["", "sessions", "rooms", "members", "timers", "tasks", "files", "heap", "memory"];
        let row = |cells: [String; 9]| {
            let [first, rest @ ..] = cells;
            rest.iter().fold(format!("\n{first:<12}"), |line, cell| format!("{line}{cell:>11}"))
        };
        table += &row(names.map(str::to_owned));
        let rounds = (1..).map(|at| format!("round {at}"));
        let names = ["no app".to_owned(), "before".to_owned()].into_iter().chain(rounds);
        let censuses = [&self.bare].into_iter().chain(&self.censuses);
        let last = self.last.iter().map(|last| ("drain".to_owned(), last));
        for (name, census) in names.zip(censuses).chain(last) {
            let Census {
                sessions,
                rooms,
                seats,
                spectators,
                members,
                timers,
                tasks,
                files,
                heap,
                memory,
                ..
            } = census;
            table += &row([
                name,
                sessions.to_string(),
                rooms.to_string(),
                (seats + spectators + members).to_string(),
                timers.to_string(),
                tasks.to_string(),
                files.to_string(),
                format!("{} KiB", heap / 1024),
                format!("{} KiB", memory / 1024),
            ]);
        }
        println!("{table}\n");
        let failures = self.failures(plan);
        if failures.is_empty() {
            self.say_passed(plan);
        } else {
            failures.iter().for_each(|failure| println!("- {failure}"));
            println!("FAILED, seed {}", plan.seed);
        }
        failures.is_empty()
    }

    fn say_passed(&self, plan: Plan) {
        println!("{}", self.players);
        println!(
            "{} of {} behaviours of hostile clients",
            self.ledger.behaviours(),
            hostile::count()
        );
        println!(
            "every request was answered once and in order, with the answer to its own session"
        );
        println!(
            "no push was lost, doubled or reordered beyond its class, and none came to a wrong session, member or spectator"
        );
        match plan.options.plain {
            true => println!("no message had a stage"),
            false => println!("every message passed the stages, those of its own session in order"),
        }
        println!(
            "no session, room, member, spectator, timer, task or file descriptor was left over"
        );
        println!(
            "memory grew by {GROWTH} % or {} KiB of buffers at most from one round to the next, and nothing panicked by accident",
            BUFFERS / 1024
        );
        println!(
            "the drain told {} of {} players to come back ({}), answered what it had accepted, and left nothing",
            self.ledger.counted("told of the drain"),
            plan.sessions,
            self.ledger.latest().get("drain").map(|(_, how)| how.as_str()).unwrap_or_default(),
        );
        println!("passed, seed {}", plan.seed);
    }
}

//! The scenarios of the report.

use Rounds::{Line, Registry, Single, Timed, Warm, Whole};

use crate::scenarios::{age, users};

/// A scenario of the report.
#[derive(Debug)]
pub(super) struct Entry {
    /// The name on the command line, and of the file.
    pub(super) name: &'static str,
    pub(super) heading: &'static str,
    line: &'static str,
    rounds: Rounds,
}

/// The rounds of a scenario, which the quick report has less of.
#[derive(Clone, Copy, Debug)]
enum Rounds {
    /// Rounds of a fixed time.
    Timed,
    /// The same, with time for the compiler of Node.js to warm up.
    Warm,
    /// Rounds that take as long as they need.
    Whole,
    /// One round in a process, on all cores.
    Single,
    /// Rounds over a line that loses packets, on all cores.
    Line,
    /// One round with an etcd, on all cores.
    Registry,
}

impl Entry {
    /// The arguments of the command.
    pub(super) fn command(&self, quick: bool) -> String {
        let length = match (self.rounds, quick) {
            (Timed, false) => "--rounds 5 --seconds 1.2 --warm-up 0.3",
            (Warm, false) => "--rounds 5 --seconds 1.5 --warm-up 1.5",
            (Timed | Warm, true) => "--rounds 1 --seconds 0.3 --warm-up 0.1",
            (Whole, false) => "--rounds 3",
            (Whole, true) => "--rounds 1",
            (Single, false) => "--seconds 5",
            (Single, true) => "--seconds 1",
            (Line, false) => "--rounds 5 --seconds 10",
            (Line, true) => "--rounds 1 --seconds 1",
            (Registry, false) => "--users 100000",
            (Registry, true) => "--users 2000 --finds 200",
        };
        format!("{} {length}", self.line)
    }

    /// Returns the reason why this machine cannot run it, if it cannot.
    pub(super) fn missing(&self) -> Option<String> {
        match self.rounds {
            Line => age::missing(),
            Registry => users::missing(),
            Timed | Warm | Whole | Single => None,
        }
    }

    /// Returns `true` if server and generator have a core each.
    pub(super) fn is_pinned(&self) -> bool {
        !matches!(self.rounds, Single | Line | Registry)
    }
}

const fn entry(
    name: &'static str,
    heading: &'static str,
    line: &'static str,
    rounds: Rounds,
) -> Entry {
    Entry { name, heading, line, rounds }
}

#[rustfmt::skip]
pub(super) const ENTRIES: &[Entry] = &[
    entry("echo-tcp", "Echo over TCP",
        "echo --peers nano,nano-async,nano-mut,nano-json,nano-protobuf,nano-stages,raw", Timed),
    entry("echo-tcp-1000", "Echo over TCP, 1,000 connections",
        "echo --connections 1000 --peers nano,nano:multi,nano:fair,nano:threads,raw,raw:multi,raw:fair", Timed),
    entry("echo-tcp-pipelined", "Echo over TCP, 32 in flight",
        "echo --in-flight 32 --peers nano,nano-async,nano-json,raw", Timed),
    entry("echo-ws", "Echo over WebSocket", 
        "echo --transport ws --peers nano,raw-ws,ws,pinus,colyseus", Warm),
    entry("echo-ws-pipelined", "Echo over WebSocket, 32 in flight",
        "echo --transport ws --in-flight 32 --peers nano,raw-ws", Timed),
    entry("echo-tls", "Echo over TLS", "echo --transport tls --peers nano,raw", Timed),
    entry("push", "Notify to push over TCP", "echo --push --peers nano,nano-stages,raw", Timed),
    entry("open-loop", "50,000 messages/s in an open loop",
        "echo --connections 1000 --rate 50000 --peers nano,nano:multi,raw,raw:multi", Timed),
    entry("broadcast", "Broadcast to 1,000", "broadcast --peers nano,raw-broadcast", Timed),
    entry("broadcast-bursts", "Bursts of 10 to 1,000",
        "broadcast --burst 10 --peers nano,raw-broadcast", Timed),
    entry("broadcast-ws", "Broadcast to 1,000 over WebSocket",
        "broadcast --transport ws --peers nano,raw-broadcast", Timed),
    entry("idle-tcp", "Idle over TCP", "idle --connections 9000 --peers nano,raw", Whole),
    entry("idle-ws", "Idle over WebSocket",
        "idle --connections 9000 --transport ws --peers nano,raw-ws", Whole),
    entry("idle-tls", "Idle over TLS",
        "idle --connections 5000 --transport tls --peers nano,raw", Whole),
    entry("connect-tcp", "Connecting over TCP", "storm --peers nano,raw", Whole),
    entry("connect-tls", "Connecting over TLS", "storm --transport tls --peers nano,raw", Whole),
    entry("reconnect-tcp", "10,000 are back over TCP",
        "storm --reconnect --connections 10000 --peers nano,raw", Whole),
    entry("reconnect-tls", "10,000 are back over TLS",
        "storm --reconnect --connections 10000 --transport tls --peers nano,raw", Whole),
    entry("slow", "Members that do not read",
        "slow --payload 16000 --peers nano,raw-broadcast", Whole),
    entry("rooms", "10,000 rooms that push at 10 Hz", "rooms", Single),
    entry("age", "Age of positions on a line that loses packets", "age", Line),
    entry("cluster-forward", "Through a gate to another node",
        "echo --peers nano-gate,raw-gate,raw-unary,nano", Timed),
    entry("cluster-latency", "Through a gate to another node, one client",
        "echo --connections 1 --peers nano-gate,raw-gate,raw-unary,nano", Timed),
    entry("cluster-pipelined", "Through a gate to another node, 32 in flight",
        "echo --in-flight 32 --peers nano-gate,raw-gate,nano", Timed),
    entry("cluster-broadcast", "Broadcast to 1,000 at four gates",
        "broadcast --peers nano-gates,raw-broadcast,nano", Timed),
    entry("cluster-links", "Idle links", "links --peers nano-node,raw-node", Whole),
    entry("cluster-users", "100,000 users in etcd", "users", Registry),
];

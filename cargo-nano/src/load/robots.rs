//! The robots: each goes through the steps of the script on a connection of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use nano_bench::generator::{Load, Message, Nanos, Outgoing, Route};
use serde_json::Value;

use super::report::Report;
use super::script::{Body, Script, Step};
use super::text::Values;

/// The shortest wait.
const SHORTEST: Nanos = 1_000_000;

/// All robots of a load.
#[derive(Debug)]
pub(super) struct Robots {
    script: Arc<Script>,
    robots: Vec<Robot>,
    /// The ends of thinking, and the deadlines of replies and pushes. Those of a robot that went on are skipped.
    timers: BinaryHeap<Reverse<(Nanos, usize, u64)>>,
    /// The rounds to begin in a second; `None` if each robot begins the next at once.
    rate: Option<f64>,
    /// The time of the first of those rounds, once they begin, and how many have begun.
    rounds: (Option<Nanos>, u64),
    /// Those that wait for a round, the longest first.
    free: VecDeque<usize>,
    /// The waited pushes by their codes, which the server tells.
    codes: BTreeMap<u16, usize>,
    timeout: Nanos,
    /// Nothing is sent any more.
    is_ending: bool,
    pub(super) report: Report,
}

#[derive(Debug)]
struct Robot {
    values: Values,
    is_first: bool,
    /// The next step.
    at: usize,
    state: State,
    /// Counts the changes of the state, so that a timer knows its own.
    turn: u64,
    last_id: u64,
    /// The time from which the next request is measured, if it was due earlier than it is sent.
    due: Option<Nanos>,
    /// The pushes that came since the robot sent something.
    heard: Vec<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Ready,
    Reply {
        id: u64,
        route: usize,
        from: Nanos,
    },
    Push(usize),
    Thinking,
    /// It waits for its next round.
    Free,
    Lost,
}

impl Robots {
    pub(super) fn new(script: Arc<Script>, rate: Option<f64>, timeout: Duration) -> Self {
        let report = Report::new(&script);
        Self {
            script,
            robots: Vec::new(),
            timers: BinaryHeap::new(),
            rate,
            rounds: (None, 0),
            free: VecDeque::new(),
            codes: BTreeMap::new(),
            timeout: nanos(timeout),
            is_ending: false,
            report,
        }
    }

    /// Adds robots, whose connections are opened next.
    pub(super) fn add(&mut self, count: usize) {
        for _ in 0..count {
            self.robots.push(Robot {
                values: Values::new(self.robots.len()),
                is_first: true,
                at: 0,
                state: State::Ready,
                turn: 0,
                last_id: 0,
                due: None,
                heard: vec![false; self.script.waits.len()],
            });
        }
    }

    /// Begins the rounds of a rate.
    pub(super) fn begin(&mut self, now: Nanos) {
        self.rounds = (Some(now), 0);
    }

    /// Ends the load: what was asked is still waited for, until its deadline, and nothing more is sent.
    pub(super) fn end(&mut self) {
        self.is_ending = true;
    }

    /// Returns `true` while a reply is waited for.
    pub(super) fn wait(&self) -> bool {
        self.robots.iter().any(|robot| matches!(robot.state, State::Reply { .. }))
    }

    /// Returns the number of robots that are connected.
    pub(super) fn alive(&self) -> usize {
        self.robots.iter().filter(|robot| robot.state != State::Lost).count()
    }

    /// The time of the next round of a rate.
    fn next_round(&self) -> Option<Nanos> {
        if self.is_ending {
            return None;
        }
        let (start, begun) = (self.rounds.0?, self.rounds.1);
        Some(start.saturating_add((begun as f64 * 1e9 / self.rate?) as Nanos))
    }

    fn wake(&mut self, index: usize) {
        let robot = &mut self.robots[index];
        robot.state = State::Ready;
        robot.turn += 1;
    }

    fn sleep(&mut self, index: usize, state: State, now: Nanos, time: Nanos) {
        // What is due at once would be due again and again at the same time, and nothing else would be done.
        let until = now.saturating_add(time.max(SHORTEST));
        let robot = &mut self.robots[index];
        robot.state = state;
        robot.turn += 1;
        self.timers.push(Reverse((until, index, robot.turn)));
    }

    /// Does one step. Returns `false` when the robot has to wait.
    fn step(&mut self, index: usize, now: Nanos, out: &mut Outgoing<'_>) -> bool {
        let script = self.script.clone();
        let robot = &mut self.robots[index];
        let Some(step) = script.at(robot.is_first).get(robot.at) else {
            if !robot.is_first {
                self.report.rounds += 1;
                robot.values.round += 1;
            }
            (robot.is_first, robot.at) = (false, 0);
            // With a rate, the first round waits for its turn, too.
            if self.rate.is_some() {
                robot.state = State::Free;
                self.free.push_back(index);
            }
            return self.rate.is_none();
        };
        robot.at += 1;
        match step {
            Step::Send { route, body, is_request } => {
                robot.heard.fill(false);
                let made;
                let template = match body {
                    Body::Fixed(template) => template,
                    Body::Varied(template) => {
                        match script.fill(*route, template, &mut robot.values) {
                            Ok(message) => {
                                made = message;
                                &made
                            }
                            Err(failure) => {
                                self.report.failed(*route, &format!("not sent: {failure}"));
                                self.sleep(index, State::Thinking, now, SHORTEST);
                                return false;
                            }
                        }
                    }
                };
                self.report.sent += 1;
                if !is_request {
                    out.notify(template);
                    return true;
                }
                robot.last_id += 1;
                let id = robot.last_id;
                out.request(id, template);
                let from = robot.due.take().unwrap_or(now);
                self.sleep(index, State::Reply { id, route: *route, from }, now, self.timeout);
                false
            }
            Step::Wait(push) => {
                if std::mem::take(&mut robot.heard[*push]) {
                    return true;
                }
                self.sleep(index, State::Push(*push), now, self.timeout);
                false
            }
            Step::Think(times) => {
                let (from, to) = (nanos(*times.start()), nanos(*times.end()));
                let time = robot.values.random.u64(from..=to);
                self.sleep(index, State::Thinking, now, time);
                false
            }
        }
    }
}

impl Load for Robots {
    fn received(&mut self, connection: usize, message: Message<'_>, now: Nanos) -> Result<()> {
        let robot = &mut self.robots[connection];
        match message {
            Message::Response { id, body, is_error } => {
                let State::Reply { id: expected, route, from } = robot.state else { return Ok(()) };
                // A reply that comes after its time has been counted as missing.
                if id == expected {
                    match is_error {
                        true => self.report.failed(route, &code(body)),
                        false => self.report.answered(route, now.saturating_sub(from)),
                    }
                    self.wake(connection);
                }
            }
            Message::Push { route, .. } => {
                self.report.pushes += 1;
                let push = match route {
                    Route::Name(name) => {
                        self.script.waits.iter().position(|wait| wait.as_bytes() == name)
                    }
                    Route::Code(code) => self.codes.get(&code).copied(),
                };
                let Some(push) = push else { return Ok(()) };
                if robot.state == State::Push(push) {
                    self.wake(connection);
                } else {
                    robot.heard[push] = true;
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, connection: usize, now: Nanos, out: &mut Outgoing<'_>) {
        // Notifies alone cannot go on for ever: the steps of a round have a wait among them.
        while !self.is_ending && self.robots[connection].state == State::Ready {
            if !self.step(connection, now, out) {
                return;
            }
        }
    }

    fn outstanding(&self) -> u64 {
        // Each robot has deadlines of its own.
        0
    }

    fn welcomed(&mut self, connection: usize, reply: &Value) -> Result<()> {
        if connection == 0 {
            self.codes = self.script.codes(&reply["sys"]["dict"]);
        }
        self.report.connected += 1;
        Ok(())
    }

    fn lost(&mut self, connection: usize, error: anyhow::Error) -> Result<()> {
        if self.report.connected == 0 {
            return Err(error);
        }
        self.robots[connection].state = State::Lost;
        let reason = error.chain().nth(1).map_or_else(|| error.to_string(), ToString::to_string);
        self.report.lost(&reason);
        match self.alive() {
            0 => Err(anyhow!("all connections are lost, the last one because: {reason}")),
            _ => Ok(()),
        }
    }

    fn next(&self) -> Option<Nanos> {
        let timer = self.timers.peek().map(|Reverse((at, ..))| *at);
        let round = self.next_round().filter(|_| !self.free.is_empty());
        timer.into_iter().chain(round).min()
    }

    fn due(&mut self, now: Nanos) -> Option<usize> {
        while let Some(Reverse((at, index, turn))) = self.timers.peek().copied() {
            if at > now {
                break;
            }
            self.timers.pop();
            let robot = &self.robots[index];
            if robot.turn != turn {
                continue;
            }
            match robot.state {
                State::Reply { route, .. } => self.report.failed(route, "no reply in time"),
                State::Push(push) => {
                    let route = self.script.waits[push].clone();
                    self.report.missed(&route);
                }
                State::Thinking => {}
                State::Ready | State::Free | State::Lost => continue,
            }
            self.wake(index);
            return Some(index);
        }
        let due = self.next_round().filter(|at| *at <= now)?;
        while let Some(index) = self.free.pop_front() {
            if self.robots[index].state == State::Free {
                self.rounds.1 += 1;
                self.wake(index);
                self.robots[index].due = Some(due);
                return Some(index);
            }
        }
        None
    }
}

fn nanos(time: Duration) -> Nanos {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The code of an error's body: in JSON, or the first field of Protobuf's.
fn code(body: &[u8]) -> String {
    if let Ok(error) = serde_json::from_slice::<Value>(body) {
        return error["code"].as_str().unwrap_or("an error without a code").to_owned();
    }
    let code = match body {
        [0x0a, len, rest @ ..] => rest.get(..usize::from(*len)),
        _ => None,
    };
    code.map_or("an error that cannot be read".into(), String::from_utf8_lossy).into_owned()
}

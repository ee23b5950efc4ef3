//! Where the comparison stands, and what it found so far.

use super::Change;

/// More than any real message takes; what is made to take longer is given up.
const STEPS: usize = 300_000;

/// How deep types may be in one another.
const DEPTH: usize = 100;

/// Who writes a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Old clients, for the new server to read.
    Received,
    /// The new server, for old clients to read.
    Sent,
}

/// Collects changes.
pub(super) struct Report {
    pub(super) changes: Vec<Change>,
    pub(super) direction: Direction,
    route: Option<String>,
    path: String,
    depth: usize,
    steps: usize,
}

/// A state of the report to go back to.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Report {
    pub(super) fn new() -> Self {
        Self {
            changes: Vec::new(),
            direction: Direction::Sent,
            route: None,
            path: String::new(),
            depth: 0,
            steps: 0,
        }
    }

    /// Goes on with a route; without, with what is about all of them.
    pub(super) fn route(&mut self, route: Option<&str>) {
        self.route = route.map(str::to_owned);
        self.path.clear();
    }

    /// Goes on with a message of the route.
    pub(super) fn part(&mut self, name: &str, direction: Direction) {
        self.path = name.to_owned();
        self.direction = direction;
        self.steps = 0;
    }

    pub(super) fn breaking(&mut self, message: impl Into<String>) {
        self.add(true, message.into());
    }

    pub(super) fn harmless(&mut self, message: impl Into<String>) {
        self.add(false, message.into());
    }

    /// Adds a breaking change with the consequence that fits the direction.
    pub(super) fn breaking_by(&mut self, what: &str, received: &str, sent: &str) {
        let why = match self.direction {
            Direction::Received => received,
            Direction::Sent => sent,
        };
        self.breaking(format!("{what}: {why}"));
    }

    fn add(&mut self, breaking: bool, message: String) {
        let (route, path) = (self.route.clone(), self.path.clone());
        self.changes.push(Change { breaking, route, path, message });
    }

    /// Goes on with what is at `segment` of the place; [`leave`](Self::leave) takes what this returns.
    pub(super) fn enter(&mut self, segment: &str) -> usize {
        let length = self.path.len();
        // The name of the message stands before.
        if !self.path.contains(' ') {
            self.path.push(' ');
        }
        self.path.push_str(segment);
        length
    }

    /// Goes back to where [`enter`](Self::enter) was called.
    pub(super) fn leave(&mut self, length: usize) {
        self.path.truncate(length);
    }

    /// Counts some work; false if there is no more to spend, which is reported once.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        let before = self.steps;
        self.steps = self.steps.saturating_add(steps);
        if before <= STEPS && self.steps > STEPS {
            self.breaking(format!(
                "the types take more than {STEPS} steps to compare: simplify them"
            ));
        }
        self.steps <= STEPS
    }

    /// Goes one level down if there is one; false if not, which is reported.
    pub(super) fn descend(&mut self) -> bool {
        if self.depth == DEPTH {
            self.breaking(format!("the types are more than {DEPTH} levels deep: not compared"));
            return false;
        }
        self.depth += 1;
        self.spend(1) || {
            self.depth -= 1;
            false
        }
    }

    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.changes.len())
    }

    /// Whether nothing breaking came since the mark.
    pub(super) fn fine_since(&self, mark: Mark) -> bool {
        self.changes.iter().skip(mark.0).all(|change| !change.breaking)
    }

    /// Forgets what came since the mark, unless there was no more to spend.
    pub(super) fn forget_since(&mut self, mark: Mark) {
        if self.steps <= STEPS {
            self.changes.truncate(mark.0);
        }
    }
}

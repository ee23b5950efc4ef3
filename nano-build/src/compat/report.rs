//! The report of a comparison: its current place, and the changes found so far.

use super::Change;

/// The largest number of steps of a comparison. No real message takes as many.
const STEPS: usize = 300_000;

/// The deepest nesting of types.
const DEPTH: usize = 100;

/// The direction of a message.
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

    /// Goes on with a route, or with changes that are about all of them.
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

    /// Adds a breaking change with the consequence for the current direction.
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

    /// Goes on with the part `segment` of the current place. Pass the result to
    /// [`leave`](Self::leave).
    pub(super) fn enter(&mut self, segment: &str) -> usize {
        let length = self.path.len();
        // The name of the message comes first.
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

    /// Counts steps. Returns `false` if there are none left, which is reported once.
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

    /// Goes one level down. Returns `false` if that is too deep, which is reported.
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

    /// Returns `true` if no breaking change was added since the mark.
    pub(super) fn fine_since(&self, mark: Mark) -> bool {
        self.changes.iter().skip(mark.0).all(|change| !change.breaking)
    }

    /// Removes the changes added since the mark, unless the steps have run out.
    pub(super) fn forget_since(&mut self, mark: Mark) {
        if self.steps <= STEPS {
            self.changes.truncate(mark.0);
        }
    }
}

//! All that is seen of a simulated world, and the promises that are seen to be broken. A world lives on one thread, and so
//! does this.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;

use crate::cluster::Node as This;
use crate::cluster::frames::patch::Change;
use crate::cluster::frames::{Frame, Kind, Patch};
use crate::cluster::linked::Link;
use crate::cluster::registry::View;

/// One start of a host's process.
pub(super) type Start = (&'static str, u32);

thread_local! {
    static SEEN: RefCell<Observed> = RefCell::default();
}

#[derive(Default)]
pub(super) struct Observed {
    /// The time of the world: those of its hosts differ.
    now: Duration,
    /// All that happened.
    pub(super) trace: Vec<String>,
    pub(super) broken: Option<String>,
    /// The frames that came, by kind.
    pub(super) frames: BTreeMap<&'static str, u64>,
    /// The answers and the ends that came for the calls of a link.
    answers: BTreeSet<(u64, u64)>,
    ends: BTreeSet<(u64, u64)>,
    numbers: BTreeMap<u32, Start>,
    views: BTreeMap<u64, Vec<u32>>,
    /// What has begun and not ended, for each start of a host.
    begun: BTreeSet<(Start, String)>,
    /// What happens once.
    once: BTreeSet<String>,
    /// Numbers that only grow, for each start of a host.
    growing: BTreeMap<(Start, String), u64>,
    /// The revision of the last view that each start of a host had.
    shown: BTreeMap<Start, u64>,
    still: Option<Still>,
    /// The nodes that stood still.
    pub(super) stood: u64,
}

/// A process that is to stand still when its next frame comes.
struct Still {
    node: u32,
    time: Duration,
    /// Only when a message comes.
    by_message: bool,
}

fn with<T>(work: impl FnOnce(&mut Observed) -> T) -> T {
    SEEN.with_borrow_mut(work)
}

impl Observed {
    fn event(&mut self, text: &str) {
        self.trace.push(format!("{:?} {text}", self.now));
    }

    fn broken(&mut self, text: String) {
        self.event(&text);
        self.broken.get_or_insert(text);
    }

    fn frame(&mut self, number: u32, epoch: u64, kind: &Kind) {
        let (name, id) = match kind {
            Kind::Hello(_) => ("Hello", 0),
            Kind::Manifest(_) => ("Manifest", 0),
            Kind::Request(request) if request.entry != 0 => ("Request to enter", request.id),
            Kind::Request(request) => ("Request", request.id),
            Kind::Answer(answer) => ("Answer", answer.id),
            Kind::Done(done) => ("Done", done.id),
            Kind::Push(push) if push.returned => ("Push returned", 0),
            Kind::Push(push) if push.user.is_some() => ("Push to a user", 0),
            Kind::Push(push) => ("Push", push.session),
            Kind::Patch(patch) => (name_of_patch(patch), patch.session),
            Kind::Close(close) if close.replaced => ("Close replaced", close.session),
            Kind::Close(close) if close.user.is_some() => ("Close of a user", 0),
            Kind::Close(close) => ("Close", close.session),
            Kind::Closed(closed) => ("Closed", closed.session),
            Kind::Ping(_) => ("Ping", 0),
            Kind::Leaving(_) => ("Leaving", 0),
            Kind::WhoHas(asked) => ("WhoHas", asked.id),
            Kind::Goodbye(_) => ("Goodbye", 0),
        };
        *self.frames.entry(name).or_default() += 1;
        self.event(&format!("{name} {id} at node {number}"));
        let (is_answer, is_end) = match kind {
            Kind::Answer(answer) => (true, answer.done),
            Kind::Done(_) => (false, true),
            _ => (false, false),
        };
        if is_answer && !self.answers.insert((epoch, id)) {
            self.broken(format!("a second answer to call {id} comes to node {number}"));
        }
        if is_end && !self.ends.insert((epoch, id)) {
            self.broken(format!("a second end of call {id} comes to node {number}"));
        }
    }
}

fn name_of_patch(patch: &Patch) -> &'static str {
    match &patch.change {
        Some(Change::EnterRoom(_)) => "Patch enter",
        Some(Change::LeftRoom(_)) => "Patch left",
        Some(Change::LeaveRoom(_)) => "Patch leave",
        _ => "Patch",
    }
}

/// Begins with nothing.
pub(super) fn begin() {
    with(|seen| *seen = Observed::default());
}

/// Returns all that was seen.
pub(super) fn take() -> Observed {
    with(std::mem::take)
}

pub(super) fn is_at(now: Duration) {
    with(|seen| seen.now = now);
}

/// The time of the world.
pub(super) fn now() -> Duration {
    with(|seen| seen.now)
}

/// Notes an event, by which two runs of a seed are compared.
pub(super) fn event(text: &str) {
    with(|seen| seen.event(text));
}

/// Notes that a promise is broken.
pub(super) fn broken(text: String) {
    with(|seen| seen.broken(text));
}

/// The first promise that was broken.
pub(super) fn first_broken() -> Option<String> {
    with(|seen| seen.broken.clone())
}

/// Notes the begin of something, which has not begun yet.
pub(super) fn begins(start: Start, what: &str) {
    with(|seen| {
        seen.event(&format!("{what} begins at {start:?}"));
        if !seen.begun.insert((start, what.to_owned())) {
            seen.broken(format!("{what} begins twice at {start:?}"));
        }
    });
}

/// Notes the end of something, which has begun.
pub(super) fn ends(start: Start, what: &str) {
    with(|seen| {
        seen.event(&format!("{what} ends at {start:?}"));
        if !seen.begun.remove(&(start, what.to_owned())) {
            seen.broken(format!("{what} ends at {start:?}, where it did not begin"));
        }
    });
}

/// Returns what has begun at a start of a host and not ended.
pub(super) fn unended(start: Start) -> Vec<String> {
    with(|seen| {
        let begun = seen.begun.iter().filter(|(other, _)| *other == start);
        begun.map(|(_, what)| what.clone()).collect()
    })
}

/// Notes what happens once.
pub(super) fn once(what: String) {
    with(|seen| {
        seen.event(&what);
        if !seen.once.insert(what.clone()) {
            seen.broken(format!("{what}, twice"));
        }
    });
}

/// Notes a number that only grows.
pub(super) fn grows(start: Start, what: &str, number: u64) {
    with(|seen| {
        seen.event(&format!("{what}: {number} at {start:?}"));
        let last = seen.growing.insert((start, what.to_owned()), number);
        if let Some(last) = last.filter(|last| *last >= number) {
            seen.broken(format!("{what}: {number} comes behind {last} at {start:?}"));
        }
    });
}

/// Notes the number of a node, which no other start has.
pub(super) fn number(start: Start, number: u32) {
    with(|seen| {
        let other = *seen.numbers.entry(number).or_insert(start);
        if other != start {
            seen.broken(format!("{start:?} has the number {number} of {other:?}"));
        }
    });
}

/// Notes a view, which is the same at all nodes.
pub(super) fn view(start: Start, view: &View) {
    let is_new =
        |seen: &mut Observed| seen.shown.insert(start, view.revision()) != Some(view.revision());
    if view.revision() == 0 || !with(is_new) {
        return;
    }
    let numbers: Vec<u32> = view.nodes().iter().map(crate::Node::number).collect();
    let names: BTreeSet<_> = view.nodes().iter().map(crate::Node::name).collect();
    with(|seen| {
        if names.len() < numbers.len() {
            seen.broken(format!("two nodes have one name: {view:?}"));
        }
        let other = seen.views.entry(view.revision()).or_insert_with(|| numbers.clone());
        if *other != numbers {
            let text = format!("{start:?} sees {numbers:?} where others see {other:?}");
            seen.broken(text);
        }
    });
}

/// Lets the process of a node stand still when its next frame comes, or its next message: what it then handles is what had
/// come while it stood.
pub(super) fn stands_still(node: u32, time: Duration, by_message: bool) {
    with(|seen| seen.still = Some(Still { node, time, by_message }));
}

/// Sees a frame that has come to a node.
pub(in crate::cluster) fn frame(node: &This, link: &Arc<Link>, frame: &Frame) {
    let Some(kind) = &frame.kind else { return };
    let number = node.number();
    let is_message = matches!(kind, Kind::Request(_));
    let still = with(|seen| {
        seen.frame(number, link.epoch, kind);
        let is_due = |still: &mut Still| still.node == number && (is_message || !still.by_message);
        let still = seen.still.take_if(is_due);
        seen.stood += u64::from(still.is_some());
        still
    });
    if let Some(Still { time, .. }) = still {
        // The clock goes on with the first poll.
        let _ = tokio::time::advance(time).now_or_never();
    }
}

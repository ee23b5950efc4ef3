//! The rules for a crate's files: arrows between floors go down, and no arrows form a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::graph::Graph;

/// A set of files, and the floors that they may depend on.
pub(super) struct Floor {
    pub(super) name: &'static str,
    /// `component` is `component.rs` and all of `component/`. Of several that fit the longest counts.
    pub(super) holds: &'static [&'static str],
    /// The floors right below; those below them are allowed, too.
    pub(super) rests_on: &'static [&'static str],
}

pub(super) struct Floors {
    pub(super) floors: &'static [Floor],
    /// The files outside of their floor's own places, and the floor's name.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

pub(super) type Arrow = (String, String);

impl Floors {
    fn named(&self, name: &str) -> &Floor {
        let floor = self.floors.iter().find(|floor| floor.name == name);
        floor.unwrap_or_else(|| panic!("no floor is called {name}"))
    }

    pub(super) fn of(&self, file: &str) -> Option<&Floor> {
        let holds = self
            .floors
            .iter()
            .flat_map(|floor| floor.holds.iter().map(move |prefix| (*prefix, floor.name)));
        let places = holds.chain(self.elsewhere.iter().copied());
        let fitting = places.filter(|(prefix, _)| is_below(file, prefix));
        fitting.max_by_key(|(prefix, _)| prefix.len()).map(|(_, name)| self.named(name))
    }

    fn allows(&self, from: &Floor, to: &Floor) -> bool {
        from.name == to.name || from.rests_on.iter().any(|name| self.allows(self.named(name), to))
    }

    pub(super) fn files_without_a_floor(&self, graph: &Graph) -> Vec<String> {
        let lost = graph.files.iter().filter(|file| self.of(file).is_none());
        lost.map(|file| format!("{file} has no floor: add it to the table")).collect()
    }

    /// The arrows that do not go down, each with the words for it.
    pub(super) fn upward(&self, graph: &Graph) -> BTreeMap<Arrow, String> {
        let mut found = BTreeMap::new();
        for (arrow @ (from, to), witness) in &graph.arrows {
            if let (Some(lower), Some(upper)) = (self.of(from), self.of(to))
                && !self.allows(lower, upper)
            {
                let (line, path) = (witness.line, &witness.path);
                let text = format!(
                    "{from}:{line}: `{path}` leads from floor {} to floor {} ({to})",
                    lower.name, upper.name
                );
                found.insert(arrow.clone(), text);
            }
        }
        found
    }
}

pub(super) fn is_below(file: &str, prefix: &str) -> bool {
    file.strip_prefix(prefix).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

/// The arrows that are part of a circle, each with the words for its shortest one.
pub(super) fn circular(graph: &Graph) -> BTreeMap<Arrow, String> {
    let arrows = graph.arrows.keys();
    let circles = arrows.filter_map(|(from, to)| {
        let mut circle = shortest_way(graph, to, from)?;
        // The same circle reads the same from wherever it was found.
        let first = circle.iter().enumerate().min_by_key(|(_, file)| *file).map_or(0, |(at, _)| at);
        circle.rotate_left(first);
        Some(((from.clone(), to.clone()), describe(graph, &circle)))
    });
    circles.collect()
}

/// The files on the way, both ends included.
fn shortest_way<'a>(graph: &'a Graph, from: &'a str, to: &str) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::from([from]);
    let mut ways = VecDeque::from([vec![from]]);
    while let Some(way) = ways.pop_front() {
        let end = *way.last()?;
        if end == to {
            return Some(way);
        }
        for next in graph.targets(end) {
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

fn describe(graph: &Graph, circle: &[&str]) -> String {
    let mut text = format!("a circle of {} files:", circle.len());
    for (from, to) in circle.iter().zip(circle.iter().cycle().skip(1)) {
        let witness = &graph.arrows[&((*from).to_owned(), (*to).to_owned())];
        text += &format!("\n  {from}:{}: `{}` leads to {to}", witness.line, witness.path);
    }
    text
}

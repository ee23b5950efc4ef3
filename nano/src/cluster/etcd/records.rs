//! The nodes that etcd has records of, as this node shows them.

use std::collections::{BTreeMap, BTreeSet};

use crate::Node;

/// The most numbers that are remembered: nobody comes back after so many others have gone.
const MOST_GONE: usize = 4096;

/// The nodes. Who has once been shown as gone is never shown again.
#[derive(Debug, Default)]
pub(super) struct Records {
    present: BTreeMap<u32, Node>,
    /// Those whose records are gone, and who are shown nevertheless, because they may come back.
    held: BTreeMap<u32, Node>,
    gone: BTreeSet<u32>,
}

impl Records {
    /// Takes a record. Returns `false` when its node was shown as gone, and the record has to go, too: a node that was cut
    /// off while its lease ended has written it.
    pub(super) fn put(&mut self, node: Node) -> bool {
        let number = node.number();
        if self.gone.contains(&number) {
            return false;
        }
        self.held.remove(&number);
        self.present.insert(number, node);
        true
    }

    /// Takes the end of a record. While etcd settles the node is still shown.
    pub(super) fn delete(&mut self, number: u32, settles: bool) {
        if let Some(node) = self.present.remove(&number) {
            match settles {
                true => drop(self.held.insert(number, node)),
                false => self.forget(number),
            }
        }
    }

    fn forget(&mut self, number: u32) {
        self.gone.insert(number);
        while self.gone.len() > MOST_GONE {
            self.gone.pop_first();
        }
    }

    /// Takes all records that there are. Returns the numbers of those that have to go.
    pub(super) fn replace(&mut self, nodes: Vec<Node>, settles: bool) -> Vec<u32> {
        let there: BTreeSet<u32> = nodes.iter().map(Node::number).collect();
        let missing: Vec<u32> =
            self.present.keys().copied().filter(|number| !there.contains(number)).collect();
        missing.into_iter().for_each(|number| self.delete(number, settles));
        let refused = nodes.into_iter().filter_map(|node| {
            let number = node.number();
            (!self.put(node)).then_some(number)
        });
        refused.collect()
    }

    /// Gives up those who have not come back.
    pub(super) fn settle(&mut self) {
        for number in std::mem::take(&mut self.held).into_keys() {
            self.forget(number);
        }
    }

    /// The nodes that are shown.
    pub(super) fn nodes(&self) -> Vec<Node> {
        self.present.values().chain(self.held.values()).cloned().collect()
    }

    /// The highest number that was seen and is remembered.
    pub(super) fn highest(&self) -> u32 {
        let last = |nodes: &BTreeMap<u32, Node>| nodes.keys().next_back().copied();
        let gone = self.gone.last().copied();
        [last(&self.present), last(&self.held), gone].into_iter().flatten().max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(number: u32) -> Node {
        Node::new(number, format!("n{number}"), format!("n{number}:1"))
    }

    fn numbers(records: &Records) -> Vec<u32> {
        let mut numbers: Vec<_> = records.nodes().iter().map(Node::number).collect();
        numbers.sort_unstable();
        numbers
    }

    #[test]
    fn nobody_vanishes_while_etcd_settles_and_nobody_comes_back_after_that() {
        let mut records = Records::default();
        assert!(records.replace((1..=3).map(node).collect(), false).is_empty());
        records.delete(3, false);
        assert_eq!(numbers(&records), [1, 2]);
        assert!(!records.put(node(3)), "it was shown as gone");

        // All leases have ended.
        assert!(records.replace(Vec::new(), true).is_empty());
        assert_eq!(numbers(&records), [1, 2]);
        assert!(records.put(node(2)) && records.put(node(4)));
        assert_eq!(numbers(&records), [1, 2, 4]);
        records.settle();
        assert_eq!(numbers(&records), [2, 4], "the first has not come back");
        assert_eq!(records.replace(vec![node(1), node(2), node(4)], false), [1]);
        assert_eq!(records.highest(), 4);
    }
}

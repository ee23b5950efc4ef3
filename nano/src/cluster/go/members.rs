//! The nodes that this one knows by Go nano's protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::wire::{Info, LONGEST_TEXT, MOST_MEMBERS};
use crate::Node;
use crate::cluster::config::LARGEST_NUMBER;

/// The numbers that nodes of Go nano, which have none, get on this node: the greatest ones, which no other node is given
/// before the year 2059.
const NUMBERS: std::ops::RangeInclusive<u32> = LARGEST_NUMBER - 0xffff..=LARGEST_NUMBER;

/// The greatest number that a node draws for itself.
pub(super) const LARGEST_DRAWN: u32 = *NUMBERS.start() - 1;

/// One start of another node.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) info: Arc<Info>,
    /// Its number on this node; that which it tells, if it is none of Go nano's.
    pub(super) number: u32,
}

/// The other nodes, by their addresses.
#[derive(Debug)]
pub(super) struct Members {
    table: Mutex<Table>,
    /// The number of changes.
    changes: watch::Sender<u64>,
}

#[derive(Debug)]
struct Table {
    members: BTreeMap<String, Member>,
    next: u32,
    /// The nodes that news came of since this node began to register: the master's answer may be older, and come later.
    news: BTreeSet<String>,
}

/// The most nodes that news is noted of. A master has fewer in the time of a registration.
const MOST_NEWS: usize = 2 * MOST_MEMBERS;

impl Default for Members {
    fn default() -> Self {
        let (members, news) = (BTreeMap::new(), BTreeSet::new());
        let table = Table { members, next: *NUMBERS.end(), news };
        Self { table: Mutex::new(table), changes: watch::Sender::new(0) }
    }
}

impl Members {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Adds a node that has started. One that has its address cannot live any more. Returns `false` when there are too many.
    pub(super) fn put(&self, info: Info) -> bool {
        let mut table = self.table();
        let is_known = table.members.contains_key(&info.address);
        if !is_known && table.members.len() >= MOST_MEMBERS {
            return false;
        }
        let number = table.number(&info);
        let member = Member { number, info: Arc::new(info) };
        table.note(&member.info.address);
        table.members.insert(member.info.address.clone(), member);
        drop(table);
        self.changed();
        true
    }

    /// Removes a node; does nothing when it is not known.
    pub(super) fn remove(&self, address: &str) {
        let mut table = self.table();
        table.note(address);
        let is_removed = table.members.remove(address).is_some();
        drop(table);
        if is_removed {
            self.changed();
        }
    }

    /// Notes that this node registers. What is told of others from now on is newer than the master's answer.
    pub(super) fn registers(&self) {
        self.table().news.clear();
    }

    /// Takes over the list of a master, which answers the last registration. Nodes that are told as they were before stay as
    /// they are, and so do those of which there was news meanwhile.
    pub(super) fn replace(&self, infos: Vec<Info>) {
        let mut table = self.table();
        let mut before = std::mem::take(&mut table.members);
        let news = std::mem::take(&mut table.news);
        table.members = news.iter().filter_map(|address| before.remove_entry(address)).collect();
        for info in infos.into_iter().filter(|info| !news.contains(&info.address)) {
            if table.members.len() >= MOST_MEMBERS {
                break;
            }
            let known = before.remove(&info.address).filter(|known| *known.info == info);
            let member = known
                .unwrap_or_else(|| Member { number: table.number(&info), info: Arc::new(info) });
            table.members.insert(member.info.address.clone(), member);
        }
        drop(table);
        self.changed();
    }

    pub(super) fn get(&self, address: &str) -> Option<Member> {
        self.table().members.get(address).cloned()
    }

    pub(super) fn all(&self) -> Vec<Member> {
        self.table().members.values().cloned().collect()
    }

    /// Returns the number of changes, from now on.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

impl Table {
    /// Notes that there is news of a node.
    fn note(&mut self, address: &str) {
        // Whoever is let in calls with an address of any length.
        if self.news.len() < MOST_NEWS && address.len() <= LONGEST_TEXT {
            self.news.insert(address.to_owned());
        }
    }

    /// Returns the number of a node that has started.
    fn number(&mut self, info: &Info) -> u32 {
        if let Some(native) = &info.native {
            return native.number;
        }
        // There are more numbers than members, so that one of them is free.
        loop {
            let number = self.next;
            self.next = if number == *NUMBERS.start() { *NUMBERS.end() } else { number - 1 };
            if self.members.values().all(|member| member.number != number) {
                return number;
            }
        }
    }
}

impl Member {
    pub(super) fn is_go(&self) -> bool {
        self.info.native.is_none()
    }

    /// Its record in a view.
    pub(super) fn node(&self) -> Node {
        let node = Node::new(self.number, self.info.name(), &self.info.address);
        let node = node.with_components(self.info.services.iter().cloned());
        match &self.info.native {
            Some(native) => node.with_gate(native.gate),
            None => node.of_go_nano(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::wire::Native;
    use super::*;

    fn info(address: &str, native: Option<u32>) -> Info {
        Info {
            bytes: bytes::Bytes::new(),
            label: String::new(),
            address: address.to_owned(),
            services: Vec::new(),
            native: native.map(|number| Native { number, ..Native::default() }),
        }
    }

    #[test]
    fn each_start_of_a_node_has_a_number_of_its_own() {
        let members = Members::default();
        let number = |address| members.get(address).map(|member| member.number);
        assert!(members.put(info("a:1", None)) && members.put(info("b:1", Some(7))));
        let first = number("a:1").expect("a number");
        assert!(NUMBERS.contains(&first));
        assert_eq!(number("b:1"), Some(7), "that which it tells");
        assert!(members.put(info("a:1", None)));
        assert_ne!(number("a:1"), Some(first), "it has started again");

        let second = number("a:1");
        members.registers();
        members.replace(vec![info("a:1", None), info("c:1", None)]);
        assert_eq!(number("a:1"), second, "told as before");
        assert!(number("b:1").is_none() && number("c:1").is_some());
        members.remove("c:1");
        assert!(number("c:1").is_none());
    }

    #[test]
    fn a_peer_that_tells_of_many_nodes_fills_nothing() {
        let members = Members::default();
        let taken = (0..1000).filter(|at| members.put(info(&format!("a:{at}"), None))).count();
        assert_eq!(taken, MOST_MEMBERS);
        assert!(members.put(info("a:0", None)), "a known one may start again");
        // The numbers go round.
        for _ in 0..70_000 {
            members.put(info("a:0", None));
        }
        let numbers: std::collections::BTreeSet<_> =
            members.all().iter().map(|member| member.number).collect();
        assert_eq!(numbers.len(), MOST_MEMBERS);
        members.registers();
        members.put(info("a:0", None));
        (0..1000).for_each(|at| members.remove(&format!("c:{at}")));
        members.remove(&"c".repeat(LONGEST_TEXT + 1));
        assert_eq!(members.table().news.len(), MOST_NEWS);
        let many = (0..1000).map(|at| info(&format!("b:{at}"), None)).collect();
        members.replace(many);
        assert_eq!(members.all().len(), MOST_MEMBERS);
    }

    #[test]
    fn news_that_overtakes_the_answer_of_a_master_counts() {
        let members = Members::default();
        let list = || vec![info("a:1", None), info("b:1", None)];
        let addresses = || -> Vec<_> {
            members.all().iter().map(|member| member.info.address.clone()).collect()
        };
        members.put(info("gone:1", None));
        members.registers();
        members.remove("b:1");
        members.put(info("new:1", None));
        members.put(info("a:1", None));
        let restarted = members.get("a:1").expect("a node").number;
        members.replace(list());
        assert_eq!(addresses(), ["a:1", "new:1"]);
        assert_eq!(members.get("a:1").expect("a node").number, restarted);

        members.registers();
        members.replace(list());
        assert_eq!(addresses(), ["a:1", "b:1"], "the news of before is old");
    }
}

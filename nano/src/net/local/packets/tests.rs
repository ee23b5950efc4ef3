//! Tests of the packets that wait, and of the classes of pushes.

use super::*;
use SlowConsumers::{Disconnect, DropOldest};

/// Packets of 100 bytes, ten of which have room.
const LIMIT: usize = 1000;

fn packet(name: u8) -> [u8; 100] {
    [name; 100]
}

fn put(packets: &mut Packets, name: u8, class: Class, slow_consumers: SlowConsumers) -> Put {
    packets.put(Packet::Own(&packet(name)), class, Outbound { limit: LIMIT, slow_consumers })
}

/// Takes what waits, and returns the names in order.
fn drain(packets: &mut Packets) -> String {
    let mut batch = Batch::default();
    packets.fill(&mut batch);
    assert_eq!(packets.len(), 0);
    let mut all = Vec::new();
    batch.drain(|bytes| all.extend_from_slice(bytes));
    all.chunks(100).map(|packet| char::from(packet[0])).collect()
}

/// Puts the packets that `script` names: `r` a reply, `p` a reliable push, `a`, `b`, `c` the newest of each, `l` a lossy
/// push; as capitals from the second on. Returns what is left of them, or `full`.
fn run(slow_consumers: SlowConsumers, script: &str) -> (String, usize) {
    let (mut packets, mut dropped) = (Packets::default(), 0);
    for name in script.bytes() {
        let class = match name.to_ascii_lowercase() {
            b'r' => Class::Owed,
            b'p' => Class::Reliable,
            b'l' => Class::Lossy,
            key => Class::Latest(u64::from(key)),
        };
        match put(&mut packets, name, class, slow_consumers) {
            Put::Taken => {}
            Put::Dropped(count) => dropped += count,
            Put::Full => return ("full".to_owned(), dropped),
        }
    }
    (drain(&mut packets), dropped)
}

#[track_caller]
fn check(slow_consumers: SlowConsumers, script: &str, left: &str, dropped: usize) {
    assert_eq!(run(slow_consumers, script), (left.to_owned(), dropped), "{script}");
}

#[test]
fn what_has_room_keeps_its_order_in_all_classes() {
    for policy in [Disconnect, DropOldest] {
        check(policy, "", "", 0);
        check(policy, "rplaPRbpr", "rplaPRbpr", 0);
    }
}

#[test]
fn the_newest_takes_the_place_of_the_older_one() {
    for policy in [Disconnect, DropOldest] {
        check(policy, "apbrA", "Apbr", 0);
        check(policy, "abcABCcba", "abc", 0);
        // However many are sent, the queue does not grow.
        check(policy, &format!("r{}", "abcABC".repeat(1000)), "rABC", 0);
    }
}

#[test]
fn lossy_pushes_are_dropped_while_more_than_half_is_full() {
    for policy in [Disconnect, DropOldest] {
        check(policy, "pppppllL", "pppppl", 2);
        check(policy, "rrrrrrl", "rrrrrr", 1);
    }
}

#[test]
fn lossy_pushes_make_room_for_all_others() {
    for policy in [Disconnect, DropOldest] {
        check(policy, "lLlppppppprab", "ppppppprab", 3);
    }
}

#[test]
fn without_room_the_session_ends() {
    check(Disconnect, "ppppppppppp", "full", 0);
    check(Disconnect, "rrrrrrrrrrr", "full", 0);
    check(Disconnect, "rrrrrrrrrra", "full", 0);
    check(Disconnect, "aarrrrrrrrrA", "Arrrrrrrrr", 0);
    check(Disconnect, "aarrrrrrrrrrA", "full", 0);
}

#[test]
fn the_oldest_are_dropped_reliable_ones_last_and_replies_never() {
    check(DropOldest, "pPppppppppP", "PppppppppP", 1);
    check(DropOldest, "abrpppppppPPP", "rppppppPPP", 3);
    check(DropOldest, "plrarrrrrrRRR", "rrrrrrrRRR", 3);
    check(DropOldest, "rrrrrrrrrrp", "rrrrrrrrrr", 1);
    check(DropOldest, "rrrrrrrrrrr", "full", 0);
    // Reliable pushes are not dropped for one that may be replaced.
    check(DropOldest, "appppppppprb", "pppppppppr", 2);
    check(DropOldest, "ppppppppppa", "pppppppppp", 1);
}

#[test]
fn a_push_larger_than_the_one_that_it_replaces_needs_room() {
    let bounds = |slow_consumers| Outbound { limit: LIMIT, slow_consumers };
    for (policy, put) in [(Disconnect, Put::Full), (DropOldest, Put::Dropped(2))] {
        let mut packets = Packets::default();
        packets.put(Packet::Own(&[b'r'; 900]), Class::Owed, bounds(policy));
        packets.put(Packet::Own(&[b'a'; 90]), Class::Latest(1), bounds(policy));
        assert_eq!(packets.put(Packet::Own(&[b'A'; 101]), Class::Latest(1), bounds(policy)), put);
    }
}

#[test]
fn small_packets_count_as_what_they_take() {
    let bounds = Outbound { limit: 64_000, slow_consumers: DropOldest };
    let mut packets = Packets::default();
    let taken = (0..5000_u64)
        .filter(|key| packets.put(Packet::Own(b"small"), Class::Latest(*key), bounds) == Put::Taken)
        .count();
    assert_eq!((taken, packets.len()), (1000, 64_000));
}

#[test]
fn a_long_queue_leaves_no_memory_behind() {
    let bounds = Outbound { limit: 1 << 20, slow_consumers: DropOldest };
    let mut packets = Packets::default();
    for class in [Class::Lossy, Class::Reliable, Class::Latest(0)] {
        for key in 0..1000 {
            let class = if class == Class::Latest(0) { Class::Latest(key) } else { class };
            packets.put(Packet::Own(b"small"), class, bounds);
        }
        drain(&mut packets);
        assert!(packets.front.is_none(), "{class:?}");
    }
}

/// The same rules, in a list that is searched for everything.
#[derive(Default)]
struct Model(Vec<(Class, u8, usize)>);

impl Model {
    fn len(&self) -> usize {
        self.0.iter().map(|(_, _, len)| len).sum()
    }

    fn drop_one(&mut self, wanted: impl Fn(Class) -> bool) -> bool {
        let oldest = self.0.iter().position(|(class, ..)| wanted(*class));
        oldest.map(|oldest| self.0.remove(oldest)).is_some()
    }

    /// Returns `false` when the session ends.
    fn put(&mut self, class: Class, name: u8, len: usize, policy: SlowConsumers) -> bool {
        if class == Class::Lossy && self.len() > LIMIT / 2 {
            return true;
        }
        loop {
            let older = |class| move |(other, ..): &(Class, u8, usize)| *other == class;
            let is_keyed = matches!(class, Class::Latest(_));
            let at = self.0.iter().position(older(class)).filter(|_| is_keyed);
            let replaced = at.map_or(0, |at| self.0[at].2);
            if self.len() - replaced + len <= LIMIT {
                match at {
                    Some(at) => self.0[at] = (class, name, len),
                    None => self.0.push((class, name, len)),
                }
                return true;
            }
            let is_latest = |class| matches!(class, Class::Latest(_));
            let made = (class != Class::Lossy && self.drop_one(|class| class == Class::Lossy))
                || (class != Class::Lossy && policy == DropOldest && self.drop_one(is_latest))
                || (matches!(class, Class::Owed | Class::Reliable)
                    && policy == DropOldest
                    && self.drop_one(|class| class == Class::Reliable));
            if !made {
                return class == Class::Lossy || (class != Class::Owed && policy == DropOldest);
            }
        }
    }
}

#[test]
fn a_list_that_is_searched_agrees() {
    let mut seed = 9_u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    for policy in [Disconnect, DropOldest] {
        let (mut packets, mut model) = (Packets::default(), Model::default());
        let mut ends = 0;
        for name in (0..20_000_u32).map(|n| n as u8) {
            let class = match random(8) {
                0 => Class::Owed,
                1 | 2 => Class::Reliable,
                3 | 4 => Class::Lossy,
                _ => Class::Latest(random(6)),
            };
            let len = 64 + random(80) as usize;
            let bounds = Outbound { limit: LIMIT, slow_consumers: policy };
            let taken = packets.put(Packet::Own(&vec![name; len]), class, bounds);
            assert_eq!(taken != Put::Full, model.put(class, name, len, policy), "{class:?}");
            assert_eq!(packets.len(), model.len());
            if taken == Put::Full || random(40) == 0 {
                ends += usize::from(taken == Put::Full);
                let mut batch = Batch::default();
                packets.fill(&mut batch);
                let mut all = Vec::new();
                batch.drain(|bytes| all.extend_from_slice(bytes));
                let expected = model
                    .0
                    .drain(..)
                    .flat_map(|(_, name, len)| vec![name; len])
                    .collect::<Vec<_>>();
                assert!(all == expected, "{policy:?}: what is taken is what is left, in order");
            }
        }
        assert!(ends > 10, "{policy:?}: {ends} times there was no room");
    }
}

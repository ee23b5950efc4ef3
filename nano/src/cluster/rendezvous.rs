//! Rendezvous hashing: the node of a key, on which all nodes agree without a word.

/// Returns the weight of a node for a key. The node with the greatest weight has the key; when a node comes or goes, only
/// the keys that it gets or had move.
///
/// It is the same in all releases and on all machines: nodes of different ones have to agree.
pub(super) fn weight(key: u64, node: u32) -> u64 {
    mix(key ^ mix(u64::from(node) + 1))
}

/// Returns the number of a text: FNV-1a.
pub(super) fn number(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finalizer of splitmix64: each bit of the result depends on all bits of the number.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node_of(key: &str, nodes: &[u32]) -> u32 {
        *nodes.iter().max_by_key(|node| weight(number(key), **node)).expect("a node")
    }

    #[test]
    fn keys_are_spread_and_only_those_of_a_lost_node_move() {
        let keys: Vec<String> = (0..3000).map(|key| format!("table-{key}")).collect();
        let mut counts = [0; 4];
        for key in &keys {
            let node = node_of(key, &[1, 2, 3]);
            counts[node as usize] += 1;
            let left = node_of(key, &[1, 3]);
            assert!(left == node || node == 2, "{key} moved from {node} to {left}");
        }
        assert!(counts[1..].iter().all(|count| (900..1100).contains(count)), "{counts:?}");
    }

    #[test]
    fn nodes_of_all_releases_agree() {
        assert_eq!(weight(number("table-7"), 3), 0xbdb4_922d_b1c6_2d3b);
    }
}

//! Tests against every vector of Go nano, byte for byte, but for the differences that are listed by name.

use std::collections::{BTreeMap, BTreeSet};

use super::vectors;
use differences::DIFFERENCES;
use messages::{message_decode, message_encode};
use packets::{handshake, packet_decode, packet_encode, packet_live};
use vector::{Dictionary, Vector};

mod differences;
mod messages;
mod packets;
mod vector;

/// The facts of a vector or of the codec's result, by the step that they belong to.
type Facts = BTreeMap<String, String>;

#[test]
fn every_vector_matches_or_is_a_listed_difference() {
    let vectors: Vec<(String, Vector)> = vectors::all().iter().map(Vector::read).collect();
    let names: BTreeSet<&str> = vectors.iter().map(|(name, _)| &**name).collect();
    assert_eq!((vectors.len(), names.len()), (168, 168), "vectors, and different names among them");
    let dictionary = dictionary(&vectors);

    let mut wrong = Vec::new();
    for (name, vector) in &vectors {
        let (go, ours) = facts(vector, &dictionary);
        assert!(!go.is_empty(), "{name} says nothing");
        let found = differing(&go, &ours);
        let listed: Vec<_> =
            DIFFERENCES.iter().filter(|difference| difference.name == name).collect();
        match listed[..] {
            [] if found.is_empty() => {}
            [] => wrong.push(format!("{name} differs: {found:#?} from {go:#?}")),
            [_] if found.is_empty() => {
                wrong.push(format!("{name} is listed as different, but matches"))
            }
            [difference] if difference.ours == found => {}
            [difference] => wrong
                .push(format!("{name} differs: {found:#?}, not as listed: {:#?}", difference.ours)),
            _ => wrong.push(format!("{name} is listed {} times", listed.len())),
        }
    }
    for difference in DIFFERENCES {
        if !names.contains(difference.name) {
            wrong.push(format!("{} is listed, but no vector", difference.name));
        }
        assert!(!difference.wire.is_empty(), "{} is listed without a reason", difference.name);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The dictionary of the vectors that have one.
fn dictionary(vectors: &[(String, Vector)]) -> Dictionary {
    vectors
        .iter()
        .find_map(|(name, vector)| match vector {
            Vector::Handshake(handshake) if name == "handshake_dict" => handshake.dict.clone(),
            _ => None,
        })
        .expect("the vectors have a dictionary")
}

fn differing(go: &Facts, ours: &Facts) -> Vec<String> {
    let keys: BTreeSet<&String> = go.keys().chain(ours.keys()).collect();
    keys.into_iter()
        .filter(|key| go.get(*key) != ours.get(*key))
        .map(|key| format!("{key}={}", ours.get(key).map_or("nothing", |fact| fact)))
        .collect()
}

fn facts(vector: &Vector, dictionary: &Dictionary) -> (Facts, Facts) {
    match vector {
        Vector::PacketEncode(vector) => packet_encode(vector),
        Vector::PacketDecode(vector) => packet_decode(vector),
        Vector::PacketLive(vector) => packet_live(vector),
        Vector::MessageEncode(vector) => message_encode(vector, dictionary),
        Vector::MessageDecode(vector) => message_decode(vector, dictionary),
        Vector::Handshake(vector) => handshake(vector),
    }
}

fn one(key: &str, fact: String) -> Facts {
    Facts::from([(key.to_owned(), fact)])
}

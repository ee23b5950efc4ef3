//! The claims of sessions and rooms, which end with the lease of their node.

use super::questions::{Read, Write, Written};
use super::store::{Store, delete, is, put, read, unchanged};
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder, LONGEST_CLAIM};
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::KeyValue;

/// The attempts of a claim that others are faster than.
const ATTEMPTS: u32 = 64;

/// The value of a key: the number of the node, and the id.
fn value(holder: Holder) -> String {
    format!("{} {}", holder.node(), holder.id())
}

fn holder(read: &KeyValue) -> Result<Holder, RegistryError> {
    let text = std::str::from_utf8(&read.value).ok();
    let parts = text.and_then(|text| text.split_once(' '));
    let holder =
        parts.and_then(|(node, id)| Some(Holder::new(node.parse().ok()?, id.parse().ok()?)));
    holder.ok_or_else(|| {
        let key = read.key.escape_ascii();
        RegistryError::Refused(format!("what etcd has under `{key}` is no holder of a name"))
    })
}

pub(super) async fn claim(
    store: &Store,
    claim: &Claim,
    rule: ClaimRule,
) -> Result<Claimed, RegistryError> {
    let (name, own) = (claim.name(), claim.holder());
    if name.is_empty() || name.len() > LONGEST_CLAIM {
        let text = format!("a name has {} bytes; 1 to {LONGEST_CLAIM} fit", name.len());
        return Err(RegistryError::Refused(text));
    }
    let lease = store.member(own.node())?.lease;
    let key = store.keys.claim(claim.kind(), name);
    // Who had a name before etcd was away may not have come back yet.
    let settles = || rule != ClaimRule::Again && store.settles_until().is_some();
    let mut before = match settles() {
        true => store.reads.ask(Read { key: key.clone() }).await?,
        false => None,
    };
    for _ in 0..ATTEMPTS {
        let loser = match before.as_ref() {
            Some(other) => match holder(other)? {
                // Under an earlier lease of this node it would end with that one.
                found if found == own && other.lease == lease => return Ok(Claimed::Granted),
                found if found == own => None,
                found if rule == ClaimRule::Replace => Some((found, other.lease)),
                found => return Ok(Claimed::Taken(found)),
            },
            None if settles() => return Err(settling()),
            None => None,
        };
        // The loser's node is told of it by etcd, whatever becomes of the answer, and of this node. The note ends with the
        // lease that the loser's claim is under, which is there as long as the claim is unchanged.
        let note =
            loser.map(|(loser, lease)| put(store.keys.loss(loser, claim.kind(), name), "", lease));
        let write = Write {
            key: key.clone(),
            // Whoever has it and was seen may be replaced. Nobody else is.
            condition: unchanged(key.clone(), before.as_ref()),
            then: [put(key.clone(), value(own), lease)].into_iter().chain(note).collect(),
            otherwise: vec![read(key.clone())],
        };
        let written = match store.writes.ask(write).await {
            // The node may come back under its number, or hear that it was given up.
            Err(RegistryError::Gone) => {
                let text = "the lease of this node has ended".to_owned();
                return Err(RegistryError::Away(text));
            }
            written => written?,
        };
        before = match written {
            // Only this answer shows that etcd was away.
            Written::Done if before.is_none() && settles() => {
                release(store, claim).await?;
                return Err(settling());
            }
            Written::Done => {
                return Ok(loser.map_or(Claimed::Granted, |(loser, _)| Claimed::Replaced(loser)));
            }
            Written::Found(found) => found,
        };
    }
    Err(RegistryError::Away("too many claims of one name at the same time".to_owned()))
}

pub(super) async fn release(store: &Store, claim: &Claim) -> Result<(), RegistryError> {
    let key = store.keys.claim(claim.kind(), claim.name());
    let note = delete(store.keys.loss(claim.holder(), claim.kind(), claim.name()));
    let write = Write {
        key: key.clone(),
        condition: is(key.clone(), value(claim.holder())),
        then: vec![delete(key), note.clone()],
        otherwise: vec![note],
    };
    store.writes.ask(write).await.map(drop)
}

pub(super) async fn find(
    store: &Store,
    kind: ClaimKind,
    name: &str,
) -> Result<Option<Holder>, RegistryError> {
    let key = store.keys.claim(kind, name);
    match store.reads.ask(Read { key }).await? {
        None if store.settles_until().is_some() => Err(settling()),
        found => found.as_ref().map(holder).transpose(),
    }
}

fn settling() -> RegistryError {
    RegistryError::Away("etcd was away, and the nodes claim again what they held".to_owned())
}

//! The names that holders of this node have lost to others: notes in etcd, made together with the claims that cause them.

use tokio::sync::watch;

use super::following::{Snapshot, keep_following};
use super::store::{Member, Shared, Store};
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::KeyValue;
use crate::proto::etcd::event::EventType;

/// Tells the losses of this node, under whatever number it is in the cluster.
pub(super) async fn run(store: Shared) {
    let members = store.members();
    keep_following(|| follow(&store, members.clone())).await;
}

/// Tells all losses that are noted for this node, and others as they come, while it has its number.
async fn follow(
    store: &Store,
    mut members: watch::Receiver<Option<Member>>,
) -> Result<(), RegistryError> {
    let number_of = |member: &Option<Member>| member.as_ref().map(|member| member.node.number());
    // The store is there for as long as this is.
    let joined = members.wait_for(Option::is_some).await.ok();
    let Some(number) = joined.and_then(|member| number_of(&member)) else { return Ok(()) };
    let notes = Snapshot::read(store, store.keys.losses(number)).await?;
    notes.found.iter().for_each(|note| tell(store, number, note));
    let mut changes = notes.follow(store).await?;
    loop {
        let message = tokio::select! {
            next = changes.next(store) => next?,
            _ = members.wait_for(|member| number_of(member) != Some(number)) => None,
        };
        let Some(message) = message else { return Ok(()) };
        for event in message.events {
            if let (EventType::Put, Some(note)) = (event.r#type(), event.kv) {
                tell(store, number, &note);
            }
        }
    }
}

fn tell(store: &Store, number: u32, note: &KeyValue) {
    match store.keys.lost(number, &note.key) {
        // A node that asks for none has no claims.
        Some(claim) => drop(store.lost.send(claim)),
        None => tracing::debug!(key = %note.key.escape_ascii(), "a note in etcd makes no sense"),
    }
}

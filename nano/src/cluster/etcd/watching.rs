//! The views of a cluster in etcd: all records at one revision, and the changes from there on.

use std::future::pending;

use prost::Message;
use tokio::time::sleep_until;

use super::following::{Snapshot, keep_following};
use super::store::{Shared, Store, delete, unchanged};
use crate::Node;
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::event::EventType;
use crate::proto::etcd::{Event, KeyValue, WatchResponse};
use crate::proto::registry::Record;

/// Follows the changes of the records.
pub(super) async fn run(store: Shared) {
    // Nothing is asked before the node joins.
    store.wanted.notified().await;
    keep_following(|| follow(&store)).await;
}

/// Takes all records, and their changes for as long as they come. Whatever was missed is then seen as a difference.
async fn follow(store: &Store) -> Result<(), RegistryError> {
    let records = Snapshot::read(store, store.keys.nodes()).await?;
    let nodes: Vec<Node> = records.found.iter().filter_map(|record| node(store, record)).collect();
    let refused = store.change(records.revision, |own, settles| own.replace(nodes, settles));
    remove(store, refused, &records.found).await?;

    let mut changes = records.follow(store).await?;
    loop {
        let settled = async {
            match store.settles_until() {
                Some(until) => sleep_until(until).await,
                None => pending().await,
            }
        };
        tokio::select! {
            next = changes.next(store) => match next? {
                Some(message) => take(store, message).await?,
                None => return Ok(()),
            },
            () = settled => store.change(0, |_, _| ()),
        }
    }
}

/// Takes changes.
async fn take(store: &Store, message: WatchResponse) -> Result<(), RegistryError> {
    let WatchResponse { header, events, .. } = message;
    // Whatever was known, changes come in their order.
    let revision = store.heard_after(0, header.as_ref());
    let changed: Vec<(EventType, KeyValue)> =
        events.into_iter().filter_map(|event: Event| Some((event.r#type(), event.kv?))).collect();
    let refused = store.change(revision, |records, settles| {
        let mut refused = Vec::new();
        for (kind, record) in &changed {
            match kind {
                EventType::Delete => {
                    if let Some(number) = store.keys.number(&record.key) {
                        records.delete(number, settles);
                    }
                }
                EventType::Put => {
                    if let Some(node) = node(store, record) {
                        let number = node.number();
                        if !records.put(node) {
                            refused.push(number);
                        }
                    }
                }
            }
        }
        refused
    });
    let records: Vec<KeyValue> = changed.into_iter().map(|(_, record)| record).collect();
    remove(store, refused, &records).await
}

/// The node of a record; `None` for a record that makes no sense.
fn node(store: &Store, record: &KeyValue) -> Option<Node> {
    let node = Record::decode(&record.value[..]).ok().and_then(Record::into_node);
    let node = node.filter(|node| store.keys.number(&record.key) == Some(node.number()));
    if node.is_none() {
        tracing::debug!(key = %record.key.escape_ascii(), "a record in etcd makes no sense");
    }
    node
}

/// Removes the records of nodes that were given up. They learn by it that they were.
async fn remove(
    store: &Store,
    numbers: Vec<u32>,
    records: &[KeyValue],
) -> Result<(), RegistryError> {
    for number in numbers {
        let key = store.keys.node(number);
        let Some(record) = records.iter().rfind(|record| record.key == key) else { continue };
        let is_same = vec![unchanged(key.clone(), Some(record))];
        store.transact(is_same, vec![delete(key)], Vec::new()).await?;
    }
    Ok(())
}

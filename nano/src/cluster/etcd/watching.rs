//! The views of a cluster in etcd: all records at one revision, and the changes from there on.

use std::future::pending;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use prost::Message;
use tokio::time::{sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::endpoints::opened;
use super::store::{Shared, Store, delete, unchanged};
use crate::Node;
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::event::EventType;
use crate::proto::etcd::watch_request::RequestUnion;
use crate::proto::etcd::{
    Event, KeyValue, RangeRequest, RangeResponse, WatchCreateRequest, WatchRequest, WatchResponse,
    kv_client, watch_client,
};
use crate::proto::registry::Record;

/// The times between two attempts to follow the changes.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Follows the changes of the records, until the end.
pub(super) async fn run(store: Shared, end: CancellationToken) {
    let follow = async {
        // Nothing is asked before the node joins.
        store.wanted.notified().await;
        let mut wait = FIRST_WAIT;
        loop {
            match follow(&store).await {
                Ok(()) => wait = FIRST_WAIT,
                Err(error) => {
                    tracing::debug!(%error, "the changes of the cluster are not followed");
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
            sleep(wait).await;
        }
    };
    tokio::select! {
        () = end.cancelled() => {}
        () = follow => {}
    }
}

/// Takes all records, and their changes for as long as they come. Whatever was missed is then seen as a difference.
async fn follow(store: &Store) -> Result<(), RegistryError> {
    let mut changes = store.endpoints.changes();
    let (key, range_end) = store.keys.nodes();
    let range = RangeRequest { key: key.clone(), range_end: range_end.clone(), count_only: false };
    let known = store.revision();
    let answer = store.endpoints.call(|way| {
        let range = way.request(range.clone());
        Box::pin(async move { kv_client::KvClient::new(way.channel).range(range).await })
    });
    let RangeResponse { header, kvs, .. } = store.noted(answer.await)?.into_inner();
    let revision = store.heard_after(known, header.as_ref());
    let nodes: Vec<Node> = kvs.iter().filter_map(|record| node(store, record)).collect();
    let refused = store.change(revision, |records, settles| records.replace(nodes, settles));
    remove(store, refused, &kvs).await?;

    let create = WatchCreateRequest { key, range_end, start_revision: revision + 1 };
    let create = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
    // The stream is open for as long as this end is.
    let requests = stream::iter([create]).chain(stream::pending());
    let way = store.endpoints.way().await?;
    let request = way.request(requests);
    let mut client = watch_client::WatchClient::new(way.channel.clone());
    let opening = opened(client.watch(request)).await;
    let mut messages = store.noted(opening)?.into_inner();
    loop {
        let settled = async {
            match store.settles_until() {
                Some(until) => sleep_until(until).await,
                None => pending().await,
            }
        };
        tokio::select! {
            message = messages.message() => match message {
                Ok(Some(message)) if !message.canceled => take(store, message).await?,
                Ok(Some(WatchResponse { cancel_reason, .. })) => {
                    // What this one starts from may be forgotten already: the next one begins with all records.
                    tracing::debug!(cancel_reason, "etcd ends the watch");
                    return Ok(());
                }
                Ok(None) | Err(_) => {
                    store.endpoints.stream_ended();
                    let ended = RegistryError::Away("the watch ended".to_owned());
                    return store.noted(Err(ended));
                }
            },
            // Another member is used now, or the connection was dead.
            _ = changes.changed() => return Ok(()),
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

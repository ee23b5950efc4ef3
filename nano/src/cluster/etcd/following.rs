//! Keys of etcd that are followed: what they are at one revision, and their changes from there on.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;
use tokio::time::sleep;
use tonic::Streaming;

use super::endpoints::opened;
use super::store::Store;
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::watch_request::RequestUnion;
use crate::proto::etcd::{
    KeyValue, RangeRequest, RangeResponse, WatchCreateRequest, WatchRequest, WatchResponse,
    kv_client, watch_client,
};

/// The times between two attempts to follow the changes.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Keys from the first one up to the second one, which is left out.
pub(super) type Keys = (Vec<u8>, Vec<u8>);

/// Follows keys by `follow` again and again: each time it begins with all that there is, so that nothing is missed.
pub(super) async fn keep_following<F>(mut follow: impl FnMut() -> F)
where
    F: Future<Output = Result<(), RegistryError>>,
{
    let mut wait = FIRST_WAIT;
    loop {
        match follow().await {
            Ok(()) => wait = FIRST_WAIT,
            Err(error) => {
                tracing::debug!(%error, "the changes in etcd are not followed");
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
        sleep(wait).await;
    }
}

/// What keys are at one revision.
pub(super) struct Snapshot {
    pub(super) revision: i64,
    pub(super) found: Vec<KeyValue>,
    keys: Keys,
    changes: watch::Receiver<u64>,
}

impl Snapshot {
    pub(super) async fn read(store: &Store, keys: Keys) -> Result<Self, RegistryError> {
        let changes = store.endpoints.changes();
        let (key, range_end) = keys.clone();
        let range = RangeRequest { key, range_end, count_only: false };
        let known = store.revision();
        let answer = store.endpoints.call(|way| {
            let range = way.request(range.clone());
            Box::pin(async move { kv_client::KvClient::new(way.channel).range(range).await })
        });
        let RangeResponse { header, kvs, .. } = store.noted(answer.await)?.into_inner();
        let revision = store.heard_after(known, header.as_ref());
        Ok(Self { revision, found: kvs, keys, changes })
    }

    /// Asks for the changes from there on.
    pub(super) async fn follow(self, store: &Store) -> Result<Changes, RegistryError> {
        let Self { revision, keys: (key, range_end), changes, .. } = self;
        let create = WatchCreateRequest { key, range_end, start_revision: revision + 1 };
        let create = WatchRequest { request_union: Some(RequestUnion::CreateRequest(create)) };
        // The stream is open for as long as this end is.
        let requests = stream::iter([create]).chain(stream::pending());
        let way = store.endpoints.way().await?;
        let request = way.request(requests);
        let mut client = watch_client::WatchClient::new(way.channel.clone());
        let opening = opened(client.watch(request)).await;
        let messages = store.noted(opening)?.into_inner();
        Ok(Changes { messages, changes })
    }
}

/// The changes of keys.
pub(super) struct Changes {
    messages: Streaming<WatchResponse>,
    /// Those of the way to etcd.
    changes: watch::Receiver<u64>,
}

impl Changes {
    /// Returns the next ones; `None` when all that there is has to be read again. It may be dropped before it is ready.
    pub(super) async fn next(
        &mut self,
        store: &Store,
    ) -> Result<Option<WatchResponse>, RegistryError> {
        tokio::select! {
            message = self.messages.message() => match message {
                Ok(Some(message)) if !message.canceled => Ok(Some(message)),
                Ok(Some(WatchResponse { cancel_reason, .. })) => {
                    // What this one starts from may be forgotten already: the next one begins with all that there is.
                    tracing::debug!(cancel_reason, "etcd ends the watch");
                    Ok(None)
                }
                Ok(None) | Err(_) => {
                    store.endpoints.stream_ended();
                    store.noted(Err(RegistryError::Away("the watch ended".to_owned())))
                }
            },
            // Another member is used now, or the connection was dead.
            _ = self.changes.changed() => Ok(None),
        }
    }
}

//! The part of etcd that belongs to one cluster, and this node in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;

use super::contact::Contact;
use super::endpoints::Endpoints;
use super::keys::Keys;
use super::questions::{Questions, Read, Write, Written};
use super::records::Records;
use crate::Node;
use crate::cluster::claims::Claim;
use crate::cluster::registry::{RegistryError, View};
use crate::proto::etcd::{
    Compare, DeleteRangeRequest, KeyValue, PutRequest, RangeRequest, RequestOp, ResponseHeader,
    ResponseOp, TxnRequest, TxnResponse, compare, kv_client, request_op, response_op,
};

/// The losses that wait for the node to take them. When there are more it claims all its names again.
const LOSSES: usize = 256;

/// The keys of a cluster.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) endpoints: Endpoints,
    pub(super) keys: Keys,
    /// The searches for holders of claims, and the changes of claims.
    pub(super) reads: Questions<Read>,
    pub(super) writes: Questions<Write>,
    contact: Mutex<Contact>,
    /// This node, while it is in the cluster.
    member: watch::Sender<Option<Member>>,
    records: Mutex<Records>,
    views: watch::Sender<View>,
    /// Somebody waits for the first view, or for the next one.
    pub(super) wanted: Notify,
    /// Counts the times at which claims were lost with a lease.
    pub(super) forgotten: watch::Sender<u64>,
    /// Tells the claims whose names others have taken.
    pub(super) lost: broadcast::Sender<Claim>,
}

/// This node, as etcd has it.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) node: Node,
    pub(super) lease: i64,
}

impl Store {
    pub(super) fn new(
        endpoints: Endpoints,
        cluster: &str,
        views: watch::Sender<View>,
        reads: Questions<Read>,
        writes: Questions<Write>,
    ) -> Self {
        Self {
            endpoints,
            keys: Keys::of(cluster),
            reads,
            writes,
            contact: Mutex::new(Contact::new(Instant::now())),
            member: watch::Sender::default(),
            records: Mutex::default(),
            views,
            wanted: Notify::new(),
            forgotten: watch::Sender::default(),
            lost: broadcast::Sender::new(LOSSES),
        }
    }

    /// Notes an answer of etcd.
    pub(super) fn heard(&self) {
        self.contact().answered(Instant::now());
    }

    /// The highest revision that was seen, ahead of a question whose answer cannot have a lower one.
    pub(super) fn revision(&self) -> i64 {
        self.contact().revision()
    }

    /// Notes an answer to what was asked when `known` had been seen. Returns its revision.
    pub(super) fn heard_after(&self, known: i64, header: Option<&ResponseHeader>) -> i64 {
        let (now, revision) = (Instant::now(), header.map_or(known, |header| header.revision));
        let mut contact = self.contact();
        contact.answered(now);
        contact.revised(revision, known, now);
        revision
    }

    /// The time until which no node counts as gone, because etcd was away.
    pub(super) fn settles_until(&self) -> Option<Instant> {
        self.contact().settles_until(Instant::now())
    }

    fn contact(&self) -> MutexGuard<'_, Contact> {
        self.contact.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that etcd cannot be reached, if it is that.
    pub(super) fn noted<T>(&self, outcome: Result<T, RegistryError>) -> Result<T, RegistryError> {
        if let Err(RegistryError::Away(_)) = outcome {
            self.contact().failed();
        }
        outcome
    }

    /// Returns this node, if it has this number.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Gone`] when it is another one, or none.
    pub(super) fn member(&self, number: u32) -> Result<Member, RegistryError> {
        let member = self.member.borrow().clone();
        member.filter(|member| member.node.number() == number).ok_or(RegistryError::Gone)
    }

    pub(super) fn set_member(&self, member: Option<Member>) {
        self.member.send_replace(member);
    }

    /// This node, as it joins and leaves.
    pub(super) fn members(&self) -> watch::Receiver<Option<Member>> {
        self.member.subscribe()
    }

    /// Changes the records, and shows them. Returns what the change returns.
    pub(super) fn change<T>(
        &self,
        revision: i64,
        change: impl FnOnce(&mut Records, bool) -> T,
    ) -> T {
        let settles = self.settles_until().is_some();
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        if !settles {
            records.settle();
        }
        let outcome = change(&mut records, settles);
        let nodes = records.nodes();
        // With the lock, so that views are shown in their order.
        self.views.send_if_modified(|view| {
            let next =
                View::new(u64::try_from(revision).unwrap_or(0).max(view.revision() + 1), nodes);
            let has_changed = view.nodes() != next.nodes() || view.revision() == 0;
            if has_changed {
                *view = next;
            }
            has_changed
        });
        outcome
    }

    /// The highest number that this node has seen in etcd.
    pub(super) fn highest(&self) -> u32 {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).highest()
    }

    /// Makes a transaction. Returns its outcome, and the keys that were read in it.
    pub(super) async fn transact(
        &self,
        compare: Vec<Compare>,
        success: Vec<request_op::Request>,
        failure: Vec<request_op::Request>,
    ) -> Result<(bool, Vec<Option<KeyValue>>), RegistryError> {
        let TxnResponse { succeeded, responses, .. } =
            self.call(TxnRequest { compare, success: ops(success), failure: ops(failure) }).await?;
        let read = responses.into_iter().filter_map(|ResponseOp { response }| match response {
            Some(response_op::Response::Range(mut range)) => Some(range.kvs.pop()),
            _ => None,
        });
        Ok((succeeded, read.collect()))
    }

    /// Makes writes in one transaction, each under its own condition, and returns their outcomes in their order. No two of
    /// them may have the same key, or change the same one.
    pub(super) async fn write_all(
        &self,
        writes: Vec<Write>,
    ) -> Result<Vec<Written>, RegistryError> {
        let one = |Write { condition, then, otherwise, .. }: Write| {
            request_op::Request::Txn(TxnRequest {
                compare: vec![condition],
                success: ops(then),
                failure: ops(otherwise),
            })
        };
        let success = ops(writes.into_iter().map(one));
        let answer = self.call(TxnRequest { success, ..TxnRequest::default() }).await?;
        Ok(answer.responses.into_iter().filter_map(written).collect())
    }

    /// Reads keys in one transaction, and returns them in their order.
    pub(super) async fn read_all(
        &self,
        keys: Vec<Read>,
    ) -> Result<Vec<Option<KeyValue>>, RegistryError> {
        let reads = keys.into_iter().map(|Read { key }| read(key)).collect();
        Ok(self.transact(Vec::new(), reads, Vec::new()).await?.1)
    }

    async fn call(&self, txn: TxnRequest) -> Result<TxnResponse, RegistryError> {
        let known = self.revision();
        let answer = self.endpoints.call(|way| {
            let txn = way.request(txn.clone());
            Box::pin(async move { kv_client::KvClient::new(way.channel).txn(txn).await })
        });
        let answer = self.noted(answer.await)?.into_inner();
        self.heard_after(known, answer.header.as_ref());
        Ok(answer)
    }
}

fn ops(requests: impl IntoIterator<Item = request_op::Request>) -> Vec<RequestOp> {
    requests.into_iter().map(|request| RequestOp { request: Some(request) }).collect()
}

/// The outcome of one write, whose answer has the key that was read if the condition did not hold.
fn written(answer: ResponseOp) -> Option<Written> {
    let Some(response_op::Response::Txn(txn)) = answer.response else { return None };
    if txn.succeeded {
        return Some(Written::Done);
    }
    let found = txn.responses.into_iter().find_map(|ResponseOp { response }| match response {
        Some(response_op::Response::Range(mut range)) => range.kvs.pop(),
        _ => None,
    });
    Some(Written::Found(found))
}

/// The shared way to the store.
pub(super) type Shared = Arc<Store>;

/// Reads one key.
pub(super) fn read(key: Vec<u8>) -> request_op::Request {
    request_op::Request::Range(RangeRequest { key, ..RangeRequest::default() })
}

pub(super) fn put(key: Vec<u8>, value: impl Into<Vec<u8>>, lease: i64) -> request_op::Request {
    request_op::Request::Put(PutRequest { key, value: value.into(), lease })
}

pub(super) fn delete(key: Vec<u8>) -> request_op::Request {
    request_op::Request::DeleteRange(DeleteRangeRequest { key })
}

/// The condition that a key is as it was read.
pub(super) fn unchanged(key: Vec<u8>, read: Option<&KeyValue>) -> Compare {
    let (target, value) = match read {
        Some(read) => (compare::Target::Mod, compare::TargetUnion::ModRevision(read.mod_revision)),
        None => (compare::Target::Create, compare::TargetUnion::CreateRevision(0)),
    };
    condition(key, target, value)
}

/// The condition that a key has this value.
pub(super) fn is(key: Vec<u8>, value: impl Into<Vec<u8>>) -> Compare {
    condition(key, compare::Target::Value, compare::TargetUnion::Value(value.into()))
}

/// The condition that a key is there, under this lease.
pub(super) fn has_lease(key: Vec<u8>, lease: i64) -> Compare {
    condition(key, compare::Target::Lease, compare::TargetUnion::Lease(lease))
}

fn condition(key: Vec<u8>, target: compare::Target, value: compare::TargetUnion) -> Compare {
    let result = compare::Result::Equal.into();
    Compare { result, target: target.into(), key, target_union: Some(value) }
}

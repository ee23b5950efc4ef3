//! The membership of this node in etcd: its number, its keys, and the lease that they are under.

use futures_util::stream;
use prost::Message;
use tokio::time::{Duration, Instant, sleep};

use super::store::{Member, Store, delete, has_lease, put, read, unchanged};
use crate::cluster::config::LARGEST_NUMBER;
use crate::cluster::master::{LEASE, MOST_NODES, number_by_time};
use crate::cluster::registry::RegistryError;
use crate::proto::etcd::{
    KeyValue, LeaseGrantRequest, LeaseKeepAliveRequest, LeaseRevokeRequest, RangeRequest,
    kv_client, lease_client,
};
use crate::proto::registry::Record;
use crate::{Node, NodeState};

/// The time between two looks at a name that another node has.
const LOOK: Duration = Duration::from_millis(250);

/// The time after which the lease is renewed of a node that still joins.
const RENEWAL: Duration = Duration::from_secs(1);

/// The attempts of a transaction that others are faster than. Of many nodes that join at once, one succeeds each time.
const ATTEMPTS: u32 = 512;

/// What etcd has of a node's number, name and address.
struct Found {
    next: Option<KeyValue>,
    name: Option<KeyValue>,
    address: Option<KeyValue>,
}

impl Found {
    async fn read(store: &Store, node: &Node) -> Result<Self, RegistryError> {
        let keys = &store.keys;
        let reads = vec![
            read(keys.next()),
            read(keys.name(node.name())),
            read(keys.address(node.address())),
        ];
        let (_, read) = store.transact(Vec::new(), reads, Vec::new()).await?;
        let mut read = read.into_iter();
        let mut next = || read.next().flatten();
        Ok(Self { next: next(), name: next(), address: next() })
    }

    /// The highest number that was given.
    fn highest(&self) -> Option<u32> {
        self.next.as_ref().and_then(number)
    }
}

/// The number that is the value of a key.
fn number(read: &KeyValue) -> Option<u32> {
    std::str::from_utf8(&read.value).ok()?.parse().ok()
}

pub(super) async fn join(store: &Store, node: &Node, highest: u32) -> Result<u32, RegistryError> {
    let lease = grant(store).await?;
    let joined = match node.number() {
        0 => join_under(store, node, highest, lease).await,
        number => come_back(store, node, highest, lease).await.map(|()| number),
    };
    match joined {
        Ok(number) => {
            store.set_member(Some(Member { node: node.clone().with_number(number), lease }));
            store.wanted.notify_one();
            Ok(number)
        }
        Err(error) => {
            // Otherwise it ends by itself.
            let _ = revoke(store, lease).await;
            Err(error)
        }
    }
}

/// Joins under a new number.
async fn join_under(
    store: &Store,
    node: &Node,
    highest: u32,
    lease: i64,
) -> Result<u32, RegistryError> {
    let (asked, patience) = (Instant::now(), LEASE + LOOK * 4);
    let mut lasts_from = asked;
    check_count(store).await?;
    for attempt in 0..ATTEMPTS {
        keep_up(store, lease, &mut lasts_from).await?;
        let found = Found::read(store, node).await?;
        if let Some(own) = found.name.as_ref().filter(|name| name.lease == lease) {
            // It has joined already, and the answer was lost.
            return number(own).ok_or_else(|| RegistryError::Refused(unreadable(node)));
        }
        let of_name = found.name.as_ref().and_then(number);
        let of_address = found.address.as_ref().and_then(number);
        if of_name.is_some() && of_name != of_address {
            if asked.elapsed() < patience {
                sleep(LOOK).await;
                continue;
            }
            return Err(RegistryError::Refused(is_taken(store, node, of_name).await));
        }
        let given = found.highest();
        let number = match given {
            Some(given) => given.max(highest).saturating_add(1),
            // The store is new, or it was wiped: then its numbers are forgotten, and the clock is not.
            None => number_by_time().max(highest.saturating_add(1)),
        };
        if number > LARGEST_NUMBER {
            return Err(RegistryError::Refused("the numbers of nodes are used up".to_owned()));
        }
        // Nobody else can have this address: the one that had it is gone.
        if write(store, &node.clone().with_number(number), lease, &found, of_address, number)
            .await?
        {
            if let Some(gone) = found.address.filter(|address| address.lease != 0) {
                // What it claimed is free. Otherwise that ends with its lease.
                let _ = revoke(store, gone.lease).await;
            }
            return Ok(number);
        }
        tracing::debug!(attempt, "another node has joined at the same time");
    }
    Err(RegistryError::Away("too many nodes join at the same time".to_owned()))
}

fn unreadable(node: &Node) -> String {
    format!("what etcd has under the name `{}` is not of a node", node.name())
}

async fn is_taken(store: &Store, node: &Node, holder: Option<u32>) -> String {
    let key = holder.map(|number| store.keys.node(number)).unwrap_or_default();
    let found = store.transact(Vec::new(), vec![read(key)], Vec::new()).await;
    let record = found.ok().and_then(|(_, read)| read.into_iter().flatten().next());
    let other = record.and_then(|record| Record::decode(&record.value[..]).ok()?.into_node());
    let other = other.map_or_else(|| "elsewhere".to_owned(), |other| other.address().to_owned());
    format!(
        "the name `{}` is taken: the node at {other} has it, and the one at {} asks for it",
        node.name(),
        node.address()
    )
}

async fn check_count(store: &Store) -> Result<(), RegistryError> {
    let (key, range_end) = store.keys.nodes();
    let count = RangeRequest { key, range_end, count_only: true };
    let answer = store.endpoints.call(|way| {
        let count = way.request(count.clone());
        Box::pin(async move { kv_client::KvClient::new(way.channel).range(count).await })
    });
    let answer = store.noted(answer.await)?.into_inner();
    store.heard();
    if usize::try_from(answer.count).is_ok_and(|count| count >= MOST_NODES) {
        return Err(RegistryError::Refused(format!(
            "the cluster has {MOST_NODES} nodes, the most that there can be"
        )));
    }
    Ok(())
}

/// Comes back under the old number: the lease has ended because etcd was away, or was wiped.
async fn come_back(
    store: &Store,
    node: &Node,
    highest: u32,
    lease: i64,
) -> Result<(), RegistryError> {
    let own = node.number();
    let mut lasts_from = Instant::now();
    for _ in 0..ATTEMPTS {
        keep_up(store, lease, &mut lasts_from).await?;
        let found = Found::read(store, node).await?;
        let is_other =
            |key: &Option<KeyValue>| key.as_ref().is_some_and(|key| number(key) != Some(own));
        if is_other(&found.name) || is_other(&found.address) {
            return Err(RegistryError::Gone);
        }
        // Numbers that were given before are not given again, even if etcd has forgotten them.
        let next = found.highest().unwrap_or(0).max(own).max(highest).max(store.highest());
        if write(store, node, lease, &found, None, next).await? {
            tracing::debug!(number = own, "back in etcd under the old number");
            return Ok(());
        }
    }
    Err(RegistryError::Away("too many nodes join at the same time".to_owned()))
}

/// Writes the keys of a node, if those that were read have not changed. Returns `false` if they have.
async fn write(
    store: &Store,
    node: &Node,
    lease: i64,
    found: &Found,
    replaced: Option<u32>,
    next: u32,
) -> Result<bool, RegistryError> {
    let keys = &store.keys;
    let (name, address) = (keys.name(node.name()), keys.address(node.address()));
    let unchanged = vec![
        unchanged(keys.next(), found.next.as_ref()),
        unchanged(name.clone(), found.name.as_ref()),
        unchanged(address.clone(), found.address.as_ref()),
    ];
    let number = node.number();
    let mut puts = vec![
        put(keys.next(), next.to_string(), 0),
        put(name, number.to_string(), lease),
        put(address, number.to_string(), lease),
        put(keys.node(number), Record::of(node).encode_to_vec(), lease),
    ];
    puts.extend(replaced.filter(|other| *other != number).map(|other| delete(keys.node(other))));
    Ok(store.transact(unchanged, puts, Vec::new()).await?.0)
}

async fn grant(store: &Store) -> Result<i64, RegistryError> {
    let seconds = i64::try_from(LEASE.as_secs()).unwrap_or(i64::MAX);
    let answer = store.endpoints.call(|way| {
        let grant = way.request(LeaseGrantRequest { ttl: seconds });
        Box::pin(
            async move { lease_client::LeaseClient::new(way.channel).lease_grant(grant).await },
        )
    });
    let answer = store.noted(answer.await)?.into_inner();
    store.heard();
    Ok(answer.id)
}

async fn revoke(store: &Store, lease: i64) -> Result<(), RegistryError> {
    let answer = store.endpoints.call(|way| {
        let revoke = way.request(LeaseRevokeRequest { id: lease });
        Box::pin(
            async move { lease_client::LeaseClient::new(way.channel).lease_revoke(revoke).await },
        )
    });
    match store.noted(answer.await) {
        // It has ended already.
        Ok(_) | Err(RegistryError::Gone) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Renews a lease, and returns its seconds from now on: none when it has ended.
async fn keep_alive(store: &Store, lease: i64) -> Result<i64, RegistryError> {
    let answer = store.endpoints.call(|way| {
        let renew = way.request(stream::iter([LeaseKeepAliveRequest { id: lease }]));
        Box::pin(async move {
            let mut client = lease_client::LeaseClient::new(way.channel);
            client.lease_keep_alive(renew).await?.into_inner().message().await
        })
    });
    let answer = store.noted(answer.await)?;
    let answer = answer.ok_or_else(|| RegistryError::Away("etcd did not answer".to_owned()))?;
    Ok(answer.ttl)
}

/// Keeps a lease from ending while others are waited for: a name that is still taken, or nodes that join at the same time.
async fn keep_up(store: &Store, lease: i64, lasts_from: &mut Instant) -> Result<(), RegistryError> {
    if lasts_from.elapsed() >= RENEWAL {
        *lasts_from = Instant::now();
        keep_alive(store, lease).await?;
    }
    Ok(())
}

pub(super) async fn renew(store: &Store, number: u32) -> Result<(), RegistryError> {
    let member = store.member(number)?;
    let time = keep_alive(store, member.lease).await?;
    store.heard();
    if time > 0 {
        return Ok(());
    }
    // This shows, too, whether the store is the one of before.
    store.transact(Vec::new(), vec![read(store.keys.node(number))], Vec::new()).await?;
    // Another renewal may have brought it back meanwhile.
    if store.member(number)?.lease != member.lease {
        return Ok(());
    }
    if store.settles_until().is_none() {
        return Err(RegistryError::Gone);
    }
    join(store, &member.node, 0).await?;
    // What was claimed ended with the lease.
    store.forgotten.send_modify(|times| *times += 1);
    Ok(())
}

pub(super) async fn update(
    store: &Store,
    number: u32,
    state: NodeState,
) -> Result<(), RegistryError> {
    let Member { node, lease } = store.member(number)?;
    let (node, key) = (node.with_state(state), store.keys.node(number));
    // First: whoever comes back under the number meanwhile does so in this state.
    store.set_member(Some(Member { node: node.clone(), lease }));
    let record = put(key.clone(), Record::of(&node).encode_to_vec(), lease);
    let (is_done, _) =
        store.transact(vec![has_lease(key, lease)], vec![record], Vec::new()).await?;
    if is_done { Ok(()) } else { Err(RegistryError::Gone) }
}

pub(super) async fn leave(store: &Store, number: u32) -> Result<(), RegistryError> {
    let Ok(member) = store.member(number) else { return Ok(()) };
    store.set_member(None);
    // All its keys are under it.
    revoke(store, member.lease).await
}

pub(super) async fn report_gone(store: &Store, number: u32) -> Result<(), RegistryError> {
    let record = vec![read(store.keys.node(number))];
    let (_, read) = store.transact(Vec::new(), record, Vec::new()).await?;
    match read.into_iter().flatten().next() {
        Some(record) if record.lease != 0 => revoke(store, record.lease).await,
        _ => Ok(()),
    }
}

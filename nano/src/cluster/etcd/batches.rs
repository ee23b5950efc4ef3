//! The transactions of claims: writes that wait at the same time are made by one of them.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use futures_util::future::join_all;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use super::writes::{Asked, Write, Written};
use crate::cluster::registry::RegistryError;

/// The writes of one transaction. etcd takes 128 operations, and each write is a transaction within it.
const MOST: usize = 64;

/// The transactions that are under way at a time. What is asked for meanwhile comes together, so that there are more writes
/// in a transaction the more are asked for, and none waits while there are few.
const AT_A_TIME: usize = 4;

type Outcome = Result<Vec<Written>, RegistryError>;

/// Makes the writes of a queue by `transact`, until the queue ends.
pub(super) async fn run<F>(inbox: mpsc::Receiver<Asked>, transact: impl Fn(Vec<Write>) -> F)
where
    F: Future<Output = Outcome>,
{
    batches(inbox).for_each_concurrent(AT_A_TIME, |batch| make(batch, &transact)).await;
}

/// All that waits, up to the size of a transaction, whenever there is anything.
fn batches(mut inbox: mpsc::Receiver<Asked>) -> impl Stream<Item = Vec<Asked>> {
    stream::poll_fn(move |cx| {
        let mut batch = Vec::new();
        inbox.poll_recv_many(cx, &mut batch, MOST).map(|count| (count > 0).then_some(batch))
    })
}

/// Makes writes. Those of one key follow one another: a transaction changes a key once.
async fn make<F>(mut batch: Vec<Asked>, transact: &impl Fn(Vec<Write>) -> F)
where
    F: Future<Output = Outcome>,
{
    while !batch.is_empty() {
        let mut keys = HashSet::new();
        let (now, later) =
            batch.into_iter().partition(|asked| keys.insert(asked.write.key.clone()));
        together(now, transact).await;
        batch = later;
    }
}

/// Makes writes in one transaction. One that etcd refuses must not take the others with it: they are made one by one then.
async fn together<F>(mut batch: Vec<Asked>, transact: &impl Fn(Vec<Write>) -> F)
where
    F: Future<Output = Outcome>,
{
    // Whoever waits no longer asks again, if at all.
    batch.retain(|asked| !asked.answer.is_closed());
    if batch.is_empty() {
        return;
    }
    let of = |asked: &Asked| asked.write.clone();
    match transact(batch.iter().map(of).collect()).await {
        Ok(written) => answer(batch, written.into_iter().map(Ok)),
        Err(error @ RegistryError::Away(_)) => answer(batch, std::iter::repeat(Err(error))),
        Err(error) if batch.len() == 1 => answer(batch, [Err(error)]),
        Err(_) => {
            let one_by_one = join_all(batch.iter().map(|asked| transact(vec![of(asked)]))).await;
            let first = |written: Vec<Written>| {
                let none = || RegistryError::Refused("etcd has left a write out".to_owned());
                written.into_iter().next().ok_or_else(none)
            };
            answer(batch, one_by_one.into_iter().map(|written| written.and_then(first)));
        }
    }
}

fn answer(batch: Vec<Asked>, outcomes: impl IntoIterator<Item = Result<Written, RegistryError>>) {
    for (asked, outcome) in batch.into_iter().zip(outcomes) {
        // Nobody may wait for it any more.
        let _ = asked.answer.send(outcome);
    }
}

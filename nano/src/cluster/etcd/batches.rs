//! The transactions of claims: questions that wait at the same time are asked by one of them.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use futures_util::future::join_all;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::mpsc;

use super::questions::{Asked, Question};
use crate::cluster::registry::RegistryError;

/// The questions of one transaction. etcd takes 128 operations, and a write is a transaction within it.
const MOST: usize = 64;

/// The transactions of one kind that are under way at a time. What is asked for meanwhile comes together, so that there are
/// more questions in a transaction the more are asked, and none waits while there are few.
const AT_A_TIME: usize = 4;

type Answers<Q> = Result<Vec<<Q as Question>::Answer>, RegistryError>;

/// Asks the questions of a queue by `transact`, until the queue ends.
pub(super) async fn run<Q: Question, F>(
    inbox: mpsc::Receiver<Asked<Q>>,
    transact: impl Fn(Vec<Q>) -> F,
) where
    F: Future<Output = Answers<Q>>,
{
    batches(inbox).for_each_concurrent(AT_A_TIME, |batch| ask(batch, &transact)).await;
}

/// All that waits, up to the size of a transaction, whenever there is anything.
fn batches<Q: Question>(mut inbox: mpsc::Receiver<Asked<Q>>) -> impl Stream<Item = Vec<Asked<Q>>> {
    stream::poll_fn(move |cx| {
        let mut batch = Vec::new();
        inbox.poll_recv_many(cx, &mut batch, MOST).map(|count| (count > 0).then_some(batch))
    })
}

/// Asks questions. Those that change one key follow one another: a transaction changes a key once.
async fn ask<Q: Question, F>(mut batch: Vec<Asked<Q>>, transact: &impl Fn(Vec<Q>) -> F)
where
    F: Future<Output = Answers<Q>>,
{
    while !batch.is_empty() {
        let mut keys = HashSet::new();
        let (now, later) = batch.into_iter().partition(|asked| {
            asked.question.changes().is_none_or(|key| keys.insert(key.to_vec()))
        });
        together(now, transact).await;
        batch = later;
    }
}

/// Asks questions in one transaction. One that etcd refuses must not take the others with it: they are asked one by one then.
async fn together<Q: Question, F>(mut batch: Vec<Asked<Q>>, transact: &impl Fn(Vec<Q>) -> F)
where
    F: Future<Output = Answers<Q>>,
{
    // Whoever waits no longer asks again, if at all.
    batch.retain(|asked| !asked.answer.is_closed());
    if batch.is_empty() {
        return;
    }
    let of = |asked: &Asked<Q>| asked.question.clone();
    match transact(batch.iter().map(of).collect()).await {
        Ok(answers) if answers.len() == batch.len() => {
            answer(batch, answers.into_iter().map(Ok));
        }
        Ok(answers) => {
            let (few, all) = (answers.len(), batch.len());
            let text = format!("etcd answers {few} questions, and was asked {all}");
            answer_all(batch, &RegistryError::Refused(text));
        }
        Err(error @ RegistryError::Away(_)) => answer_all(batch, &error),
        Err(error) if batch.len() == 1 => answer_all(batch, &error),
        Err(_) => {
            let one_by_one = join_all(batch.iter().map(|asked| transact(vec![of(asked)]))).await;
            let first = |answers: Vec<Q::Answer>| {
                let none = || RegistryError::Refused("etcd has left a question out".to_owned());
                answers.into_iter().next().ok_or_else(none)
            };
            answer(batch, one_by_one.into_iter().map(|answers| answers.and_then(first)));
        }
    }
}

fn answer_all<Q: Question>(batch: Vec<Asked<Q>>, error: &RegistryError) {
    answer(batch, std::iter::repeat_with(|| Err(error.clone())));
}

fn answer<Q: Question>(
    batch: Vec<Asked<Q>>,
    answers: impl IntoIterator<Item = Result<Q::Answer, RegistryError>>,
) {
    for (asked, outcome) in batch.into_iter().zip(answers) {
        // Nobody may wait for it any more.
        let _ = asked.answer.send(outcome);
    }
}

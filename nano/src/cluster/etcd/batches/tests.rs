//! Tests of transactions of many writes, with an etcd that is a list.

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use super::*;
use crate::cluster::etcd::questions::{Questions, Read, Write, Written};
use crate::cluster::etcd::store::{put, unchanged};
use crate::proto::etcd::KeyValue;

/// The keys of each transaction.
type Seen = Arc<Mutex<Vec<Vec<String>>>>;

fn write(key: impl Into<String>) -> Write {
    let key = key.into().into_bytes();
    let condition = unchanged(key.clone(), None);
    Write { condition, then: vec![put(key.clone(), "1 2", 7)], otherwise: Vec::new(), key }
}

/// The writer of a queue, whose transactions take a permit each. A transaction with the key `wrong` is refused.
fn writer() -> (Questions<Write>, Seen, Arc<Semaphore>) {
    let ((writes, inbox), seen) = (Questions::new(), Seen::default());
    let (noted, permits) = (seen.clone(), Arc::new(Semaphore::new(0)));
    let taken = permits.clone();
    tokio::spawn(run(inbox, move |writes: Vec<Write>| {
        let text = |one: &Write| String::from_utf8_lossy(&one.key).into_owned();
        let keys: Vec<String> = writes.iter().map(text).collect();
        noted.lock().expect("no panic").push(keys.clone());
        let taken = taken.clone();
        async move {
            taken.acquire().await.expect("never closed").forget();
            match keys.iter().any(|key| key == "wrong") {
                true => Err(RegistryError::Refused("no".to_owned())),
                false => Ok(vec![Written::Done; keys.len()]),
            }
        }
    }));
    (writes, seen, permits)
}

/// Asks for writes, each of them by a task of its own.
fn ask(writes: &Questions<Write>, keys: impl IntoIterator<Item = String>) -> Vec<Answer> {
    let ask = |key| {
        let writes = writes.clone();
        tokio::spawn(async move { writes.ask(write(key)).await })
    };
    keys.into_iter().map(ask).collect()
}

type Answer = tokio::task::JoinHandle<Result<Written, RegistryError>>;

async fn settle() {
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
}

/// Lets as many transactions be under way as may be.
async fn fill(writes: &Questions<Write>) -> Vec<Answer> {
    let mut asked = Vec::new();
    for number in 0..AT_A_TIME {
        asked.extend(ask(writes, [format!("early {number}")]));
        settle().await;
    }
    asked
}

fn sizes(seen: &Seen) -> Vec<usize> {
    seen.lock().expect("no panic").iter().map(Vec::len).collect()
}

#[tokio::test]
async fn writes_that_wait_together_are_one_transaction() {
    let (writes, seen, permits) = writer();
    let mut asked = fill(&writes).await;
    assert_eq!(sizes(&seen), [1; AT_A_TIME], "one that comes alone waits for nobody");
    asked.extend(ask(&writes, (0..100).map(|number| format!("late {number}"))));
    settle().await;
    assert_eq!(sizes(&seen), [1; AT_A_TIME], "no more are under way");
    permits.add_permits(1);
    settle().await;
    permits.add_permits(1000);
    for answer in asked {
        assert_eq!(answer.await.expect("no panic"), Ok(Written::Done));
    }
    assert_eq!(sizes(&seen)[AT_A_TIME..], [64, 36]);
}

#[tokio::test]
async fn a_key_is_changed_once_in_a_transaction() {
    let (writes, seen, permits) = writer();
    let early = fill(&writes).await;
    let all = ["one", "two", "one", "one"].map(str::to_owned);
    let late = ask(&writes, all);
    settle().await;
    permits.add_permits(1000);
    for answer in early.into_iter().chain(late) {
        assert_eq!(answer.await.expect("no panic"), Ok(Written::Done));
    }
    let seen = seen.lock().expect("no panic");
    let keys: Vec<_> = seen.iter().rev().take(3).rev().map(|keys| keys.join(" ")).collect();
    assert_eq!(keys, ["one two", "one", "one"]);
}

#[tokio::test]
async fn a_write_that_is_refused_takes_no_others_with_it() {
    let (writes, _, permits) = writer();
    permits.add_permits(1000);
    let asked = ask(&writes, ["one", "wrong", "two"].map(str::to_owned));
    let mut outcomes = Vec::new();
    for answer in asked {
        outcomes.push(answer.await.expect("no panic").is_ok());
    }
    assert_eq!(outcomes, [true, false, true]);
}

#[tokio::test]
async fn what_nobody_waits_for_is_not_written() {
    let (writes, seen, permits) = writer();
    let early = fill(&writes).await;
    let late = ask(&writes, ["gone", "here"].map(str::to_owned));
    settle().await;
    late[0].abort();
    settle().await;
    permits.add_permits(1000);
    for answer in early {
        assert_eq!(answer.await.expect("no panic"), Ok(Written::Done));
    }
    settle().await;
    assert_eq!(seen.lock().expect("no panic").last(), Some(&vec!["here".to_owned()]));
}

#[tokio::test]
async fn a_thousand_finds_at_the_same_time_are_a_few_requests() {
    let ((reads, inbox), seen) = (Questions::<Read>::new(), Arc::new(Mutex::new(Vec::new())));
    let noted = seen.clone();
    tokio::spawn(run(inbox, move |reads: Vec<Read>| {
        noted.lock().expect("no panic").push(reads.len());
        async move {
            // An answer takes a moment, in which others ask.
            tokio::task::yield_now().await;
            Ok(reads
                .into_iter()
                .map(|Read { key }| Some(KeyValue { key, ..KeyValue::default() }))
                .collect())
        }
    }));
    // Some of them are for the same key, which may be read by one request more than once.
    let find = |number: usize| {
        let (reads, key) = (reads.clone(), format!("{}", number % 100).into_bytes());
        tokio::spawn(async move { (reads.ask(Read { key: key.clone() }).await, key) })
    };
    for found in (0..1000).map(find).collect::<Vec<_>>() {
        let (found, key) = found.await.expect("no panic");
        assert_eq!(found.map(|found| found.map(|found| found.key)), Ok(Some(key)));
    }
    let seen = seen.lock().expect("no panic");
    assert_eq!(seen.iter().sum::<usize>(), 1000);
    assert!(seen.len() <= 20, "{seen:?}");
}

#[tokio::test]
async fn answers_that_are_missing_are_none_of_others() {
    let (reads, inbox) = Questions::<Read>::new();
    tokio::spawn(run(inbox, async |reads: Vec<Read>| Ok(vec![None; reads.len() - 1])));
    let answer = reads.ask(Read { key: b"one".to_vec() }).await;
    assert!(matches!(answer, Err(RegistryError::Refused(_))), "{answer:?}");
}

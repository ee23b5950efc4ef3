//! The membership of this node: its number, its lease, and the views of the others.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until, timeout};

use super::bound::Bound;
use super::config::Members;
use super::go;
use super::node::Node;
use super::peer::Peer;
use super::registry::{RegistryError, View};
use super::transport;
use crate::log::limited;
use crate::{Error, ErrorKind, Result};

/// The time between two renewals of the lease.
const RENEWAL: Duration = Duration::from_secs(1);

/// The time after which a registry that has not answered counts as away: work that waits for it goes on, or the node gives
/// up its membership.
const DOUBT: Duration = Duration::from_secs(1);

/// The time after which this process must have been stopped for a while.
const GAP: Duration = Duration::from_millis(1500);

/// The time for one attempt to join: a master may have to settle, and to wait for the lease of another node.
const JOIN: Duration = Duration::from_secs(15);

/// The time for other nodes to be reached by one that starts: one of them may hang.
const REACH: Duration = Duration::from_millis(750);

/// The time for which a node stays out whose address another node has: a node that joins at an address takes the place of the
/// one that was there, so that the two would give each other up for ever.
const REPLACED: Duration = Duration::from_secs(300);

/// A membership that ends earlier than this was no success: the next one begins later.
const BRIEF: Duration = Duration::from_secs(10);

/// The longest time between two memberships that do not last.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The reason why a node does not stay in its cluster.
enum Out {
    Ends,
    Fenced(&'static str),
}

/// Opens the address of a node, joins the cluster, and keeps the node in it until it leaves. Returns when the nodes of before
/// know this one.
///
/// # Errors
///
/// The reason why the node can never join.
pub(crate) async fn start(node: &Arc<Node>, bound: Bound) -> Result<()> {
    transport::listen(node, bound);
    node.gate.own.set_name(node.record().name());
    let views = enter(node).await?;
    let named = node.claim_opened();
    tracing::info!(number = node.number(), name = node.record().name(), "in the cluster");
    node.tasks.spawn(keep(node.clone(), views));
    if let Some(go) = node.go.clone()
        && let Members::Join(master) | Members::JoinGo(master) = &node.config.members
    {
        node.tasks.spawn(go::keep_registered(node.clone(), go, master.clone()));
    }
    node.tasks.spawn(node.clone().hold());
    node.tasks.spawn(node.clone().find_users());
    named.await;
    if timeout(REACH, reach(node)).await.is_err() {
        tracing::debug!(limit = ?REACH, "some nodes are not reached yet");
    }
    Ok(())
}

/// Waits until the nodes of before know this one, as far as they can be reached.
async fn reach(node: &Node) {
    // Those with greater numbers connect to this one, and nodes of Go nano are not greeted.
    let all = node.gate.peers.all();
    for peer in all.iter().filter(|peer| peer.number < node.number() && !peer.is_go) {
        tokio::select! {
            () = peer.reached.cancelled() => {}
            () = peer.retired.cancelled() => {}
        }
    }
}

/// Joins under a new number, as soon as the registry lets the node in.
async fn enter(node: &Arc<Node>) -> Result<watch::Receiver<View>> {
    let registry = &node.registry;
    loop {
        let (sent, record) = (Instant::now(), node.record().with_number(0));
        let joined = timeout(JOIN, registry.join(&record, node.highest()));
        let error = match joined.await {
            Ok(Ok(number)) => {
                node.take_number(number);
                let mut views = registry.views();
                // The registry has let it in: its view is on the way.
                let first = views.wait_for(|view| view.node(number).is_some());
                let first = timeout(JOIN, first).await.map(|view| view.map(|view| view.clone()));
                if let Ok(Ok(first)) = first {
                    node.lease.renew(sent);
                    apply(node, &first);
                    return Ok(views);
                }
                RegistryError::Away("no view of the cluster came".to_owned())
            }
            Ok(Err(error @ RegistryError::Refused(_))) => {
                return Err(Error::with_source(ErrorKind::Config, "the node cannot join", error));
            }
            Ok(Err(error)) => error,
            Err(_) => RegistryError::Away("it does not answer".to_owned()),
        };
        limited!(node.log, RegistryAway, error = %error);
        sleep(RENEWAL).await;
    }
}

/// Keeps the node in the cluster until it leaves; fenced, it joins anew.
async fn keep(node: Arc<Node>, mut views: watch::Receiver<View>) {
    let mut pause = Duration::ZERO;
    loop {
        let since = Instant::now();
        let Out::Fenced(reason) = stay(&node, &mut views).await else { return };
        limited!(node.log, NodeFenced, number = node.number(), reason);
        node.holding.fenced();
        leave_all(&node);
        let rival = rival(&node, &views.borrow());
        if let Some(rival) = &rival {
            tell_rival(&node, rival);
        }
        pause = match since.elapsed() < BRIEF {
            true => (pause * 2).clamp(RENEWAL, LONGEST_PAUSE),
            false => Duration::ZERO,
        };
        node.fenced().await;
        let again = async {
            if rival.is_some() {
                // It may go earlier.
                let gone = views.wait_for(|view| self::rival(&node, view).is_none());
                let _ = timeout(REPLACED, gone).await;
            }
            sleep(pause).await;
            enter_again(&node).await
        };
        let entered = tokio::select! {
            biased;
            () = node.leaving.cancelled() => return,
            entered = again => entered,
        };
        views = entered;
        node.tasks.spawn(node.claim_opened());
        node.close_strays();
    }
}

/// Returns the node that has taken the place of this one, at its address.
fn rival(node: &Node, view: &View) -> Option<crate::Node> {
    let (own, number) = (node.record(), node.number());
    let mut others = view.nodes().iter().rev();
    others.find(|other| other.number() > number && other.address() == own.address()).cloned()
}

fn tell_rival(node: &Node, rival: &crate::Node) {
    let own = node.record();
    tracing::error!(
        number = own.number(),
        name = own.name(),
        address = own.address(),
        other_number = rival.number(),
        other_name = rival.name(),
        "another node has taken the address of this one"
    );
}

/// Joins anew. What keeps it out, such as another node that has its name now, may pass.
async fn enter_again(node: &Arc<Node>) -> watch::Receiver<View> {
    loop {
        match enter(node).await {
            Ok(views) => return views,
            Err(error) => {
                tracing::error!(error = %error.report(), "the node cannot join its cluster again");
            }
        }
        sleep(JOIN).await;
    }
}

async fn stay(node: &Arc<Node>, views: &mut watch::Receiver<View>) -> Out {
    let number = node.number();
    let mut renewals = FuturesUnordered::new();
    let mut ticks = interval(RENEWAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ticked = Instant::now();
    // The time since which the registry has not answered.
    let mut unanswered: Option<Instant> = None;
    let mut go = node.go.as_ref().map(|go| go.changes());
    loop {
        let away = async {
            match unanswered {
                // Without the registry's word the node goes on after a while, or when it must not any more.
                Some(since) if node.config.is_strict => {
                    sleep_until(node.lease.lapses().max(since + DOUBT)).await;
                }
                Some(since) => sleep_until(since + DOUBT).await,
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            () = node.leaving.cancelled() => return Out::Ends,
            Some((sent, outcome)) = renewals.next(), if !renewals.is_empty() => match outcome {
                Ok(Ok(())) => {
                    node.lease.renew(sent);
                    unanswered = (!renewals.is_empty()).then(Instant::now);
                }
                Ok(Err(RegistryError::Gone)) => return Out::Fenced("the registry says so"),
                Ok(Err(error)) => limited!(node.log, RegistryAway, error = %error),
                Err(_) => {}
            },
            changed = views.changed() => {
                let view = views.borrow_and_update().clone();
                if changed.is_err() || view.node(number).is_none() {
                    return Out::Fenced("the view of the cluster is without it");
                }
                apply(node, &view);
            }
            () = changed(&mut go) => {
                let view = views.borrow().clone();
                apply(node, &view);
            }
            () = node.lease.wanted() => ticks.reset_immediately(),
            now = ticks.tick() => {
                // What was not answered while this process was stopped says nothing about the registry.
                let was_stopped = now.saturating_duration_since(ticked) > GAP;
                (ticked, unanswered) = (now, unanswered.filter(|_| !was_stopped).or(Some(now)));
                let renewal = timeout(super::lease::STANDS, node.registry.renew(number));
                renewals.push(async move { (now, renewal.await) });
            }
            () = away => {
                if node.config.is_strict {
                    return Out::Fenced("the registry is away");
                }
                if node.lease.is_disputed() {
                    return Out::Fenced("another node says so, and the registry is away");
                }
                let now = Instant::now();
                node.lease.extend(now);
                unanswered = Some(now);
            }
        }
    }
}

/// Waits for a change of the nodes of Go nano.
async fn changed(go: &mut Option<watch::Receiver<u64>>) {
    if let Some(go) = go
        && go.changed().await.is_ok()
    {
        return;
    }
    // Without them, there is none.
    pending().await
}

/// Takes over a view.
fn apply(node: &Arc<Node>, view: &View) {
    let view = &node.go.as_ref().map_or_else(|| view.clone(), |go| go.merged(view));
    let number = node.number();
    let changes = node.gate.peers.take(view, number);
    node.show(view);
    for (joined, peer) in changes.joined {
        limited!(
            node.log,
            NodeJoined,
            node = peer.number,
            name = joined.name(),
            address = joined.address()
        );
        match &node.go {
            Some(go) if peer.is_go => go::attach(node, go, peer),
            _ if peer.number < number => transport::dial(node, peer),
            _ => {}
        }
    }
    tell_left(node, &changes.left);
    node.gate.learn();
}

fn tell_left(node: &Node, left: &[Arc<Peer>]) {
    for left in left {
        limited!(node.log, NodeLeft, node = left.number, name = left.node().name());
        left.tell_left(&node.events);
    }
}

/// Ends all links: this node is no member any more.
fn leave_all(node: &Arc<Node>) {
    node.lease.lapse();
    let changes = node.gate.peers.take(&View::default(), node.number());
    node.view.send_replace(View::default());
    tell_left(node, &changes.left);
    node.gate.learn();
}

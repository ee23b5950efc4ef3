//! Links in memory, which can be cut and held.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{Stream, StreamExt};
use prost::Message;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Cluster;
use crate::cluster::end::End;
use crate::cluster::frames::{Frame, Kind};
use crate::cluster::link;
use crate::cluster::transport::open;
use crate::testing::TestApp;

/// A node that has the nodes 1 to 5 as members, itself left out. Tests link them.
pub(crate) fn node(number: u32) -> Cluster {
    let mut node = Cluster::bind("127.0.0.1:0").number(number);
    node.is_wired_by_hand = true;
    (1..=5).filter(|other| *other != number).fold(node, |node, other| node.member(other, "-"))
}

/// What has come over a link, in both directions.
#[derive(Clone, Default)]
struct Carried {
    frames: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
    /// For each push, the number of its members, and its bytes beside the body.
    pushes: Arc<Mutex<Vec<(usize, usize)>>>,
    /// How often a node has asked for a user.
    questions: Arc<AtomicUsize>,
}

/// A link of two nodes.
pub(crate) struct Cable {
    cut: CancellationToken,
    is_held: watch::Sender<bool>,
    carried: Carried,
    ends: [JoinHandle<End>; 2],
}

/// Links two nodes, of which the first has the smaller number.
pub(crate) async fn join(one: &TestApp, other: &TestApp) -> Cable {
    let cable = connect(one, other);
    let [one, other] = [one, other].map(|app| app.server().core().node.clone().expect("a node"));
    let is_linked = |node: &crate::cluster::Node, other: &crate::cluster::Node| {
        let number = other.hello().number;
        node.gate.peers.all().iter().any(|peer| peer.number == number && peer.link().is_some())
    };
    while !is_linked(&one, &other) || !is_linked(&other, &one) {
        tokio::task::yield_now().await;
    }
    cable
}

/// Connects two nodes, which may refuse each other.
pub(crate) fn connect(one: &TestApp, other: &TestApp) -> Cable {
    let [one, other] = [one, other].map(|app| app.server().core().node.clone().expect("a node"));
    let (cut, (is_held, held)) = (CancellationToken::new(), watch::channel(false));
    let ((link, outlet), (other_link, other_outlet)) = (open(&one, None), open(&other, None));
    let dialled = Some(one.hello().number);
    let carried = Carried::default();
    let wire = |outlet| wire(outlet, &cut, &held, &carried);
    let (to_one, to_other) = (wire(other_outlet), wire(outlet));
    let ends = [
        tokio::spawn(async move { link::run(&one, link, to_one, None).await }),
        tokio::spawn(async move { link::run(&other, other_link, to_other, dialled).await }),
    ];
    Cable { cut, is_held, carried, ends }
}

impl Cable {
    /// Breaks the link, and returns how it ended on both sides.
    pub(in crate::cluster) async fn cut(self) -> [End; 2] {
        self.cut.cancel();
        self.ends().await
    }

    /// Returns the number of members and the bytes beside the body of each push that has come over it.
    pub(super) fn pushes(&self) -> Vec<(usize, usize)> {
        self.carried.pushes.lock().expect("no panic").clone()
    }

    /// Returns the number of frames that have come over it, and that of their bytes.
    pub(super) fn frames(&self) -> (usize, usize) {
        let Carried { frames, bytes, .. } = &self.carried;
        (frames.load(Ordering::Relaxed), bytes.load(Ordering::Relaxed))
    }

    /// Lets nothing through, as a network that drops everything.
    pub(crate) fn hold(&self) {
        self.is_held.send_replace(true);
    }

    /// Lets through what was held, and all that follows.
    pub(super) fn release(&self) {
        self.is_held.send_replace(false);
    }

    /// Returns the number of times that a node was asked over it where a user is.
    pub(super) fn questions(&self) -> usize {
        self.carried.questions.load(Ordering::Relaxed)
    }

    pub(in crate::cluster) async fn ends(self) -> [End; 2] {
        let [one, other] = self.ends;
        [one.await.expect("no panic"), other.await.expect("no panic")]
    }
}

/// The bytes of the frames on their way.
fn wire(
    frames: impl Stream<Item = Frame> + Send + Unpin + 'static,
    cut: &CancellationToken,
    held: &watch::Receiver<bool>,
    carried: &Carried,
) -> impl Stream<Item = Frame> + Send + Unpin + 'static {
    let (held, carried) = (held.clone(), carried.clone());
    let frames = frames.then(move |frame| {
        let (mut held, carried) = (held.clone(), carried.clone());
        async move {
            // It lets go by being cut.
            let _ = held.wait_for(|is_held| !is_held).await;
            let bytes = frame.encode_to_vec();
            let frame = Frame::decode(&bytes[..]).expect("a frame");
            carried.frames.fetch_add(1, Ordering::Relaxed);
            carried.bytes.fetch_add(bytes.len(), Ordering::Relaxed);
            if let Some(Kind::Push(push)) = &frame.kind {
                let beside = bytes.len() - push.body.len();
                carried.pushes.lock().expect("no panic").push((push.members.len(), beside));
            }
            if let Some(Kind::WhoHas(_)) = &frame.kind {
                carried.questions.fetch_add(1, Ordering::Relaxed);
            }
            frame
        }
    });
    frames.take_until(Box::pin(cut.clone().cancelled_owned())).boxed()
}

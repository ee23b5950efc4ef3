//! A network between a client and a server, which loses datagrams and lets others overtake them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Of so many datagrams, one is lost, and one is late.
const LOST: u64 = 8;
const LATE: u64 = 8;

/// The time by which a late datagram is late.
const DELAY: Duration = Duration::from_millis(15);

/// The way of one client after another to their server. It ends when this is dropped.
pub(super) struct Proxy {
    address: SocketAddr,
    lost: Arc<AtomicUsize>,
    is_away: Arc<AtomicBool>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// The datagrams that are lost and late are the same for each `seed`.
    pub(super) async fn start(server: SocketAddr, seed: u64) -> Self {
        let bind = || UdpSocket::bind("127.0.0.1:0");
        let (near, far) = (bind().await.expect("a port"), bind().await.expect("a port"));
        let (near, far) = (Arc::new(near), Arc::new(far));
        let address = near.local_addr().expect("an address");
        let (lost, is_away) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        // The way back leads to the client that was heard last.
        let (heard, client) = watch::channel(server);
        let mut tasks = JoinSet::new();
        let way = |from: &Arc<UdpSocket>, to: &Arc<UdpSocket>, seed| Way {
            from: from.clone(),
            to: to.clone(),
            lost: lost.clone(),
            is_away: is_away.clone(),
            dice: Dice(seed),
        };
        let (mut there, mut back) = (way(&near, &far, seed), way(&far, &near, seed + 1000));
        tasks.spawn(async move {
            while let Some(peer) = there.carry(|| server).await {
                heard.send_replace(peer);
            }
        });
        tasks.spawn(async move { while back.carry(|| *client.borrow()).await.is_some() {} });
        Self { address, lost, is_away, _tasks: tasks }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }

    /// Loses everything from now on, or no more than before.
    pub(super) fn set_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Relaxed);
    }
}

/// One direction.
struct Way {
    from: Arc<UdpSocket>,
    to: Arc<UdpSocket>,
    lost: Arc<AtomicUsize>,
    is_away: Arc<AtomicBool>,
    dice: Dice,
}

impl Way {
    /// Carries one datagram, and returns its sender.
    async fn carry(&mut self, receiver: impl Fn() -> SocketAddr) -> Option<SocketAddr> {
        let mut buffer = vec![0; 2048];
        let (len, peer) = self.from.recv_from(&mut buffer).await.ok()?;
        buffer.truncate(len);
        if self.is_away.load(Ordering::Relaxed) || self.dice.roll(LOST) == 0 {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return Some(peer);
        }
        let is_late = self.dice.roll(LATE) == 0;
        let (to, receiver) = (self.to.clone(), receiver());
        tokio::spawn(async move {
            if is_late {
                tokio::time::sleep(DELAY).await;
            }
            // The receiver may be gone.
            let _ = to.send_to(&buffer, receiver).await;
        });
        Some(peer)
    }
}

/// Numbers that are the same for each seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }
}

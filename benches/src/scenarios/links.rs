//! Links: the cost of nodes that are linked and have nothing to say.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Scenario;
use crate::cli::{Common, seconds};
use crate::peers::{self, OtherNode, PeerSpec, Work};
use crate::process::{Meter, ServerProcess};
use crate::report::{Column, Unit};

/// The links before the first measurement of memory: they pay for what a node allocates once.
const FIRST: usize = 10;
/// The time for the first signs of life to pass.
const SETTLED: Duration = Duration::from_secs(1);
/// The sockets of a link, with those of the relay, and the listener of its node.
const FILES: usize = 6;

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The number of linked nodes
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    links: u32,
    /// The seconds for which they stay idle
    #[arg(long, default_value = "5", value_parser = seconds)]
    seconds: Duration,
}

impl Scenario for Options {
    fn work(&self) -> Work {
        Work::Links
    }

    fn title(&self) -> String {
        let Self { links, seconds, .. } = self;
        format!("idle links: {links} nodes that are linked to one, for {seconds:?}")
    }

    fn columns(&self) -> Vec<Column> {
        vec![
            Column::compared("memory/link", Unit::Bytes),
            Column::plain("packets/s and link", Unit::Decimal),
            Column::plain("idle CPU", Unit::Percent),
        ]
    }

    fn connections(&self) -> usize {
        FILES * (FIRST + self.links as usize)
    }

    fn round(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.measure(peer, server))
    }
}

impl Options {
    async fn measure(&self, peer: PeerSpec, server: &ServerProcess) -> Result<Vec<f64>> {
        let relay = Relay::to(server.target().address()).await?;
        let mut nodes = Vec::new();
        open(peer, &relay, &mut nodes, FIRST).await?;
        let before = server.memory()?;
        open(peer, &relay, &mut nodes, self.links as usize).await?;
        sleep(SETTLED).await;

        let (packets, meter) = (relay.packets(), Meter::start(server)?);
        sleep(self.seconds).await;
        let (packets, used) = (relay.packets() - packets, meter.stop(server)?);
        let after = server.memory()?;
        ensure!(relay.all_stand(), "a link has ended");
        Ok(vec![
            (after - before) / f64::from(self.links),
            packets as f64 / used.seconds / nodes.len() as f64,
            used.server / used.seconds * 100.0,
        ])
    }
}

/// Links so many more nodes.
async fn open(
    peer: PeerSpec,
    relay: &Relay,
    nodes: &mut Vec<OtherNode>,
    count: usize,
) -> Result<()> {
    for _ in 0..count {
        nodes.push(peers::link(peer, nodes.len(), relay.address).await?);
    }
    Ok(())
}

/// The way of all links, which counts what passes.
struct Relay {
    address: SocketAddr,
    packets: Arc<AtomicU64>,
    ended: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Relay {
    async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (packets, ended) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let (mut tasks, counts) = (JoinSet::new(), (packets.clone(), ended.clone()));
        tasks.spawn(async move {
            let (packets, ended) = counts;
            let mut ways = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(server).await else { continue };
                let (near, far) = (near.into_split(), far.into_split());
                ways.spawn(carry(near.0, far.1, packets.clone(), ended.clone()));
                ways.spawn(carry(far.0, near.1, packets.clone(), ended.clone()));
            }
        });
        Ok(Self { address, packets, ended, _tasks: tasks })
    }

    /// The reads that found something, each of which is a packet on a quiet line.
    fn packets(&self) -> u64 {
        self.packets.load(Ordering::Relaxed)
    }

    fn all_stand(&self) -> bool {
        self.ended.load(Ordering::Relaxed) == 0
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    packets: Arc<AtomicU64>,
    ended: Arc<AtomicU64>,
) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        packets.fetch_add(1, Ordering::Relaxed);
        if to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    ended.fetch_add(1, Ordering::Relaxed);
}

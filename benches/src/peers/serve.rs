//! The hidden command that runs one peer as a process of its own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum as _};
use tokio::net::TcpListener;

use super::{
    Peer, PeerSpec, Runtime, nano, nano_async, nano_cluster, nano_json, nano_mut, nano_protobuf,
    nano_stages, node, raw, raw_broadcast, raw_cluster, raw_ws,
};
use crate::transport::Transport;
use crate::{certificate, machine, process};

/// The options of the hidden command that runs one peer.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServeOptions {
    pub(crate) peer: PeerSpec,
    #[arg(long, value_enum)]
    pub(crate) transport: Transport,
    #[arg(long)]
    pub(crate) core: Option<usize>,
    /// The folder of the certificate and its key
    #[arg(long)]
    pub(crate) certificate: Option<PathBuf>,
}

impl ServeOptions {
    /// The arguments that are parsed into these options.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let transport = self.transport.to_possible_value().map(|value| value.get_name().to_owned());
        let mut arguments =
            vec![self.peer.to_string(), "--transport".into(), transport.unwrap_or_default()];
        if let Some(core) = self.core {
            arguments.extend(["--core".into(), core.to_string()]);
        }
        if let Some(folder) = &self.certificate {
            arguments.extend(["--certificate".into(), folder.display().to_string()]);
        }
        arguments
    }

    /// Runs the server until the process ends.
    pub(crate) fn run(self) -> Result<()> {
        // The runtime's threads inherit the core, so this comes first.
        if let Some(core) = self.core {
            machine::pin(core)?;
        }
        if let Some(program) = self.peer.peer.node_program() {
            return node::become_program(program);
        }
        process::end_with_parent();
        let mut runtime = match self.peer.runtime {
            None | Some(Runtime::Current | Runtime::Threads) => {
                tokio::runtime::Builder::new_current_thread()
            }
            Some(Runtime::Multi | Runtime::Fair) => tokio::runtime::Builder::new_multi_thread(),
        };
        if self.peer.runtime == Some(Runtime::Fair) {
            runtime.global_queue_interval(2);
        }
        runtime.enable_all().build()?.block_on(self.serve())
    }

    async fn serve(self) -> Result<()> {
        let acceptor = match &self.certificate {
            Some(folder) if self.peer.is_raw() => Some(certificate::acceptor(folder)?),
            _ => None,
        };
        match self.peer.peer {
            Peer::Nano => self.serve_app(nano::app()).await,
            Peer::NanoJson => self.serve_app(nano_json::app()).await,
            Peer::NanoAsync => self.serve_app(nano_async::app()).await,
            Peer::NanoMut => self.serve_app(nano_mut::app()).await,
            Peer::NanoStages => self.serve_app(nano_stages::app()).await,
            Peer::NanoProtobuf => self.serve_app(nano_protobuf::app()).await,
            Peer::NanoGate => nano_cluster::serve(1).await,
            Peer::NanoGates => nano_cluster::serve(4).await,
            Peer::NanoNode => nano_cluster::serve_node().await,
            Peer::RawGate => raw_cluster::serve(listen().await?, true).await,
            Peer::RawUnary => raw_cluster::serve(listen().await?, false).await,
            Peer::RawNode => raw_cluster::serve_backend(listen().await?).await,
            Peer::Raw => raw::serve(listen().await?, acceptor).await,
            Peer::RawWs => raw_ws::serve(listen().await?, acceptor).await,
            Peer::RawBroadcast => raw_broadcast::serve(listen().await?, self.transport).await,
            Peer::Ws | Peer::Pinus | Peer::Colyseus | Peer::Outside(..) => {
                bail!("{} is no server of this program", self.peer)
            }
        }
    }

    async fn serve_app(self, app: ::nano::App) -> Result<()> {
        let app = match self.peer.runtime {
            Some(Runtime::Threads) => app.threads(std::thread::available_parallelism()?.get()),
            _ => app,
        };
        nano::serve(app, self.transport, self.certificate.as_deref()).await
    }
}

/// Listens on a port that the system chooses, and announces it.
async fn listen() -> Result<TcpListener> {
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    let listener = socket.listen(4096).context("cannot listen")?;
    announce(&[listener.local_addr()?])?;
    Ok(listener)
}

/// Tells the parent process where the server listens.
pub(super) fn announce(addresses: &[SocketAddr]) -> Result<()> {
    let addresses: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{}", addresses.join(" "))?;
    stdout.flush()?;
    Ok(())
}

//! The peers: the servers that are measured, one file each.

mod nano;
mod nano_async;
mod nano_cluster;
mod nano_json;
mod nano_mut;
mod nano_protobuf;
mod nano_stages;
pub(crate) mod node;
mod raw;
mod raw_broadcast;
mod raw_cluster;
mod raw_ws;
mod serve;

use std::fmt::{self, Write as _};
use std::net::SocketAddr;
use std::str::FromStr;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::generator::{Exchange, Pace, Payload, ProtobufPayload, Template, Traffic};
use crate::transport::Transport;
pub(crate) use serve::ServeOptions;

/// The route of requests that are echoed.
pub(crate) const ECHO: &str = "echo.say";
/// The same in pinus, where a route names the type of the server first.
const PINUS_ECHO: &str = "connector.echoHandler.say";
/// The route of notifies that are pushed back.
pub(crate) const POKE: &str = "echo.poke";
/// The route of the request that adds a session to the group.
pub(crate) const JOIN: &str = "room.join";
/// The route of the notify that is broadcast to the group.
pub(crate) const BROADCAST: &str = "room.say";

/// The answer of the raw peers to a handshake, and their packet around it.
const HANDSHAKE_REPLY: &[u8] = b"\x01\x00\x00\x23{\"code\":200,\"sys\":{\"heartbeat\":30}}";

/// The work of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Answers requests with their body.
    Echo,
    /// Answers notifies with a push of their body.
    Push,
    /// As echo, with clients that come and go.
    Connect,
    /// Sends the messages of one client to all members of a group.
    Broadcast,
    /// Has links to other nodes.
    Links,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Echo => "echo",
            Self::Push => "push",
            Self::Connect => "connections",
            Self::Broadcast => "broadcast",
            Self::Links => "links",
        })
    }
}

/// A server, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// nano, with a handler that takes and returns `Bytes`.
    Nano,
    /// nano, with a handler that takes and returns a typed JSON message.
    NanoJson,
    /// nano, with an `async fn` handler that does not yield.
    NanoAsync,
    /// nano, with a handler of `&mut self`, which takes a lock.
    NanoMut,
    /// nano, with a stage around what comes in and one around what goes out.
    NanoStages,
    /// nano, with a handler that takes and returns a Protobuf message.
    NanoProtobuf,
    /// nano on two nodes: a gate for the clients, and one with the handlers.
    NanoGate,
    /// nano on five nodes: four gates for the clients, and one with the handlers.
    NanoGates,
    /// nano as a node that others link to.
    NanoNode,
    /// A tokio server that reads headers only: the limit over TCP and TLS.
    Raw,
    /// A tokio-tungstenite server that reads headers only: the limit over WebSocket.
    RawWs,
    /// A tokio server that broadcasts with a queue per member: the limit of broadcasts.
    RawBroadcast,
    /// A gate and a backend that pass messages on over one stream of gRPC: the limit of gates.
    RawGate,
    /// The same with a call of gRPC for each message.
    RawUnary,
    /// A server of streams of gRPC that only returns what comes: the limit of nodes with links.
    RawNode,
    /// An echo on `ws` that reads headers only: the limit of Node.js.
    Ws,
    /// pinus, with a handler on its frontend server.
    Pinus,
    /// Colyseus, with a room; driven by its own clients.
    Colyseus,
    /// A server that somebody else has started.
    #[value(skip)]
    Outside(Transport, SocketAddr),
}

impl Peer {
    /// The name on the command line.
    fn name(self) -> String {
        match (self, self.to_possible_value()) {
            (Self::Outside(Transport::Ws, address), _) => format!("ws:{address}"),
            (Self::Outside(_, address), _) => format!("tcp:{address}"),
            (_, value) => value.map(|value| value.get_name().to_owned()).unwrap_or_default(),
        }
    }

    /// The program of a peer on Node.js.
    fn node_program(self) -> Option<&'static str> {
        match self {
            Self::Ws => Some("ws.js"),
            Self::Pinus => Some("pinus.js"),
            Self::Colyseus => Some("colyseus.js"),
            _ => None,
        }
    }

    /// True if a runtime can be chosen for it.
    fn has_runtime(self) -> bool {
        self.node_program().is_none() && !matches!(self, Self::Outside(..)) && !self.is_cluster()
    }

    /// True if others are compared with it.
    fn is_raw(self) -> bool {
        matches!(
            self,
            Self::Raw
                | Self::RawWs
                | Self::RawBroadcast
                | Self::RawGate
                | Self::RawUnary
                | Self::RawNode
        )
    }

    /// True if it is several nodes, each with a thread of its own, or one of several.
    fn is_cluster(self) -> bool {
        matches!(
            self,
            Self::NanoGate
                | Self::NanoGates
                | Self::NanoNode
                | Self::RawGate
                | Self::RawUnary
                | Self::RawNode
        )
    }

    fn serves(self, work: Work, transport: Transport) -> bool {
        let is_websocket = transport.is_websocket();
        let is_kcp = transport == Transport::Kcp;
        match self {
            _ if is_kcp && (self.is_raw() || self.node_program().is_some()) => false,
            Self::Nano => work != Work::Links,
            Self::NanoGate => transport == Transport::Tcp && work != Work::Links,
            Self::NanoGates => transport == Transport::Tcp && work == Work::Broadcast,
            Self::RawGate | Self::RawUnary => transport == Transport::Tcp && work == Work::Echo,
            Self::NanoNode | Self::RawNode => transport == Transport::Tcp && work == Work::Links,
            Self::Ws => {
                !matches!(work, Work::Broadcast | Work::Links) && transport == Transport::Ws
            }
            Self::Pinus => matches!(work, Work::Echo | Work::Connect) && !transport.is_encrypted(),
            Self::Colyseus => work == Work::Echo && transport == Transport::Ws,
            Self::Outside(its, _) => matches!(work, Work::Echo | Work::Connect) && transport == its,
            Self::NanoStages => !matches!(work, Work::Broadcast | Work::Links),
            Self::NanoJson | Self::NanoAsync | Self::NanoMut | Self::NanoProtobuf => {
                matches!(work, Work::Echo | Work::Connect)
            }
            Self::Raw => !matches!(work, Work::Broadcast | Work::Links) && !is_websocket,
            Self::RawWs => !matches!(work, Work::Broadcast | Work::Links) && is_websocket,
            Self::RawBroadcast => work == Work::Broadcast && !transport.is_encrypted(),
        }
    }
}

/// Describes all peers, for the help text.
pub(crate) fn help() -> String {
    let mut text = "The servers to compare; by default nano and the raw peer that fits.\n\n\
        A runtime may follow each name: `nano,nano:multi,raw`. `tcp:127.0.0.1:3250` and `ws:127.0.0.1:3250` \
        are servers that you have started: see --route. The peers are:"
        .to_owned();
    for value in Peer::value_variants().iter().filter_map(ValueEnum::to_possible_value) {
        let help = value.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = write!(text, "\n- {}: {help}", value.get_name());
    }
    text
}

/// A node that is linked to a server, for as long as this is kept.
pub(crate) enum OtherNode {
    Nano { _node: Box<::nano::Server> },
    Raw { _link: Box<raw_cluster::Bare> },
}

/// Links another node to a server, by its place among others.
pub(crate) async fn link(peer: PeerSpec, index: usize, server: SocketAddr) -> Result<OtherNode> {
    Ok(match peer.is_raw() {
        true => OtherNode::Raw { _link: Box::new(raw_cluster::link(server).await?) },
        false => OtherNode::Nano { _node: Box::new(nano_cluster::link(index, server).await?) },
    })
}

/// The tokio runtime of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Runtime {
    /// `current_thread`.
    Current,
    /// `multi_thread`, with a worker for each core that the server may use.
    Multi,
    /// As `multi`, with every second task from the global queue: a thousand busy connections have even turns.
    Fair,
    /// `current_thread`, with a thread of nano's own for each core that the server may use.
    Threads,
}

/// A peer as the command line names it: `nano`, or `nano:multi` with a runtime of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerSpec {
    pub(crate) peer: Peer,
    pub(crate) runtime: Option<Runtime>,
}

impl PeerSpec {
    /// True if others are compared with it.
    pub(crate) fn is_raw(self) -> bool {
        self.peer.is_raw()
    }

    /// True if it runs where no peers are named.
    pub(crate) fn is_default(self) -> bool {
        match self.peer {
            Peer::Nano | Peer::NanoNode | Peer::RawNode => true,
            peer => peer.is_raw() && !peer.is_cluster(),
        }
    }

    /// Checks that the peer can do what a scenario asks for.
    pub(crate) fn check(self, work: Work, transport: Transport) -> Result<()> {
        let able = |peer: &&Peer| peer.serves(work, transport);
        let others: Vec<_> = Peer::value_variants().iter().filter(able).map(|p| p.name()).collect();
        ensure!(
            self.runtime.is_none() || self.peer.has_runtime(),
            "the peer `{}` has no runtime to choose",
            self.peer.name(),
        );
        ensure!(
            self.runtime != Some(Runtime::Threads) || !self.is_raw(),
            "the peer `{}` has no threads of its own: use current or multi",
            self.peer.name(),
        );
        ensure!(
            self.peer.serves(work, transport),
            "the peer `{}` has no {work} over {transport}; these have: {}",
            self.peer.name(),
            others.join(", "),
        );
        Ok(())
    }

    /// True if a runtime can be chosen for it.
    pub(crate) fn has_runtime(self) -> bool {
        self.peer.has_runtime()
    }

    /// Why the peer cannot run on this machine.
    pub(crate) fn missing(self) -> Option<String> {
        self.peer.node_program().and_then(|_| node::version().err())
    }

    /// Returns `true` if the peer is on Node.js.
    pub(crate) fn is_on_node(self) -> bool {
        self.peer.node_program().is_some()
    }

    /// The address of a server that somebody else has started.
    pub(crate) fn outside(self) -> Option<SocketAddr> {
        match self.peer {
            Peer::Outside(_, address) => Some(address),
            _ => None,
        }
    }

    /// Messages that this peer answers with so many bytes, at some pace; a server of somebody else with any number.
    ///
    /// The raw peers do not look for the end of the route: their replies have it as part of the body.
    pub(crate) fn traffic(
        self,
        exchange: Exchange,
        pace: Pace,
        len: usize,
        route: &str,
    ) -> Traffic {
        let body = match self.peer {
            Peer::NanoProtobuf => ProtobufPayload::of_len(len),
            _ => Payload::of_len(len),
        };
        let (route, overhead) = match (exchange, self.peer) {
            (Exchange::Request, Peer::Outside(..)) => (route, None),
            (Exchange::Request, Peer::Pinus) => (PINUS_ECHO, Some(0)),
            (
                Exchange::Request,
                Peer::Raw | Peer::RawWs | Peer::RawGate | Peer::RawUnary | Peer::Ws,
            ) => (ECHO, Some(1 + ECHO.len())),
            (Exchange::Request, _) => (ECHO, Some(0)),
            (Exchange::Push, _) => (POKE, Some(0)),
        };
        let traffic = Traffic::new(Template::new(route, &body), exchange, pace);
        match overhead {
            Some(overhead) => traffic.answer_len(len + overhead),
            None => traffic,
        }
    }
}

impl FromStr for PeerSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((scheme @ ("tcp" | "ws"), address)) = text.split_once(':') {
            let address = address.parse();
            let address = address.map_err(|_| {
                format!("`{text}` has no address and port: write {scheme}:127.0.0.1:3250")
            })?;
            let transport = if scheme == "ws" { Transport::Ws } else { Transport::Tcp };
            return Ok(Self { peer: Peer::Outside(transport, address), runtime: None });
        }
        let (peer, runtime) = match text.split_once(':') {
            Some((peer, runtime)) => (peer, Some(runtime)),
            None => (text, None),
        };
        let names = |all: Vec<String>| all.join(", ");
        let peer = Peer::from_str(peer, false).map_err(|_| {
            let all = Peer::value_variants().iter().map(|peer| peer.name()).collect();
            format!("no peer is named `{peer}`; there are: {}", names(all))
        })?;
        let runtime = runtime.map(|runtime| {
            Runtime::from_str(runtime, false).map_err(|_| {
                format!("no runtime is named `{runtime}`: use current, multi, fair or threads")
            })
        });
        Ok(Self { peer, runtime: runtime.transpose()? })
    }
}

impl fmt::Display for PeerSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.peer.name())?;
        match self.runtime {
            Some(Runtime::Current) => f.write_str(":current"),
            Some(Runtime::Multi) => f.write_str(":multi"),
            Some(Runtime::Fair) => f.write_str(":fair"),
            Some(Runtime::Threads) => f.write_str(":threads"),
            None => Ok(()),
        }
    }
}

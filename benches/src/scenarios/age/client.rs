//! The clients of the positions, and the ages of what they know.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;
use wtransport::tls::{Sha256Digest, Sha256DigestFmt};
use wtransport::{ClientConfig, Connection, Endpoint, RecvStream, SendStream};

use super::server::now;
use super::{Ages, Options, PORT, Way, line};

/// The time for a client to connect, in a network that loses packets.
const PATIENCE: Duration = Duration::from_secs(20);

/// The time after connecting that is not measured.
const WARM_UP: Duration = Duration::from_secs(2);

/// The microseconds between two samples of an age.
const SAMPLE: u64 = 1000;

/// The bits in the flag of a message: its route is a code, and it has a number.
const IS_CODE: u8 = 0x01;
const IS_NUMBERED: u8 = 0x40;

/// The ages of one client.
struct Known {
    taken: Ages,
    /// The newest position.
    newest: u64,
    /// The time up to which ages have been sampled.
    sampled: u64,
}

impl Known {
    /// Samples the age of the newest position up to `now`.
    fn sample(&mut self, now: u64) {
        while self.sampled + SAMPLE <= now {
            self.sampled += SAMPLE;
            self.taken.ages.saturating_record(self.sampled.saturating_sub(self.newest));
        }
    }

    fn take(&mut self, position: u64, now: u64) {
        self.sample(now);
        self.taken.came += 1;
        self.newest = self.newest.max(position);
    }
}

/// Takes positions with all clients, and returns the ages.
pub(super) async fn run(options: Options, way: Way, hash: &str) -> Result<Ages> {
    let mut clients = JoinSet::new();
    for _ in 0..options.clients {
        let hash = hash.to_owned();
        clients.spawn(async move {
            let mut positions =
                timeout(PATIENCE, Positions::open(way, &hash)).await.context("no connection")??;
            measure(options.seconds, &mut positions).await
        });
    }
    let mut all = Ages::new()?;
    while let Some(taken) = clients.join_next().await {
        let taken = taken??;
        all.ages.add(taken.ages)?;
        all.came += taken.came;
    }
    Ok(all)
}

async fn measure(seconds: Duration, positions: &mut Positions) -> Result<Ages> {
    let begin = Instant::now() + WARM_UP;
    let mut newest = 0;
    while let Ok(position) = timeout_at(begin, positions.next()).await {
        newest = newest.max(position?);
    }
    ensure!(newest > 0, "no position came in {WARM_UP:?}");
    let mut known = Known { taken: Ages::new()?, newest, sampled: now() };
    while let Ok(position) = timeout_at(begin + seconds, positions.next()).await {
        known.take(position?, now());
    }
    known.sample(now());
    Ok(known.taken)
}

/// The positions that one client is sent.
enum Positions {
    WebSocket(Box<tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>>),
    Stream(Session),
    Datagrams(Session),
}

/// A session of WebTransport, with its stream.
struct Session {
    connection: Connection,
    receive: RecvStream,
    _send: SendStream,
    inbound: Vec<u8>,
}

impl Positions {
    async fn open(way: Way, hash: &str) -> Result<Self> {
        let datagrams = if way == Way::Datagrams { r#""datagrams""# } else { "" };
        let hello = format!(r#"{{"sys":{{"features":[{datagrams}]}}}}"#);
        let opening = [packet(1, hello.as_bytes()), packet(2, b"")];
        if way == Way::WebSocket {
            let tcp = tokio::net::TcpStream::connect((line::SERVER, PORT)).await?;
            tcp.set_nodelay(true)?;
            let url = format!("ws://{}:{PORT}/", line::SERVER);
            let (mut socket, _) = tokio_tungstenite::client_async(url, tcp).await?;
            for packet in opening {
                socket.send(Message::Binary(packet.into())).await?;
            }
            return Ok(Self::WebSocket(Box::new(socket)));
        }
        let connection = connect(hash).await?;
        let (mut send, receive) = connection.open_bi().await?.await?;
        send.write_all(&opening.concat()).await?;
        let session = Session { connection, receive, _send: send, inbound: Vec::new() };
        Ok(if way == Way::Stream { Self::Stream(session) } else { Self::Datagrams(session) })
    }

    /// Waits for the next position. It may be called again when it was given up.
    async fn next(&mut self) -> Result<u64> {
        loop {
            let position = match self {
                Self::WebSocket(socket) => match socket.next().await.context("the end")?? {
                    Message::Binary(packet) => position(&packet)?,
                    _ => None,
                },
                Self::Stream(session) => session.on_stream().await?,
                Self::Datagrams(Session { connection, receive, inbound, .. }) => {
                    // The stream has heartbeats, and has to be read for its end.
                    let mut ignored = [0; 1024];
                    tokio::select! {
                        datagram = connection.receive_datagram() => position(&datagram?.payload())?,
                        read = receive.read(&mut ignored) => {
                            ensure!(read?.is_some(), "the stream has ended");
                            inbound.clear();
                            None
                        }
                    }
                }
            };
            if let Some(position) = position {
                return Ok(position);
            }
        }
    }
}

impl Session {
    /// Reads the next packet of the stream.
    async fn on_stream(&mut self) -> Result<Option<u64>> {
        loop {
            if let Some(header) = self.inbound.first_chunk::<4>() {
                let [_, length @ ..] = *header;
                let [a, b, c] = length;
                let len = 4 + u32::from_be_bytes([0, a, b, c]) as usize;
                if self.inbound.len() >= len {
                    let packet: Vec<u8> = self.inbound.drain(..len).collect();
                    return position(&packet);
                }
            }
            let mut chunk = [0; 4096];
            let read = self.receive.read(&mut chunk).await?.context("the stream has ended")?;
            self.inbound.extend_from_slice(&chunk[..read]);
        }
    }
}

async fn connect(hash: &str) -> Result<Connection> {
    let pairs: Vec<String> =
        hash.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect();
    let hash = Sha256Digest::from_str_fmt(pairs.join(":"), Sha256DigestFmt::DottedHex);
    let hash = hash.map_err(|_| anyhow::anyhow!("the server has no hash"))?;
    let config =
        ClientConfig::builder().with_bind_default().with_server_certificate_hashes([hash]).build();
    let endpoint = Endpoint::client(config)?;
    Ok(endpoint.connect(format!("https://{}:{PORT}/", line::SERVER)).await?)
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (body.len() as u32).to_be_bytes();
    [&[kind], &length[..], body].concat()
}

/// Returns the position in a packet, if it has one: the only push there is, whose route is a code.
fn position(packet: &[u8]) -> Result<Option<u64>> {
    let Some((4, message)) = packet.split_first().map(|(kind, rest)| (*kind, rest)) else {
        ensure!(packet.first() != Some(&5), "kicked: {}", String::from_utf8_lossy(packet));
        return Ok(None);
    };
    let Some((flag, rest)) = message.get(3..).and_then(<[u8]>::split_first) else {
        bail!("a packet without a message");
    };
    ensure!(flag & IS_CODE != 0, "a push without a code");
    let skipped = if flag & IS_NUMBERED == 0 { 2 } else { 10 };
    let body = rest.get(skipped..).context("a message is cut off")?;
    Ok(Some(std::str::from_utf8(body)?.parse()?))
}

//! The limits of a cluster: a gate and a backend that only pass messages on, over one stream of gRPC or a call for each.
//!
//! The gate reads the headers of packets, as the other raw peers do. Backend and gate have a thread each.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use bytes::{Bytes, BytesMut};
use futures_util::future::{Ready, ready};
use futures_util::stream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::{Body, BoxFuture, Context as Polling, Poll, Service, StdError, http};
use tonic::server::{NamedService, StreamingService, UnaryService};
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::{ECHO, raw, raw_broadcast};

const STREAM: &str = "/bench.Backend/Stream";
const CALL: &str = "/bench.Backend/Call";
/// The windows of HTTP/2, as those of nano.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 64 * 1024 * 1024;
/// The header of a packet with a message.
const HEADER: usize = 4;
const DATA: u8 = 4;

/// A message of a client.
#[derive(Clone, PartialEq, prost::Message)]
struct Forwarded {
    #[prost(uint64, tag = "1")]
    session: u64,
    #[prost(uint64, tag = "2")]
    id: u64,
    #[prost(string, tag = "3")]
    route: String,
    /// The message as it came, behind the header of its packet.
    #[prost(bytes = "bytes", tag = "4")]
    body: Bytes,
}

type Codec = ProstCodec<Forwarded, Forwarded>;

/// Serves as a gate with a backend behind it: with a stream that all clients share, or a call for each message.
pub(super) async fn serve(listener: TcpListener, is_streaming: bool) -> Result<()> {
    let backend = TcpListener::bind("127.0.0.1:0").await?;
    let address = backend.local_addr()?;
    let backend = backend.into_std()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async { serve_backend(TcpListener::from_std(backend)?).await })
    });
    let channel = connect(address).await?;
    let way = match is_streaming {
        true => Way::Stream(Link::open(channel).await?),
        false => Way::Call(channel),
    };
    for session in 0.. {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let way = way.clone();
        tokio::spawn(async move {
            // The generator sees the connection's end and tells of it.
            let _ = serve_client(stream, way, session).await;
        });
    }
    Ok(())
}

/// Serves as a node that others link to: all streams are echoed.
pub(super) async fn serve_backend(listener: TcpListener) -> Result<()> {
    let incoming = stream::unfold(listener, |listener| async {
        let accepted = listener.accept().await.map(|(stream, _)| {
            // It fails when the connection has ended already.
            let _ = stream.set_nodelay(true);
            stream
        });
        Some((accepted, listener))
    });
    let mut server = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    server.add_service(Backend).serve_with_incoming(incoming).await?;
    Ok(())
}

/// A link to such a node, which lasts until it is dropped.
pub(crate) struct Bare {
    _frames: mpsc::UnboundedSender<Forwarded>,
    _answers: Streaming<Forwarded>,
}

/// Opens a link, and sends one message over it.
pub(crate) async fn link(address: SocketAddr) -> Result<Bare> {
    let (frames, mut answers) = open(connect(address).await?).await?;
    frames.send(Forwarded { session: 1, ..Forwarded::default() })?;
    answers.message().await?.context("the stream has ended")?;
    Ok(Bare { _frames: frames, _answers: answers })
}

async fn connect(address: SocketAddr) -> Result<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))?
        .tcp_nodelay(true)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW);
    Ok(endpoint.connect().await?)
}

async fn open(
    channel: Channel,
) -> Result<(mpsc::UnboundedSender<Forwarded>, Streaming<Forwarded>)> {
    let (frames, mut waiting) = mpsc::unbounded_channel();
    let outbound = stream::poll_fn(move |cx| waiting.poll_recv(cx));
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let path = PathAndQuery::from_static(STREAM);
    let answer = client.streaming(Request::new(outbound), path, Codec::default()).await?;
    Ok((frames, answer.into_inner()))
}

/// The way to the backend.
#[derive(Clone)]
enum Way {
    Stream(Link),
    Call(Channel),
}

/// A stream that all clients share.
#[derive(Clone)]
struct Link {
    frames: mpsc::UnboundedSender<Forwarded>,
    clients: Arc<Mutex<HashMap<u64, mpsc::UnboundedSender<Bytes>>>>,
}

impl Link {
    async fn open(channel: Channel) -> Result<Self> {
        let (frames, mut answers) = open(channel).await?;
        let link = Self { frames, clients: Arc::default() };
        let clients = link.clients.clone();
        tokio::spawn(async move {
            while let Ok(Some(answer)) = answers.message().await {
                let clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(client) = clients.get(&answer.session) {
                    // It may be gone.
                    let _ = client.send(answer.body);
                }
            }
        });
        Ok(link)
    }
}

/// Answers the messages of one client, as many at once as it sends at once.
async fn serve_client(mut stream: TcpStream, mut way: Way, session: u64) -> Result<()> {
    raw::handshake(&mut stream).await?;
    let (answer, mut answers) = mpsc::unbounded_channel();
    if let Way::Stream(link) = &way {
        link.clients.lock().unwrap_or_else(PoisonError::into_inner).insert(session, answer);
    }
    let (mut buffer, mut out, mut id) = (BytesMut::with_capacity(512), Vec::new(), 0);
    while stream.read_buf(&mut buffer).await? > 0 {
        let mut asked = 0;
        while let Some(packet) = raw_broadcast::split_packet(&mut buffer) {
            id += 1;
            let body = packet.freeze().slice(HEADER..);
            let message = Forwarded { session, id, route: ECHO.to_owned(), body };
            match &mut way {
                Way::Stream(link) => {
                    link.frames.send(message)?;
                    asked += 1;
                }
                Way::Call(channel) => write(&mut out, &call(channel, message).await?),
            }
        }
        for _ in 0..asked {
            write(&mut out, &answers.recv().await.context("the stream has ended")?);
        }
        stream.write_all(&out).await?;
        out.clear();
    }
    Ok(())
}

async fn call(channel: &mut Channel, message: Forwarded) -> Result<Bytes> {
    let mut client = Grpc::new(channel);
    client.ready().await?;
    let path = PathAndQuery::from_static(CALL);
    let answer = client.unary(Request::new(message), path, Codec::default()).await?;
    Ok(answer.into_inner().body)
}

/// Adds a message as a packet, which answers the one that it was.
fn write(out: &mut Vec<u8>, message: &[u8]) {
    let [_, length @ ..] = u32::try_from(message.len()).unwrap_or_default().to_be_bytes();
    out.push(DATA);
    out.extend_from_slice(&length);
    if let Some((flag, rest)) = message.split_first() {
        out.push(raw::answer_to(*flag));
        out.extend_from_slice(rest);
    }
}

/// A service that returns what it is sent.
#[derive(Clone, Copy)]
struct Backend;

impl NamedService for Backend {
    const NAME: &'static str = "bench.Backend";
}

impl<B> Service<http::Request<B>> for Backend
where
    B: Body + Send + 'static,
    B::Error: Into<StdError> + Send + 'static,
{
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Polling<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(Codec::default());
            Ok(match request.uri().path() {
                STREAM => grpc.streaming(Back, request).await,
                _ => grpc.unary(Back, request).await,
            })
        })
    }
}

struct Back;

impl UnaryService<Forwarded> for Back {
    type Response = Forwarded;
    type Future = Ready<Result<Response<Forwarded>, Status>>;

    fn call(&mut self, request: Request<Forwarded>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}

impl StreamingService<Forwarded> for Back {
    type Response = Forwarded;
    type ResponseStream = Streaming<Forwarded>;
    type Future = Ready<Result<Response<Streaming<Forwarded>>, Status>>;

    fn call(&mut self, request: Request<Streaming<Forwarded>>) -> Self::Future {
        ready(Ok(Response::new(request.into_inner())))
    }
}

//! A node of Go nano by script: it records the calls that come, answers them as a test says, and makes calls.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use prost::Message;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tonic::body::Body;
use tonic::client;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http;
use tonic::codegen::{BoxFuture, Service};
use tonic::server::{self, NamedService, UnaryService};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

use super::messages::{MemberInfo, OfMember, Registered};

/// Messages as their bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, bytes: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, bytes: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(bytes.copy_to_bytes(bytes.remaining())))
    }
}

/// One call that came: the method, such as `Member/NewMember`, and the message.
pub(super) type Call = (String, Bytes);

/// What a call is answered with; `None` for never.
type Answers = dyn Fn(&str, &Bytes) -> Option<Result<Bytes, Status>> + Send + Sync;

#[derive(Clone)]
struct Handler {
    record: mpsc::UnboundedSender<Call>,
    answers: Arc<Mutex<Arc<Answers>>>,
}

impl Handler {
    async fn answer(self, method: String, message: Bytes) -> Result<Response<Bytes>, Status> {
        let answers = self.answers.lock().expect("no panic").clone();
        // Signs of life say nothing that a test asks for.
        if !(method == "Member/SessionClosed" && message.is_empty()) {
            let _ = self.record.send((method.clone(), message.clone()));
        }
        match answers(&method, &message) {
            Some(answer) => answer.map(Response::new),
            None => std::future::pending().await,
        }
    }
}

macro_rules! services {
    ($($name:ident: $path:literal,)+) => {$(
        #[derive(Clone)]
        struct $name(Handler);

        impl NamedService for $name {
            const NAME: &'static str = $path;
        }

        impl Service<http::Request<Body>> for $name {
            type Response = http::Response<Body>;
            type Error = Infallible;
            type Future = BoxFuture<Self::Response, Infallible>;

            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: http::Request<Body>) -> Self::Future {
                let path = request.uri().path().trim_start_matches("/clusterpb.").to_owned();
                let call = One(self.0.clone(), path);
                Box::pin(async move { Ok(server::Grpc::new(Raw).unary(call, request).await) })
            }
        }
    )+};
}

services! {
    Master: "clusterpb.Master",
    Member: "clusterpb.Member",
}

struct One(Handler, String);

impl UnaryService<Bytes> for One {
    type Response = Bytes;
    type Future = BoxFuture<Response<Bytes>, Status>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        Box::pin(self.0.clone().answer(self.1.clone(), request.into_inner()))
    }
}

/// A node of Go nano. Its port is closed when it is dropped.
pub(super) struct Script {
    pub(super) address: String,
    calls: mpsc::UnboundedReceiver<Call>,
    answers: Arc<Mutex<Arc<Answers>>>,
    /// Of its own, so that its end breaks all connections.
    runtime: Option<Runtime>,
}

impl Script {
    /// A node on a host, which answers all calls with nothing.
    pub(super) async fn start(host: &str) -> Self {
        Self::at(&format!("{host}:0")).await
    }

    /// A node at an address: another start of the one that was there before.
    pub(super) async fn at(address: &str) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let address = address.to_owned();
        let listener = timeout(Duration::from_secs(20), runtime.spawn(bind(address)));
        let listener = listener.await.expect("the port is free").expect("no panic");
        let address = listener.local_addr().expect("an address").to_string();
        let (record, calls) = mpsc::unbounded_channel();
        let nothing: Arc<Answers> = Arc::new(|_, _| Some(Ok(Bytes::new())));
        let answers = Arc::new(Mutex::new(nothing));
        let handler = Handler { record, answers: answers.clone() };
        let server = Server::builder()
            .add_service(Master(handler.clone()))
            .add_service(Member(handler))
            .serve_with_incoming(TcpIncoming::from(listener));
        runtime.spawn(async move { drop(server.await) });
        Self { address, calls, answers, runtime: Some(runtime) }
    }

    /// A node that is a master, and tells those that register of these others.
    pub(super) async fn master(host: &str, others: &[MemberInfo]) -> Self {
        let script = Self::start(host).await;
        let own = MemberInfo::new("master", &script.address, &["Topic"]);
        let members = [&[own], others].concat();
        let registered = Bytes::from(Registered { members }.encode_to_vec());
        script.answer(move |method, _| match method {
            "Master/Register" => Some(Ok(registered.clone())),
            _ => Some(Ok(Bytes::new())),
        });
        script
    }

    pub(super) fn answer(
        &self,
        answers: impl Fn(&str, &Bytes) -> Option<Result<Bytes, Status>> + Send + Sync + 'static,
    ) {
        *self.answers.lock().expect("no panic") = Arc::new(answers);
    }

    /// Returns the next call that came.
    pub(super) async fn next(&mut self) -> Call {
        let next = timeout(Duration::from_secs(20), self.calls.recv());
        next.await.expect("a call").expect("it is recorded")
    }

    /// Returns the next call, if one has come.
    pub(super) fn came(&mut self) -> Option<Call> {
        self.calls.try_recv().ok()
    }

    /// Returns the message of the next call of a method. Heartbeats may come before it, and nothing else.
    pub(super) async fn expect<T: Message + Default>(&mut self, method: &str) -> T {
        loop {
            let (found, message) = self.next().await;
            if found == method {
                return T::decode(message).expect("a message");
            }
            assert_eq!(found, "Master/Heartbeat", "{method} is expected");
        }
    }

    pub(super) fn info(&self, label: &str, services: &[&str]) -> OfMember {
        OfMember { info: Some(MemberInfo::new(label, &self.address, services)) }
    }

    /// Closes the port and all connections, as the end of a process does.
    pub(super) fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    /// Calls a node from this one's host.
    pub(super) fn to(&self, address: SocketAddr) -> Caller {
        let host: SocketAddr = self.address.parse().expect("an address");
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address");
        let channel = endpoint.local_address(Some(host.ip())).connect_lazy();
        Caller { channel, token: None }
    }
}

/// Opens a port as soon as it is free: a node that was killed may still have it.
async fn bind(address: String) -> TcpListener {
    loop {
        match TcpListener::bind(&address).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => tokio::task::yield_now().await,
            bound => return bound.expect("a port"),
        }
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Calls of one node to another.
#[derive(Clone)]
pub(super) struct Caller {
    channel: Channel,
    pub(super) token: Option<String>,
}

impl Caller {
    pub(super) async fn call(&self, method: &str, message: &impl Message) -> Result<Bytes, Status> {
        self.call_raw(method, message.encode_to_vec().into()).await
    }

    pub(super) async fn call_raw(&self, method: &str, message: Bytes) -> Result<Bytes, Status> {
        let mut grpc = client::Grpc::new(self.channel.clone());
        grpc.ready().await.expect("it can be called");
        let path = format!("/clusterpb.{method}").parse().expect("a path");
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            let token = format!("Bearer {token}").parse().expect("a header");
            request.metadata_mut().insert("authorization", token);
        }
        Ok(grpc.unary(request, path, Raw).await?.into_inner())
    }
}

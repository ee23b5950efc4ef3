//! A client of WebTransport, as a browser is one.

use std::net::SocketAddr;

use nano::Tls;
use nano::testing::TestApp;
use serde_json::{Value, json};
use wtransport::endpoint::endpoint_side::Client;
use wtransport::endpoint::{ConnectOptions, Endpoint};
use wtransport::error::ConnectingError;
use wtransport::stream::BiStream;
use wtransport::tls::{Sha256Digest, Sha256DigestFmt};
use wtransport::{ClientConfig, Connection, RecvStream, SendStream};

use crate::promises::support::in_time;

/// A client that takes the certificate with one hash.
pub(super) struct Browser {
    pub(super) endpoint: Endpoint<Client>,
}

/// A session with its stream.
pub(super) struct Stream {
    pub(super) connection: Connection,
    streams: Option<(SendStream, RecvStream)>,
}

impl Browser {
    pub(super) fn new(tls: &Tls) -> Self {
        let hash = tls.certificate_hash().expect("a certificate");
        let pairs: Vec<&str> = (0..32).map(|byte| &hash[2 * byte..2 * byte + 2]).collect();
        let hash = Sha256Digest::from_str_fmt(pairs.join(":"), Sha256DigestFmt::DottedHex);
        let config = ClientConfig::builder()
            .with_bind_address("127.0.0.1:0".parse().expect("an address"))
            .with_server_certificate_hashes([hash.expect("a hash")])
            .build();
        Self { endpoint: Endpoint::client(config).expect("a socket") }
    }

    /// A client with settings of its own for TLS.
    pub(super) fn with_tls(mut tls: rustls::ClientConfig) -> Self {
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let config = ClientConfig::builder()
            .with_bind_address("127.0.0.1:0".parse().expect("an address"))
            .with_custom_tls(tls)
            .build();
        Self { endpoint: Endpoint::client(config).expect("a socket") }
    }

    pub(super) fn url(&self, app: &TestApp, path: &str) -> String {
        let [address] = app.server().addresses() else { panic!("one address") };
        url(*address, path)
    }

    pub(super) async fn connect(
        &self,
        app: &TestApp,
        path: &str,
        origin: Option<&str>,
    ) -> Result<Connection, ConnectingError> {
        self.connect_to(self.url(app, path), origin).await
    }

    async fn connect_to(
        &self,
        url: String,
        origin: Option<&str>,
    ) -> Result<Connection, ConnectingError> {
        let options = ConnectOptions::builder(url);
        let options = match origin {
            Some(origin) => options.add_header("origin", origin),
            None => options,
        };
        self.endpoint.connect(options.build()).await
    }

    /// Opens a session, and the stream of its packets.
    pub(super) async fn open(&self, app: &TestApp, path: &str) -> Stream {
        self.open_at(self.url(app, path)).await
    }

    /// Opens them at another address than the server's own.
    pub(super) async fn open_over(&self, address: SocketAddr, path: &str) -> Stream {
        self.open_at(url(address, path)).await
    }

    async fn open_at(&self, url: String) -> Stream {
        let opened = async {
            let connection = self.connect_to(url, None).await.expect("a session");
            let streams = connection.open_bi().await.expect("a stream").await.expect("a stream");
            Stream { connection, streams: Some(streams) }
        };
        in_time("a session", opened).await
    }
}

impl Stream {
    pub(super) fn take(&mut self) -> (SendStream, RecvStream) {
        self.streams.take().expect("it is taken once")
    }

    /// Takes both directions as one.
    pub(super) fn io(&mut self) -> BiStream {
        BiStream::join(self.take())
    }
}

fn url(address: SocketAddr, path: &str) -> String {
    format!("https://127.0.0.1:{}{path}", address.port())
}

/// The handshake of a client that lists these features.
pub(super) fn native(features: &[&str]) -> Value {
    json!({ "sys": { "features": features } })
}

pub(super) fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(body.len()).expect("a packet").to_be_bytes();
    [&[kind], &length[..], body].concat()
}

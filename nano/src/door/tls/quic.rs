//! The settings of QUIC below WebTransport, and the certificates that browsers take for development.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use wtransport::Identity;
use wtransport::quinn::crypto::rustls::QuicServerConfig;
use wtransport::quinn::{self, IdleTimeout, TransportConfig, VarInt};
use wtransport::tls::Certificate;

/// The protocol of HTTP/3, which WebTransport is a part of.
const ALPN: &[u8] = b"h3";

/// The days for which a self-signed certificate is valid. Browsers take none that is valid for longer by its hash.
const VALID_DAYS: u32 = 14;

/// The milliseconds of silence after which a connection is lost. Those of browsers are as many.
const IDLE: u32 = 30_000;

/// The time after which a silent connection is asked for a sign of life. NAT devices forget UDP ports after 30 s and more.
const KEEP_ALIVE: Duration = Duration::from_secs(12);

/// The streams that a client may have open in each direction: a request and the one of packets, and three of HTTP/3 that
/// go one way, with some more for protocols that try out what a server ignores.
const STREAMS: [u8; 2] = [4, 8];

/// The bytes that a client may send before they are read, on one stream and on all.
const UNREAD: [u32; 2] = [128 * 1024, 256 * 1024];

/// The bytes that may be on their way to a client, or wait to be. The session's own queue has a limit of its own.
const UNACKNOWLEDGED: u64 = 256 * 1024;

/// The bytes of datagrams that wait to be sent. What is older than that is out of date.
const DATAGRAMS: usize = 32 * 1024;

/// The bytes of datagrams that a client may send, which nobody reads.
const UNREAD_DATAGRAMS: usize = 4 * 1024;

/// The connections that may wait to be accepted, and the bytes that come early on all of them.
const INCOMING: usize = 4096;
const EARLY: [u64; 2] = [16 * 1024, 4 * 1024 * 1024];

/// Returns the settings of an endpoint with this certificate.
///
/// # Errors
///
/// Fails when the cryptography has no cipher that every QUIC connection begins with.
pub(super) fn config(mut tls: ServerConfig) -> Result<Arc<quinn::ServerConfig>, rustls::Error> {
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let crypto = QuicServerConfig::try_from(tls)
        .map_err(|error| rustls::Error::General(error.to_string()))?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    config
        .transport_config(Arc::new(transport()))
        .max_incoming(INCOMING)
        .incoming_buffer_size(EARLY[0])
        .incoming_buffer_size_total(EARLY[1]);
    Ok(Arc::new(config))
}

fn transport() -> TransportConfig {
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(Some(IdleTimeout::from(VarInt::from_u32(IDLE))))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_concurrent_bidi_streams(VarInt::from(STREAMS[0]))
        .max_concurrent_uni_streams(VarInt::from(STREAMS[1]))
        .stream_receive_window(VarInt::from_u32(UNREAD[0]))
        .receive_window(VarInt::from_u32(UNREAD[1]))
        .send_window(UNACKNOWLEDGED)
        .datagram_send_buffer_size(DATAGRAMS)
        .datagram_receive_buffer_size(Some(UNREAD_DATAGRAMS));
    transport
}

/// A certificate, and its key.
type Pair = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Makes a certificate for these hosts, with a key on the curve P-256, signed by that key.
///
/// # Errors
///
/// A text, when one of the names is no host name.
pub(super) fn self_signed(names: &[String]) -> Result<Pair, String> {
    if names.is_empty() {
        return Err(
            "a self-signed certificate is for no host: name one, such as `localhost`".into()
        );
    }
    let identity = Identity::self_signed_builder()
        .subject_alt_names(names)
        .from_now_utc()
        .validity_days(VALID_DAYS)
        .build()
        .map_err(|error| format!("a self-signed certificate cannot be for {names:?}: {error}"))?;
    let chain = identity.certificate_chain().as_slice().iter();
    let chain = chain.map(|certificate| CertificateDer::from(certificate.der().to_vec())).collect();
    let key = PrivatePkcs8KeyDer::from(identity.private_key().secret_der().to_vec());
    Ok((chain, key.into()))
}

/// Returns the SHA-256 hash of a certificate, as hexadecimal digits.
pub(super) fn hash(certificate: &[u8]) -> String {
    // rustls has read it before.
    let hash = Certificate::from_der(certificate.to_vec()).map(|certificate| certificate.hash());
    let bytes = hash.map_or([0; 32], |hash| *hash.as_ref());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

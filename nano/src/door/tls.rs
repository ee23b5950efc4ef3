//! TLS on the connections of a listener.

mod credentials;
mod peer_certificate;
mod plain;
#[cfg(feature = "webtransport")]
mod quic;
mod source;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::AsyncReadExt;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Stream;
use crate::log::{Log, limited};
use crate::{Error, ErrorKind, Result};
use credentials::Credentials;
pub use peer_certificate::PeerCertificate;
use source::Source;

/// The first byte of every TLS connection.
const HANDSHAKE: u8 = 0x16;

/// The number of first bytes by which another protocol is recognised.
const FIRST: usize = 6;

/// A certificate and its key, for the listeners that speak TLS. Clones share them.
///
/// See [`tls`](crate::tls) for the files, the limits, and the renewal of certificates.
///
/// # Examples
///
/// ```
/// use nano::{App, Tcp, Tls, WebSocket};
///
/// let tls = Tls::pem("cert.pem", "key.pem");
/// let app = App::new()
///     .listen(tls.over(Tcp::bind("0.0.0.0:3250")))
///     .listen(tls.over(WebSocket::bind("0.0.0.0:3251").path("/nano")));
/// ```
#[derive(Clone)]
pub struct Tls(Arc<Shared>);

struct Shared {
    source: Source,
    /// The authorities of clients; `None` lets clients in that have no certificate.
    client_ca: Option<PathBuf>,
    /// `None` until an app has started, or the files were read for another reason.
    credentials: RwLock<Option<Arc<Credentials>>>,
}

impl Tls {
    /// Takes the certificate and its key from two PEM files, which are read when the app starts.
    ///
    /// The first file has the certificate, and behind it those between it and a root. Files that cannot work are
    /// reported when the app starts.
    pub fn pem(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self::of(Source::Files { certificate: certificate.into(), key: key.into() }, None)
    }

    fn of(source: Source, client_ca: Option<PathBuf>) -> Self {
        Self(Arc::new(Shared { source, client_ca, credentials: RwLock::default() }))
    }

    /// Makes a certificate for development, signed by its own key: for WebTransport in a browser, which is told of it by its
    /// [hash](Self::certificate_hash). It is for these host names and addresses, valid for 14 days, and has a key on the curve
    /// P-256, as browsers demand.
    ///
    /// The key is in memory only, so each start of the program makes another certificate, and so does
    /// [`reload`](Self::reload). A player's browser is to get a real certificate: [`Tls::pem`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when one of the names is no host name.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Tls, WebTransport};
    ///
    /// # fn main() -> nano::Result<()> {
    /// let tls = Tls::self_signed(["localhost", "127.0.0.1", "::1"])?;
    /// println!("serverCertificateHashes: ['{}']", tls.certificate_hash().expect("it is made"));
    /// let app = App::new().listen(WebTransport::bind("127.0.0.1:3251").tls(&tls));
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "webtransport")]
    pub fn self_signed(names: impl IntoIterator<Item = impl Into<String>>) -> Result<Self> {
        let names = names.into_iter().map(Into::into).collect();
        let tls = Self::of(Source::SelfSigned { names }, None);
        tls.read_anew()?;
        Ok(tls)
    }

    /// Returns the SHA-256 hash of the certificate, as 64 hexadecimal digits: what a page passes to the JavaScript client as
    /// `serverCertificateHashes`. It is `None` until the files are read, when the app starts.
    #[cfg(feature = "webtransport")]
    pub fn certificate_hash(&self) -> Option<String> {
        self.credentials().map(|credentials| credentials.hash())
    }

    /// Lets in only clients with a certificate that one of the authorities in this PEM file has signed, and that is in
    /// time. The file is read with the other two. Clones that were made before go on to let in everybody.
    ///
    /// The client's certificate is a value of its session: [`PeerCertificate`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Tcp, Tls};
    ///
    /// let tls = Tls::pem("cert.pem", "key.pem").client_ca("clients.pem");
    /// let app = App::new().listen(tls.over(Tcp::bind("0.0.0.0:3250")));
    /// ```
    pub fn client_ca(self, authorities: impl Into<PathBuf>) -> Self {
        Self::of(self.0.source.clone(), Some(authorities.into()))
    }

    /// Reads the files again. New connections get the new certificate; open ones keep what they have. Returns `false`
    /// when the certificate is the same as before, and the authorities of clients are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] when the files cannot work. The old certificate stays in use.
    ///
    /// # Cancel safety
    ///
    /// The files are read to the end when the caller stops waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # async fn run() {
    /// let tls = nano::Tls::pem("cert.pem", "key.pem");
    /// if let Err(error) = tls.reload().await {
    ///     println!("the old certificate stays: {error}");
    /// }
    /// # }
    /// ```
    pub async fn reload(&self) -> Result<bool> {
        let tls = self.clone();
        let read = tokio::task::spawn_blocking(move || tls.read_anew());
        read.await.map_err(|error| {
            Error::with_source(ErrorKind::Internal, "the certificate was not read", error)
        })?
    }

    /// Reads the files for a listener; keeps a certificate that was made already.
    pub(super) fn read(&self) -> Result<()> {
        let is_kept = self.0.source.is_made() && self.credentials().is_some();
        if !is_kept {
            self.read_anew()?;
        }
        Ok(())
    }

    /// Reads the files; returns `true` when the certificate is another one than before.
    fn read_anew(&self) -> Result<bool> {
        let Shared { source, client_ca, credentials } = &*self.0;
        let read = Credentials::read(source, client_ca.as_deref())?;
        let mut current = credentials.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|current| current.is_same(&read)) {
            return Ok(false);
        }
        *current = Some(Arc::new(read));
        Ok(true)
    }

    /// Returns the settings of a QUIC endpoint, and of each new connection; `None` until the files are read.
    #[cfg(feature = "webtransport")]
    pub(super) fn quic(&self) -> Option<Arc<wtransport::quinn::ServerConfig>> {
        self.credentials().map(|credentials| credentials.quic.clone())
    }

    fn credentials(&self) -> Option<Arc<Credentials>> {
        self.0.credentials.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the handshake; `None` when the peer was refused, or went. The caller sets the deadline.
    pub(super) async fn accept<S: Stream>(
        &self,
        mut stream: S,
        is_http: bool,
        peer: Option<SocketAddr>,
        log: &Log,
    ) -> Option<TlsStream<S>> {
        let credentials = self.credentials()?;
        let mut first = [0; FIRST];
        let len = stream.read(&mut first).await.ok()?;
        let mut first = first.get(..len)?;
        if *first.first()? != HANDSHAKE {
            plain::refuse(stream, first, peer, log).await;
            return None;
        }
        let config = if is_http { &credentials.http } else { &credentials.packets };
        let acceptor = TlsAcceptor::from(config.clone());
        let accepted = acceptor.accept_with(stream, |session| {
            // Memory does not fail, and so few bytes fit.
            let _ = session.read_tls(&mut first);
        });
        match accepted.await {
            Ok(stream) => Some(stream),
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                limited!(log, TlsFailed, %error, ?peer);
                None
            }
            // The peer went.
            Err(error) => {
                tracing::debug!(%error, ?peer, "a connection ended in its TLS handshake");
                None
            }
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("source", &self.0.source)
            .field("client_ca", &self.0.client_ca)
            .finish_non_exhaustive()
    }
}

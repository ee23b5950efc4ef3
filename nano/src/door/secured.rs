//! The entrance whose connections speak TLS.

use std::io;
use std::net::SocketAddr;

use super::listener::sealed::{Backing, Entrance};
use super::tls::Tls;
use super::{Listen, Preamble};

/// A listener whose connections speak TLS, from [`Tls::over`], for [`App::listen`](crate::App::listen).
#[derive(Debug)]
pub struct Secured<E> {
    entrance: E,
    tls: Tls,
}

impl Tls {
    /// Expects TLS on the connections of `entrance`: a [`Tcp`](crate::Tcp), a [`WebSocket`](crate::WebSocket), a
    /// [`Listener`](crate::Listener) of the application's own, or a [`ProxyProtocol`](crate::ProxyProtocol) over these,
    /// whose header comes before TLS.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, ProxyProtocol, Tcp, Tls};
    ///
    /// let tls = Tls::pem("cert.pem", "key.pem");
    /// let app = App::new().listen(ProxyProtocol::over(tls.over(Tcp::bind("127.0.0.1:3250"))));
    /// ```
    pub fn over<E: Listen>(&self, entrance: E) -> Secured<E> {
        Secured { entrance, tls: self.clone() }
    }
}

impl<E: Entrance> Entrance for Secured<E> {
    type Stream = E::Stream;

    fn describe(&self) -> String {
        format!("{} over TLS", self.entrance.describe())
    }

    async fn bind(&mut self) -> Result<Option<SocketAddr>, String> {
        self.entrance.preamble().check_behind("TLS")?;
        self.tls.read().map_err(|error| error.to_string())?;
        self.entrance.bind().await
    }

    fn start(&mut self, backing: &Backing) {
        self.entrance.start(backing);
    }

    async fn accept(&mut self) -> io::Result<(E::Stream, Option<SocketAddr>)> {
        self.entrance.accept().await
    }

    fn preamble(&self) -> Preamble {
        Preamble { tls: Some(self.tls.clone()), ..self.entrance.preamble() }
    }
}

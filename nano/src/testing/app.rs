//! The app of a test, which runs in the test's own process.

use tokio::io::{DuplexStream, duplex};

use crate::client::{Client, ClientBuilder};
use crate::serializer::{Json, Serializer};
use crate::{App, Server};

use super::network::PIPE;
use super::{Network, RawClient};

/// An app that runs in the test's own process, with connections in memory.
///
/// Dropping it ends the app at once; [`shutdown`](Self::shutdown) ends it in good order.
///
/// # Examples
///
/// ```
/// use nano::App;
/// use nano::testing::TestApp;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = TestApp::start(App::new()).await;
/// let client = app.connect().await;
/// assert_eq!(app.server().sessions(), 1);
/// app.shutdown().await;
/// client.closed().await;
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TestApp {
    server: Server,
}

impl TestApp {
    /// Starts the app, with its listeners if it has any.
    ///
    /// # Panics
    ///
    /// Panics with the error of [`App::start`] when the app does not start.
    pub async fn start(app: App) -> Self {
        match app.start().await {
            Ok(server) => Self { server },
            Err(error) => panic!("expected an app that starts, but {}", error.chain()),
        }
    }

    /// An app that has started already.
    #[cfg(all(test, feature = "cluster"))]
    pub(crate) fn of(server: Server) -> Self {
        Self { server }
    }

    /// Connects a client.
    ///
    /// # Panics
    ///
    /// Panics when the app does not accept the client.
    pub async fn connect(&self) -> Client<Json> {
        self.connect_with(Client::builder()).await
    }

    /// Connects a client with other settings, or another serializer.
    ///
    /// To see an app refuse a client, call `.over(app.pipe())` on the builder.
    ///
    /// # Panics
    ///
    /// Panics when the app does not accept the client.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::client::{Client, Dialect};
    /// # use nano::App;
    /// # use nano::testing::TestApp;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let app = TestApp::start(App::new()).await;
    /// let client = app.connect_with(Client::builder().dialect(Dialect::Pitaya)).await;
    /// // One that logs in with its handshake:
    /// let login = serde_json::json!({ "token": "abc" });
    /// let client = app.connect_with(Client::builder().user(login)).await;
    /// # }
    /// ```
    pub async fn connect_with<S: Serializer>(&self, builder: ClientBuilder<S>) -> Client<S> {
        match builder.over(self.pipe()).await {
            Ok(client) => client,
            Err(error) => panic!("expected an app that accepts the client, but {}", error.chain()),
        }
    }

    /// Connects a client over a network that the test cuts and mends. The client comes back over it, if the app lets it.
    ///
    /// # Panics
    ///
    /// Panics when the app does not accept the client, or the network is cut.
    pub async fn connect_over<S: Serializer>(
        &self,
        network: &Network,
        builder: ClientBuilder<S>,
    ) -> Client<S> {
        let (app, network) = (self.clone(), network.clone());
        let connect = move || std::future::ready(app.pipe_over(&network));
        match builder.connect_by(connect).await {
            Ok(client) => client,
            Err(error) => panic!("expected an app that accepts the client, but {}", error.chain()),
        }
    }

    /// Connects a client that has sent nothing yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use nano::App;
    /// # use nano::testing::TestApp;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let app = TestApp::start(App::new()).await;
    /// let mut client = app.raw();
    /// assert_eq!(client.open().await["code"], 200);
    /// # }
    /// ```
    pub fn raw(&self) -> RawClient {
        RawClient::new(self.pipe())
    }

    /// Connects a pipe, for a client of another kind. It holds 64 KiB in each direction.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::client::Client;
    /// # use nano::App;
    /// # use nano::testing::TestApp;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let app = TestApp::start(App::new()).await;
    /// let client = Client::builder().over(app.pipe()).await;
    /// assert!(client.is_ok());
    /// # }
    /// ```
    pub fn pipe(&self) -> DuplexStream {
        let (near, far) = duplex(PIPE);
        self.server.serve(far);
        near
    }

    /// Connects a [`pipe`](Self::pipe) over a network that the test cuts and mends.
    ///
    /// # Errors
    ///
    /// [`NetworkUnreachable`](std::io::ErrorKind::NetworkUnreachable) when the network is cut.
    pub fn pipe_over(&self, network: &Network) -> std::io::Result<DuplexStream> {
        network.carry(|| self.pipe())
    }

    /// Connects a pipe to the address for other nodes, as another node does, or somebody who is none. It holds 64 KiB in
    /// each direction. What comes after a TLS handshake is expected on it.
    ///
    /// # Panics
    ///
    /// Panics when the app is no node of a cluster.
    ///
    /// # Examples
    ///
    /// ```
    /// # use nano::testing::TestApp;
    /// use nano::{App, Cluster};
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() {
    /// let app = TestApp::start(App::new().cluster(Cluster::bind("127.0.0.1:0").number(1))).await;
    /// let mut stranger = app.node_pipe();
    /// stranger.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    /// let mut answer = Vec::new();
    /// stranger.read_to_end(&mut answer).await.unwrap(); // it is not served
    /// # }
    /// ```
    #[cfg(feature = "cluster")]
    pub fn node_pipe(&self) -> DuplexStream {
        let (near, far) = duplex(PIPE);
        match &self.server.core().node {
            Some(node) => node.meet(far),
            None => panic!("expected a node of a cluster, but the app is none"),
        }
        near
    }

    /// Returns the running app, with its addresses, components and sessions.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Shuts the app down, and waits until it has ended.
    pub async fn shutdown(&self) {
        self.server.shutdown().await;
    }
}

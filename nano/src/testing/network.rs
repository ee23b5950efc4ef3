//! A network between a client and a test's app, which is cut and mended.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{DuplexStream, copy_bidirectional, duplex};
use tokio::task::AbortHandle;

/// The bytes that a connection holds in each direction: one packet body of the default limit.
pub(super) const PIPE: usize = 64 * 1024;

/// A network that a test cuts and mends, between clients of [`TestApp::connect_over`](super::TestApp::connect_over) and their app.
///
/// A client says goodbye when it is dropped or closed, and its session ends at once. One whose network is cut does not: with
/// [`App::resume`](crate::App::resume) its session waits for it, and it tries to come back until the network is mended.
/// A session waits once its client has completed the handshake: let it make a request before the first cut.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use nano::client::Client;
/// use nano::testing::{Network, TestApp};
/// use nano::{App, Resume, Session, component};
/// use tokio::time::sleep;
///
/// struct Table;
///
/// #[component]
/// impl Table {
///     #[handler]
///     fn name(&self, session: &Session) -> String {
///         session.id().to_string()
///     }
///
///     /// Who is away for longer than this has lost the game.
///     #[on(session_closed)]
///     fn forfeit(&self) {}
/// }
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> nano::Result<()> {
/// let resume = Resume::new().window(Duration::from_secs(30));
/// let app = TestApp::start(App::new().resume(resume).component(Table)).await;
/// let network = Network::new();
/// let client = app.connect_over(&network, Client::builder()).await;
/// let name: String = client.request("table.name", &()).await?;
///
/// network.cut();
/// sleep(Duration::from_secs(20)).await;
/// network.mend();
/// assert_eq!(client.request::<_, String>("table.name", &()).await?, name);
///
/// network.cut();
/// sleep(Duration::from_secs(40)).await;
/// assert_eq!(app.server().sessions(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_cut: bool,
    /// The tasks that carry the bytes of its connections.
    connections: Vec<AbortHandle>,
}

impl Network {
    /// A network that works.
    pub fn new() -> Self {
        Self::default()
    }

    /// Breaks all connections, and lets no other be made until [`mend`](Self::mend).
    pub fn cut(&self) {
        let mut state = self.state();
        state.is_cut = true;
        state.connections.drain(..).for_each(|connection| connection.abort());
    }

    /// Lets connections be made again.
    pub fn mend(&self) {
        self.state().is_cut = false;
    }

    /// Carries the bytes of a connection, which it makes unless it is cut.
    pub(super) fn carry(&self, connect: impl FnOnce() -> DuplexStream) -> io::Result<DuplexStream> {
        let mut state = self.state();
        if state.is_cut {
            return Err(io::Error::new(
                io::ErrorKind::NetworkUnreachable,
                "the test cut the network",
            ));
        }
        let ((near, mut middle), mut far) = (duplex(PIPE), connect());
        let carrying = tokio::spawn(async move {
            // One of both has ended the connection.
            let _ = copy_bidirectional(&mut middle, &mut far).await;
        });
        state.connections.retain(|connection| !connection.is_finished());
        state.connections.push(carrying.abort_handle());
        Ok(near)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

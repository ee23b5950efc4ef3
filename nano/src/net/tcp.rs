/// Listens for plain TCP connections, for [`App::listen`](crate::App::listen).
///
/// Packets follow one another on the stream. Go nano's, pitaya's and pomelo's native clients connect
/// here.
///
/// # Examples
///
/// ```
/// use nano::{App, Tcp};
///
/// let app = App::new().listen(Tcp::bind("127.0.0.1:3250"));
/// ```
#[derive(Clone, Debug)]
pub struct Tcp {
    pub(super) addr: String,
}

impl Tcp {
    /// Listens on `addr`, `host:port`; port 0 lets the system choose
    /// ([`Server::addresses`](crate::Server::addresses) tells which). An address that cannot be used
    /// is reported when the app starts.
    pub fn bind(addr: impl ToString) -> Self {
        Self { addr: addr.to_string() }
    }
}

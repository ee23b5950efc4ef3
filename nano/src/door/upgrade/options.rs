//! The options of an upgrade that a listener and an axum route share.

use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::door::origins::Origins;

/// The options of an upgrade to a WebSocket, for the axum route of a `Server` (`axum_route_with`). A
/// [`WebSocket`](crate::WebSocket) listener has methods of the same names.
///
/// # Examples
///
/// ```
/// use nano::Upgrade;
///
/// let options = Upgrade::new().subprotocols(["nano"]).trust_forwarded_for(1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Upgrade {
    pub(in crate::door) subprotocols: Vec<String>,
    pub(crate) proxies: usize,
    pub(in crate::door) origins: Origins,
}

impl Upgrade {
    /// Accepts pages of any origin and no subprotocol, and trusts no header.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts these subprotocols, the most preferred first: the answer names the first that the client asks for.
    /// Without any, or when the client asks for none of them, the answer names none; browsers then
    /// close the WebSocket of a page that asked.
    pub fn subprotocols(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// Takes the client's address from the header `X-Forwarded-For`: the number is that of the proxies in front
    /// of the server, 1 for a single nginx or HAProxy. 0, the default, trusts no header.
    ///
    /// Each proxy appends the address of its own peer to the header, behind whatever the client sent. Of the elements
    /// at its end, one for each proxy, the first is taken: that is the client as the outermost proxy saw it, and
    /// nothing that the client can write. It is the session's
    /// [`remote_addr`](crate::Session::remote_addr), with port 0 where the header has no port, and the one for which
    /// [`App::max_handshakes_per_address`](crate::App::max_handshakes_per_address) counts. Without the
    /// header, or when the element is no address, the address of the connection remains.
    ///
    /// Whoever reaches the server past the proxy can claim any address, so only the proxy may reach it.
    pub fn trust_forwarded_for(mut self, proxies: usize) -> Self {
        self.proxies = proxies;
        self
    }

    /// Accepts WebSockets of pages with these origins only, such as `https://game.example` or, while it is being
    /// developed, `http://localhost:5173`. By default pages of any origin are accepted.
    ///
    /// A page of another origin is refused with the status 403, and the log names its origin. Browsers send the origin of
    /// the page, which cannot change it; clients that are no pages send none, and are accepted. So this keeps other sites
    /// from using a visitor's cookies or address, and is no login. `null` is the origin of pages without one, such as files
    /// and sandboxed frames.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, WebSocket};
    ///
    /// let pages = WebSocket::bind("0.0.0.0:3251").path("/nano").origins(["https://game.example"]);
    /// let app = App::new().listen(pages);
    /// ```
    pub fn origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.origins = Origins::only(origins);
        self
    }

    /// Returns the problem of a value that cannot work.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.origins.check()?;
        let is_token = |name: &str| {
            let is_part =
                |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            !name.is_empty() && name.bytes().all(is_part) && HeaderValue::from_str(name).is_ok()
        };
        match self.subprotocols.iter().find(|name| !is_token(name)) {
            Some(name) => Err(format!(
                "the subprotocol `{}` is no HTTP token: letters, digits and !#$%&'*+-.^_`|~",
                name.escape_debug()
            )),
            None => Ok(()),
        }
    }
}

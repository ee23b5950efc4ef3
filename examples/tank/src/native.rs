//! The listener for clients without a page, by its URL: the one place that knows which transports there are.

use nano::{App, Error, Kcp, Result, Tcp};

/// Adds the listener that a URL such as `kcp://127.0.0.1:3291` names.
///
/// # Errors
///
/// Fails for a URL of another kind.
pub(crate) fn listen(app: App, url: &str) -> Result<App> {
    match url.split_once("://") {
        Some(("tcp", address)) => Ok(app.listen(Tcp::bind(address))),
        Some(("kcp", address)) => Ok(app.listen(Kcp::bind(address))),
        _ => {
            let expected = "expected tcp://host:port or kcp://host:port";
            Err(Error::internal(format!("cannot listen on {url:?}: {expected}")))
        }
    }
}

/// The URL by which clients reach a listener, whose port the system may have chosen.
pub(crate) fn reached(url: &str, address: std::net::SocketAddr) -> String {
    let scheme = url.split_once("://").map_or("tcp", |(scheme, _)| scheme);
    format!("{scheme}://{}", crate::local(address))
}

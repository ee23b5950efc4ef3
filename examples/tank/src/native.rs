//! The listener for clients without a page, by its URL: the one place that knows which transports there are.

use nano::{App, Error, Result, Tcp};

/// Adds the listener that a URL such as `tcp://127.0.0.1:3291` names.
///
/// # Errors
///
/// Fails for a URL without an address, and for transports that this build does not have.
pub(crate) fn listen(app: App, url: &str) -> Result<App> {
    match url.split_once("://") {
        Some(("tcp", address)) => Ok(app.listen(Tcp::bind(address))),
        _ => Err(Error::internal(format!("cannot listen on {url:?}: expected tcp://host:port"))),
    }
}

/// The URL by which clients reach a listener, whose port the system may have chosen.
pub(crate) fn reached(url: &str, address: std::net::SocketAddr) -> String {
    let scheme = url.split_once("://").map_or("tcp", |(scheme, _)| scheme);
    format!("{scheme}://{}", crate::local(address))
}

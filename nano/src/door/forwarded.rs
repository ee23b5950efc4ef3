//! The header `X-Forwarded-For`, in which HTTP proxies name the client that they speak for.

use std::net::{IpAddr, SocketAddr};

use tokio_tungstenite::tungstenite::http::HeaderMap;

/// Returns the client's address as the outermost of `proxies` trusted proxies saw it; that of the connection
/// when the header is absent or not readable.
///
/// Each proxy appends the address of its own peer, so only the last elements, one for each trusted proxy, are
/// not the client's to choose.
pub(crate) fn client(
    headers: &HeaderMap,
    proxies: usize,
    peer: Option<SocketAddr>,
) -> Option<SocketAddr> {
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let elements = values.flat_map(|value| value.to_str().unwrap_or("?").rsplit(','));
    let Some(element) = elements.take(proxies).last() else { return peer };
    let client = address(element.trim());
    if client.is_none() {
        tracing::debug!(element, "an address in X-Forwarded-For cannot be read");
    }
    client.or(peer)
}

/// Reads an address, with or without a port.
fn address(text: &str) -> Option<SocketAddr> {
    let ip = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let without_port = ip.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0));
    without_port.or_else(|_| text.parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_trusted_proxy_names_the_client() {
        let peer = "10.0.0.1:9";
        for (values, proxies, client) in [
            (&["203.0.113.7"][..], 1, "203.0.113.7:0"),
            (&["203.0.113.7:4711"], 1, "203.0.113.7:4711"),
            (&["2001:db8::7"], 1, "[2001:db8::7]:0"),
            (&["[2001:db8::7]"], 1, "[2001:db8::7]:0"),
            (&["[2001:db8::7]:80"], 1, "[2001:db8::7]:80"),
            // The first element may be forged.
            (&["6.6.6.6, 203.0.113.7"], 1, "203.0.113.7:0"),
            (&["6.6.6.6", "203.0.113.7"], 1, "203.0.113.7:0"),
            (&["6.6.6.6,203.0.113.7 , 10.0.0.2"], 2, "203.0.113.7:0"),
            (&["6.6.6.6", "203.0.113.7,10.0.0.2"], 2, "203.0.113.7:0"),
            // It did not pass the outermost.
            (&["203.0.113.7"], 3, "203.0.113.7:0"),
            (&[], 1, peer),
            (&["6.6.6.6, unknown"], 1, peer),
            (&["6.6.6.6, "], 1, peer),
            (&["6.6.6.6, \u{e4}"], 1, peer),
            // It is not trusted.
            (&["6.6.6.6"], 0, peer),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", value.parse().expect("a value"));
            }
            let client: SocketAddr = client.parse().expect("an address");
            let found = super::client(&headers, proxies, peer.parse().ok());
            assert_eq!(found, Some(client), "{values:?}, {proxies} trusted");
        }
    }
}

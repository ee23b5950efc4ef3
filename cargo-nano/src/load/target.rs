//! The server that a load is for.

use std::fs;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use std::sync::Arc;

use nano_bench::Transport;
use nano_bench::generator::Target;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::http::Uri;

use crate::failure::{Failure, Outcome, Status};

/// The server at a URL. `ca` is a file of certificates to trust, in place of the system's.
pub(super) fn target(
    url: &str,
    ca: Option<&Path>,
    user: Option<&Value>,
    version: Option<&str>,
) -> Outcome<Target> {
    let refuse = |reason: &str| {
        let failure = Failure::usage(format!("cannot connect to {url}: {reason}"));
        failure.help(
            "a URL is tcp://host:port or ws://host:port/path, tls:// or wss:// for the same over TLS, or kcp://host:port",
        )
    };
    let uri: Uri = url.parse().map_err(|_| refuse("it is not a URL"))?;
    let (transport, port) = match uri.scheme_str() {
        Some("tcp") => (Transport::Tcp, None),
        Some("tls") => (Transport::Tls, None),
        Some("ws") => (Transport::Ws, Some(80)),
        Some("wss") => (Transport::Wss, Some(443)),
        Some("kcp") => (Transport::Kcp, None),
        _ => return Err(refuse("it begins with none of tcp://, tls://, ws://, wss:// and kcp://")),
    };
    let host = uri.host().ok_or_else(|| refuse("it has no host"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().or(port).ok_or_else(|| refuse("it has no port"))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let target = Target::new(resolve(url, host, port)?, transport)
        .host(host)
        .path(path)
        .handshake(handshake(user, version));
    Ok(match transport.is_encrypted() {
        true => target.tls(trust(ca)?),
        false => target,
    })
}

fn resolve(url: &str, host: &str, port: u16) -> Outcome<SocketAddr> {
    let found = (host, port).to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        let text = format!("cannot connect to {url}: no host has this name");
        Failure::new(Status::Connection, text).help("is it spelled right?")
    })
}

/// The first packet: a client that knows errors from replies.
fn handshake(user: Option<&Value>, version: Option<&str>) -> String {
    let version = version.unwrap_or(env!("CARGO_PKG_VERSION"));
    let sys = json!({ "type": "cargo-nano", "version": version, "features": ["errors"] });
    json!({ "sys": sys, "user": user.unwrap_or(&json!({})) }).to_string()
}

/// The settings of TLS.
fn trust(ca: Option<&Path>) -> Outcome<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    match ca {
        Some(path) => {
            let pem = fs::read(path).map_err(|error| Failure::file(path, error))?;
            for certificate in CertificateDer::pem_slice_iter(&pem) {
                let added =
                    certificate.map_err(|error| error.to_string()).and_then(|certificate| {
                        roots.add(certificate).map_err(|error| error.to_string())
                    });
                added.map_err(|problem| Failure::file(path, problem))?;
            }
        }
        None => {
            // Some of the system's may be of no use; the others are.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(
            Failure::usage("there are no certificates to trust").help("--ca names a file of them")
        );
    }
    Ok(Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth()))
}

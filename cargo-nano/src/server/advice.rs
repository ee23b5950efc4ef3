//! The errors of connections and calls, with the next thing to do.

use std::error::Error as StdError;
use std::io;

use nano::ErrorKind;
use tokio_tungstenite::tungstenite;

use crate::failure::{Failure, Status, closest, listed};

/// The failure of a connection that was not opened.
pub(super) fn connecting(url: &str, error: &nano::Error) -> Failure {
    let failure = |text: String| Failure::new(Status::Connection, text);
    let cannot =
        |reason: &dyn std::fmt::Display| failure(format!("cannot connect to {url}: {reason}"));
    if let Some(source) = cause::<io::Error>(error)
        && let Some(failure) = network(url, source)
    {
        return failure;
    }
    if let Some(tungstenite::Error::Http(response)) = cause(error) {
        let status = response.status();
        let help = match status.as_u16() {
            404 => "the WebSocket has another path: is it ws://host:port/nano?",
            403 => "the server takes WebSockets of some pages only, by their origin",
            429 | 503 => "the server is full, or going down: try again later",
            _ => "is the WebSocket at this path?",
        };
        return cannot(&format_args!("the server answered HTTP {status}")).help(help);
    }
    let text = chain(error);
    match error.kind() {
        ErrorKind::Rejected => Failure::refused(format!("the server refuses this client: {text}"))
            .help("what it asks for can be told by --user and --client-version"),
        ErrorKind::Config if text.contains("serializer is") => {
            cannot(&text).help(match text.contains("serializer is json") {
                true => "name the server's manifest by --manifest: it describes the messages",
                false => "the manifest is that of another server",
            })
        }
        ErrorKind::Config => Failure::usage(text),
        _ if url.starts_with("kcp:") => cannot(&text).help(
            "is there a listener for KCP at this port, and does a firewall let UDP through?",
        ),
        ErrorKind::Timeout => cannot(&text).help(
            "something listens there, and does not speak as expected: a WebSocket needs ws://, and TLS tls:// or wss://",
        ),
        _ => cannot(&text).help(if url.starts_with("tcp:") || url.starts_with("tls:") {
            "if the port is that of a WebSocket, the URL begins with ws:// or wss:// and has its path"
        } else {
            "if the port takes packets without a WebSocket, the URL begins with tcp:// or tls://"
        }),
    }
}

/// The failure of the network below, if it is one that says enough.
fn network(url: &str, error: &io::Error) -> Option<Failure> {
    let failure = |reason: &str, help: &str| {
        let text = format!("cannot connect to {url}: {reason}");
        Some(Failure::new(Status::Connection, text).help(help))
    };
    match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            failure("nothing listens there", "is the server running, and is this its port?")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => failure(
            "there is no way to this host",
            "is its address right, and are you in its network?",
        ),
        _ if error.to_string().contains("lookup") => {
            failure("no host has this name", "is it spelled right?")
        }
        // The errors of TLS are told by this kind.
        io::ErrorKind::InvalidData if url.starts_with("tls:") || url.starts_with("wss:") => {
            failure(
                &error.to_string(),
                "--ca names the certificates to trust; a server without TLS needs tcp:// or ws://",
            )
        }
        _ => None,
    }
}

/// The failure of a call.
pub(super) fn calling(
    route: &str,
    error: &nano::Error,
    known: impl FnOnce() -> Vec<String>,
    takes: impl FnOnce() -> Option<String>,
) -> Failure {
    let text = chain(error);
    let Some(code) = error.code() else {
        let status = match error.kind() {
            ErrorKind::Encode | ErrorKind::TooLarge | ErrorKind::Config => Status::Usage,
            _ => Status::Connection,
        };
        let failure = Failure::new(status, text);
        return match error.kind() {
            ErrorKind::Timeout => failure
                .help("--timeout waits longer; a handler without a reply is called with --notify"),
            _ => failure,
        };
    };
    let failure = Failure::new(Status::Refused, text);
    match code {
        "not_found" => {
            let known = known();
            let alike = closest(route, known.iter().map(String::as_str));
            match alike.filter(|name| *name != route) {
                Some(name) => failure.help(format!("did you mean `{name}`?")),
                None if known.is_empty() => {
                    failure.help("is the route spelled as in the server's code?")
                }
                None => {
                    let names = listed(known.iter().map(String::as_str));
                    failure.help(format!("the server has {names}"))
                }
            }
        }
        "bad_request" => match takes() {
            Some(signature) => failure.help(signature),
            None => failure
                .help("the message has another form than the handler takes; --manifest shows it"),
        },
        "not_bound" => {
            failure.help("log in first: in `cargo nano repl` one connection makes several calls")
        }
        "not_in_room" => failure
            .help("enter a room first: in `cargo nano repl` one connection makes several calls"),
        _ => failure,
    }
}

/// The first cause of a type.
fn cause<T: StdError + 'static>(error: &nano::Error) -> Option<&T> {
    causes(error).find_map(|error| error.downcast_ref())
}

fn causes(error: &nano::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// An error with its causes.
fn chain(error: &nano::Error) -> String {
    let mut text = error.to_string();
    for cause in causes(error).map(ToString::to_string) {
        // Some errors tell their cause themselves.
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

//! `cargo nano call`: one message to a server, and the reply.

use std::io::Read as _;
use std::time::Duration;

use clap::Args;
use nano_build::manifest::Kind;

use crate::duration::duration;
use crate::failure::{Failure, Outcome};
use crate::server::{Message, Server};
use crate::{output, server};

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    server: server::Options,
    /// The route, such as room.join
    route: String,
    /// The message as JSON; `-` reads it from the standard input
    body: Option<String>,
    /// Sends the message without asking for a reply
    #[arg(long)]
    notify: bool,
    /// Stays connected for this time after the reply, and prints each push with its route
    #[arg(long, value_name = "TIME", value_parser = duration)]
    listen: Option<Duration>,
}

/// The longest message that is read from the standard input.
const LONGEST: u64 = 16 * 1024 * 1024;

impl Options {
    pub(crate) fn run(self) -> Outcome {
        let schema = self.server.schema()?;
        let body = match self.body.as_deref() {
            Some("-") => Some(standard_input()?),
            body => body.map(str::to_owned),
        };
        let kind = self.notify.then_some(Kind::Notify);
        let message = Message::new(schema.as_deref(), &self.route, body.as_deref(), kind)?;
        server::block_on(async {
            let listens = self.listen.is_some();
            let heard = move |route: &str, body: &[u8]| {
                if listens {
                    output::line(&[route.as_bytes(), b" ", body].concat());
                }
            };
            let server = self.server.connect(schema, heard).await?;
            let outcome = talk(&server, message, self.listen).await;
            // Also when it failed: a session may wait for a client that is gone without a word.
            server.close().await;
            outcome
        })
    }
}

/// Sends the message, prints the reply, and listens for a time.
async fn talk(server: &Server, message: Message, listen: Option<Duration>) -> Outcome {
    if let Some(reply) = server.send(message).await? {
        output::line(&reply);
    }
    let Some(time) = listen else { return Ok(()) };
    tokio::select! {
        () = tokio::time::sleep(time) => Ok(()),
        failure = server.lost() => Err(failure),
    }
}

fn standard_input() -> Outcome<String> {
    let mut text = String::new();
    let read = std::io::stdin().take(LONGEST).read_to_string(&mut text);
    read.map_err(|error| Failure::usage(format!("the standard input: {error}")))?;
    Ok(text.trim().to_owned())
}

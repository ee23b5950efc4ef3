//! `cargo nano repl`: a console on one connection to a server.

mod command;
mod complete;
mod terminal;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::schema::Schema;
use crate::server::{self, Message, Server};
use command::Command;
use complete::Vocabulary;
use terminal::{Printer, Terminal};

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    server: server::Options,
    /// The file that keeps what was entered, passwords in messages included [default: .nano_history in your home]
    #[arg(long, value_name = "FILE", conflicts_with = "no_history")]
    history: Option<PathBuf>,
    /// Keeps nothing of what was entered
    #[arg(long)]
    no_history: bool,
}

impl Options {
    pub(crate) fn run(self) -> Outcome {
        let schema = self.server.schema()?;
        let history = match self.no_history {
            true => None,
            false => {
                self.history.clone().or_else(|| Some(std::env::home_dir()?.join(".nano_history")))
            }
        };
        let mut terminal = Terminal::open(history)?;
        server::block_on(async {
            let printer = terminal.printer();
            let muted = Muted::default();
            let console = Console { options: self.server, schema, printer, muted };
            let server = console.connect().await?;
            terminal.learn(Vocabulary::new(server.routes(), console.schema.clone()));
            if terminal.is_interactive() {
                console.printer.line(&format!(
                    "connected to {}; `help` lists the commands, Tab completes",
                    console.options.url()
                ));
            }
            console.run(server, &mut terminal).await
        })
    }
}

struct Console {
    options: server::Options,
    schema: Option<Arc<Schema>>,
    printer: Printer,
    muted: Muted,
}

/// The texts in routes whose pushes are not shown: a game may push more than a person reads.
#[derive(Clone, Default)]
struct Muted(Arc<Mutex<Vec<String>>>);

impl Muted {
    fn texts(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hides(&self, route: &str) -> bool {
        self.texts().iter().any(|text| route.contains(text))
    }
}

impl Console {
    async fn connect(&self) -> Outcome<Server> {
        let (printer, muted) = (self.printer.clone(), self.muted.clone());
        let heard = move |route: &str, body: &[u8]| {
            if !muted.hides(route) {
                printer.line(&format!("{route} {}", String::from_utf8_lossy(body)));
            }
        };
        self.options.connect(self.schema.clone(), heard).await
    }

    /// Runs the commands until the input ends. Where nobody types, a failure is that of the console.
    async fn run(&self, mut server: Server, terminal: &mut Terminal) -> Outcome {
        let mut failed = Ok(());
        while let Some(line) = self.next_line(&mut server, terminal).await {
            let done = match line.and_then(|line| Command::read(&line)) {
                Ok(Some(Command::Quit)) => break,
                Ok(Some(command)) => self.obey(command, &mut server).await,
                Ok(None) => Ok(()),
                Err(failure) => Err(failure),
            };
            if let Err(failure) = done {
                if terminal.is_interactive() {
                    self.printer.line(&format!("error: {failure}"));
                } else {
                    failure.tell();
                    failed = Err(Failure::refused("not all lines succeeded"));
                }
            }
        }
        server.close().await;
        failed
    }

    /// Waits for a line, and tells meanwhile when the connection ends.
    async fn next_line(
        &self,
        server: &mut Server,
        terminal: &mut Terminal,
    ) -> Option<Outcome<String>> {
        terminal.prompt();
        tokio::select! {
            // A connection that has ended is told of before the next command.
            biased;
            failure = server.lost_once() => {
                self.printer.line(&format!("{failure}; the next message connects again"));
            }
            line = terminal.line() => return line,
        }
        terminal.line().await
    }

    async fn obey(&self, command: Command, server: &mut Server) -> Outcome {
        match command {
            Command::Send { kind, route, body } => {
                let message = Message::new(self.schema.as_deref(), &route, body.as_deref(), kind)?;
                if server.is_closed() {
                    *server = self.connect().await?;
                }
                if let Some(reply) = server.send(message).await? {
                    self.printer.line(&String::from_utf8_lossy(&reply));
                }
            }
            Command::Routes(part) => self.printer.line(&self.routes(server, &part)),
            Command::Wait(time) => tokio::time::sleep(time).await,
            Command::Mute(text) => self.muted.texts().push(text),
            Command::Unmute => self.muted.texts().clear(),
            Command::Help => self.printer.line(command::HELP),
            Command::Quit => {}
        }
        Ok(())
    }

    /// Describes the routes whose names contain a text.
    fn routes(&self, server: &Server, part: &str) -> String {
        let mut text = String::new();
        let mut add = |name: &str, line: String, docs: &str| {
            if name.contains(part) {
                let docs = docs.lines().next().unwrap_or_default();
                let separator = if docs.is_empty() { "" } else { "\n    " };
                let _ = writeln!(text, "{line}{separator}{docs}");
            }
        };
        match &self.schema {
            Some(schema) => {
                for handler in schema.handlers() {
                    add(&handler.route, schema.signature(handler), &handler.docs);
                }
                for push in schema.pushes() {
                    add(&push.route, format!("push {}", schema.push_signature(push)), &push.docs);
                }
            }
            None => server.routes().iter().for_each(|route| add(route, route.clone(), "")),
        }
        if text.is_empty() {
            return match &self.schema {
                None if part.is_empty() => {
                    "the server announces no routes; --manifest has them, with their types"
                        .to_owned()
                }
                _ => format!("no route contains `{part}`"),
            };
        }
        text.truncate(text.trim_end().len());
        text
    }
}

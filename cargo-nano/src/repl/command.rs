//! The commands of the console.

use std::time::Duration;

use nano_build::manifest::Kind;

use crate::duration::duration;
use crate::failure::{Failure, Outcome, closest};

/// The names of the commands.
pub(super) const NAMES: &[&str] =
    &["help", "mute", "notify", "quit", "request", "routes", "unmute", "wait"];

pub(super) const HELP: &str = "\
room.join {\"name\":\"Ann\"}          sends a message to a route, and prints the reply
request room.join {\"name\":\"Ann\"}  asks for a reply, also where the manifest is missing
notify room.say {\"text\":\"hi\"}     asks for none
routes [text]                     lists the routes that contain the text
wait 2s                           waits, and prints what is pushed meanwhile
mute [text]                       hides pushes whose routes contain the text; without one, all
unmute                            shows all pushes again
help                              prints this list
quit                              closes the connection; so does Ctrl-D";

/// A line that was entered.
#[derive(Debug, PartialEq)]
pub(super) enum Command {
    Send {
        /// `None` for the one in the manifest.
        kind: Option<Kind>,
        route: String,
        body: Option<String>,
    },
    Routes(String),
    Wait(Duration),
    /// Hides the pushes whose routes contain the text.
    Mute(String),
    Unmute,
    Help,
    Quit,
}

impl Command {
    /// Reads a line; `None` if there is nothing in it.
    pub(super) fn read(line: &str) -> Outcome<Option<Self>> {
        let (word, rest) = split(line);
        Ok(Some(match word {
            "" => return Ok(None),
            "quit" | "exit" => Self::Quit,
            "help" => Self::Help,
            "routes" => Self::Routes(rest.to_owned()),
            "wait" => Self::Wait(duration(rest).map_err(Failure::usage)?),
            "mute" => Self::Mute(rest.to_owned()),
            "unmute" => Self::Unmute,
            "request" | "notify" => {
                let (route, body) = split(rest);
                if route.is_empty() {
                    let failure = Failure::usage(format!("`{word}` needs a route"));
                    return Err(failure.help(format!("{word} room.join {{\"name\":\"Ann\"}}")));
                }
                Self::send(named_kind(word), route, body)
            }
            // All routes have a dot.
            route if route.contains('.') => Self::send(None, route, rest),
            other => {
                let failure = Failure::usage(format!("there is no command `{other}`"));
                return Err(failure.help(match closest(other, NAMES.iter().copied()) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => "`help` lists the commands; a route has a dot, as room.join".to_owned(),
                }));
            }
        }))
    }

    fn send(kind: Option<Kind>, route: &str, body: &str) -> Self {
        let body = Some(body).filter(|body| !body.is_empty()).map(str::to_owned);
        Self::Send { kind, route: route.to_owned(), body }
    }
}

/// Takes the first word off a line.
pub(super) fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    (word, rest.trim_start())
}

/// The kind of a message that names its own.
pub(super) fn named_kind(word: &str) -> Option<Kind> {
    match word {
        "request" => Some(Kind::Request),
        "notify" => Some(Kind::Notify),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_commands_or_messages() {
        let send = |kind, route: &str, body: Option<&str>| Command::Send {
            kind,
            route: route.to_owned(),
            body: body.map(str::to_owned),
        };
        for (line, expected) in [
            ("  ", None),
            ("room.join", Some(send(None, "room.join", None))),
            (" room.join  {\"a\": 1} ", Some(send(None, "room.join", Some("{\"a\": 1}")))),
            ("notify a.b 1", Some(send(Some(Kind::Notify), "a.b", Some("1")))),
            ("request ping", Some(send(Some(Kind::Request), "ping", None))),
            ("routes", Some(Command::Routes(String::new()))),
            ("routes room", Some(Command::Routes("room".to_owned()))),
            ("wait 2s", Some(Command::Wait(Duration::from_secs(2)))),
            ("mute onMove", Some(Command::Mute("onMove".to_owned()))),
            ("unmute", Some(Command::Unmute)),
            ("exit", Some(Command::Quit)),
        ] {
            assert_eq!(Command::read(line).expect(line), expected, "{line}");
        }
        for (line, expected) in [
            ("request", "needs a route"),
            ("rotes", "did you mean `routes`?"),
            ("wait", "expected a time"),
            ("xyzzy", "`help` lists"),
        ] {
            let failure = Command::read(line).expect_err(line).to_string();
            assert!(failure.contains(expected), "{line}: {failure}");
        }
    }
}

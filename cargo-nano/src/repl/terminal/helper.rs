//! The help that the terminal gives while a line is typed.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use rustyline::Context;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;

use crate::repl::complete::{Candidate, Vocabulary};

/// Completes words, and shows the form of a message.
pub(super) struct Helper(pub(super) Arc<Mutex<Vocabulary>>);

impl Helper {
    fn vocabulary(&self) -> Vocabulary {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, candidates) = self.vocabulary().candidates(&line[..at]);
        let pair = |Candidate { shown, text }| Pair { display: shown, replacement: text };
        Ok((start, candidates.into_iter().map(pair).collect()))
    }
}

impl Hinter for Helper {
    type Hint = String;

    fn hint(&self, line: &str, at: usize, _: &Context<'_>) -> Option<String> {
        self.vocabulary().hint(line).filter(|_| at == line.len())
    }
}

impl Highlighter for Helper {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        format!("\x1b[2m{hint}\x1b[0m").into()
    }
}

impl Validator for Helper {}

impl rustyline::Helper for Helper {}

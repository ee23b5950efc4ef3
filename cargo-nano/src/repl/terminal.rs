//! The terminal: lines that are entered, beside text that is printed at any time.

mod helper;

use std::io::{BufRead as _, IsTerminal as _, stdin, stdout};
use std::path::PathBuf;
use std::sync::mpsc as std_mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Editor, ExternalPrinter};
use tokio::sync::mpsc;

use super::complete::Vocabulary;
use crate::failure::{Failure, Outcome};
use crate::output;
use helper::Helper;

/// The lines that are kept in the history.
const HISTORY: usize = 1000;

/// The lines that wait to be printed.
const UNPRINTED: usize = 1024;

/// The lines of a person at a terminal, or those of a file or another program.
pub(super) struct Terminal {
    lines: mpsc::Receiver<Outcome<String>>,
    /// Asks the thread that reads for the next line.
    wanted: std_mpsc::Sender<()>,
    printer: Printer,
    vocabulary: Arc<Mutex<Vocabulary>>,
    is_interactive: bool,
}

/// Prints lines, above the one that is being typed.
#[derive(Clone)]
pub(super) struct Printer(Option<std_mpsc::SyncSender<String>>);

impl Printer {
    pub(super) fn line(&self, text: &str) {
        match &self.0 {
            None => output::line(text.as_bytes()),
            // It never waits: what comes faster than a terminal prints is left out.
            Some(texts) => drop(texts.try_send(format!("{}\n", output::visible(text)))),
        }
    }
}

type Prompt = Editor<Helper, FileHistory>;

impl Terminal {
    /// Opens the terminal. `history` is the file that keeps what is entered.
    pub(super) fn open(history: Option<PathBuf>) -> Outcome<Self> {
        let (sender, lines) = mpsc::channel(1);
        let (wanted, wishes) = std_mpsc::channel();
        let vocabulary = Arc::new(Mutex::new(Vocabulary::default()));
        let is_interactive = stdin().is_terminal() && stdout().is_terminal();
        let printer = if is_interactive {
            let mut editor = editor(Helper(vocabulary.clone()))?;
            let mut printer = editor.create_external_printer().map_err(terminal_failure)?;
            thread::spawn(move || prompt(&mut editor, history, &wishes, &sender));
            let (texts, printed) = std_mpsc::sync_channel::<String>(UNPRINTED);
            // While nobody is asked for a line, printing waits: only this thread has the time.
            thread::spawn(move || {
                for text in printed {
                    // A terminal that is gone ends the input, too.
                    let _ = printer.print(text);
                }
            });
            Printer(Some(texts))
        } else {
            thread::spawn(move || read(&wishes, &sender));
            Printer(None)
        };
        Ok(Self { lines, wanted, printer, vocabulary, is_interactive })
    }

    pub(super) fn printer(&self) -> Printer {
        self.printer.clone()
    }

    /// Returns `true` if a person types the lines.
    pub(super) fn is_interactive(&self) -> bool {
        self.is_interactive
    }

    /// Sets the words that are completed.
    pub(super) fn learn(&self, vocabulary: Vocabulary) {
        *self.vocabulary.lock().unwrap_or_else(PoisonError::into_inner) = vocabulary;
    }

    /// Asks for the next line.
    pub(super) fn prompt(&self) {
        // When the thread has ended, `line` tells.
        let _ = self.wanted.send(());
    }

    /// Waits for the line that was asked for; `None` at the end of the input. It fails when the input cannot be read, which is
    /// its end, too.
    ///
    /// # Cancel safety
    ///
    /// No line is lost.
    pub(super) async fn line(&mut self) -> Option<Outcome<String>> {
        self.lines.recv().await
    }
}

fn editor(helper: Helper) -> Outcome<Prompt> {
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(HISTORY)
        .and_then(|config| config.history_ignore_dups(true))
        .map_err(terminal_failure)?
        .history_ignore_space(true)
        .build();
    let mut editor = Editor::with_config(config).map_err(terminal_failure)?;
    editor.set_helper(Some(helper));
    Ok(editor)
}

fn terminal_failure(error: ReadlineError) -> Failure {
    Failure::usage(format!("the terminal cannot be used: {error}"))
}

/// Lets a person enter lines, until the end of the input.
fn prompt(
    editor: &mut Prompt,
    history: Option<PathBuf>,
    wishes: &std_mpsc::Receiver<()>,
    lines: &mpsc::Sender<Outcome<String>>,
) {
    if let Some(path) = &history {
        // The first time there is none.
        let _ = editor.load_history(path);
    }
    while wishes.recv().is_ok() {
        match editor.readline("> ") {
            Ok(line) => {
                let added = editor.add_history_entry(&line).unwrap_or_default();
                if let Some(path) = history.as_ref().filter(|_| added) {
                    // A history that cannot be written is no reason to stop.
                    let _ = editor.append_history(path);
                }
                if lines.blocking_send(Ok(line)).is_err() {
                    return;
                }
            }
            // Ctrl-C drops what was typed, as in a shell.
            Err(ReadlineError::Interrupted) => {
                if lines.blocking_send(Ok(String::new())).is_err() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// Reads the lines of a file or another program, until their end.
fn read(wishes: &std_mpsc::Receiver<()>, lines: &mpsc::Sender<Outcome<String>>) {
    let mut input = stdin().lock().lines();
    while wishes.recv().is_ok() {
        let Some(line) = input.next() else { return };
        let line =
            line.map_err(|error| Failure::usage(format!("the input cannot be read: {error}")));
        let is_end = line.is_err();
        if lines.blocking_send(line).is_err() || is_end {
            return;
        }
    }
}

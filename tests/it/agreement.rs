//! The agreement of scanner and macros: both find the same routes.
//!
//! Each fixture crate of `nano-syntax` is scanned, and compiled against the `nano` that this test is
//! linked to. Both find the same routes, or both refuse. If one of them sees more than the other,
//! a `compiler.txt` in the fixture starts with the compiler's verdict, `accepts` or `refuses`, and
//! gives the reason.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

mod compiler;
mod scanner;

/// The facts that clients know of a handler or a push.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    kind: &'static str,
    name: String,
    docs: String,
}

/// The routes of a crate. Several traits may have the same push.
type Routes = BTreeSet<Route>;

/// The routes of the crate that starts with a file, or the reason why it is refused.
struct Verdict {
    scanned: Result<Routes, Refusal>,
    compiled: Result<Routes, Refusal>,
}

/// The errors of a crate that is refused.
#[derive(Clone, Debug, PartialEq)]
struct Refusal {
    text: String,
    /// The files and lines of the errors.
    places: BTreeSet<(PathBuf, usize)>,
}

impl Refusal {
    fn new(text: String, places: impl IntoIterator<Item = (PathBuf, usize)>) -> Self {
        let whole = |path: PathBuf| path.canonicalize().unwrap_or(path);
        Self { text, places: places.into_iter().map(|(path, line)| (whole(path), line)).collect() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The counts over all fixtures.
#[derive(Default)]
struct Count {
    equal: usize,
    routes: usize,
    refused: usize,
    explained: usize,
    wrong: Vec<String>,
}

impl Count {
    fn add(&mut self, fixture: &Path, verdicts: &[Verdict]) {
        let name = fixture.file_name().map(|name| name.display().to_string()).unwrap_or_default();
        let explanation = fs::read_to_string(fixture.join("compiler.txt")).ok();
        match self.judge(explanation.as_deref(), verdicts) {
            Ok(count) => *count += 1,
            Err(message) => self.wrong.push(format!("{name}: {message}")),
        }
    }

    /// Returns the count that includes the fixture, or the disagreement. The scanner reads all crates of a
    /// package at once.
    fn judge(
        &mut self,
        explanation: Option<&str>,
        verdicts: &[Verdict],
    ) -> Result<&mut usize, String> {
        let refusal = verdicts.iter().find_map(|verdict| verdict.scanned.as_ref().err());
        let complaint = verdicts.iter().find_map(|verdict| verdict.compiled.as_ref().err());
        let said = match explanation {
            None => None,
            Some(text) => match text.split_once(": ") {
                Some((said, why)) if !why.trim().is_empty() => Some(said),
                _ => return Err("`compiler.txt` needs a verdict and a reason".to_owned()),
            },
        };
        match (refusal, complaint, said) {
            // The compiler stops early, and sees no more than the scanner.
            (Some(refusal), Some(complaint), None) => {
                if !complaint.places.is_empty() && complaint.places.is_subset(&refusal.places) {
                    Ok(&mut self.refused)
                } else {
                    Err(format!("refused for different reasons: {refusal}\n{complaint}"))
                }
            }
            (Some(_), None, Some("accepts")) | (None, Some(_), Some("refuses")) => {
                Ok(&mut self.explained)
            }
            (Some(refusal), None, None) => Err(format!("only the scanner refuses:\n{refusal}")),
            (None, Some(complaint), None) => {
                Err(format!("only the compiler refuses:\n{complaint}"))
            }
            (_, _, Some(said)) => Err(format!("`compiler.txt` says `{said}`, which is not so")),
            (None, None, None) => {
                let differs = verdicts.iter().find(|of| of.scanned != of.compiled);
                match differs {
                    None => {
                        let routes = verdicts.iter().flat_map(|of| &of.scanned);
                        self.routes += routes.map(BTreeSet::len).sum::<usize>();
                        Ok(&mut self.equal)
                    }
                    Some(of) => Err(format!(
                        "the scanner finds {:?},\nthe compiler {:?}",
                        of.scanned, of.compiled
                    )),
                }
            }
        }
    }
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nano-syntax/fixtures");
    let entries = fs::read_dir(folder).expect("the fixtures");
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    found.sort();
    found
}

#[test]
#[expect(clippy::print_stdout, reason = "how many there are is worth a look")]
fn scanner_and_macros_agree() {
    let conditions = compiler::conditions();
    let todo = Mutex::new(fixtures().into_iter());
    let next = || todo.lock().ok().and_then(|mut todo| todo.next());
    let count = Mutex::new(Count::default());
    let work = || {
        while let Some(fixture) = next() {
            let own = scanner::config(&fixture);
            let all: Vec<_> = conditions.iter().chain(&own).cloned().collect();
            let roots = scanner::roots(&fixture);
            let scanned = scanner::routes(&fixture, &roots, &all);
            let verdicts: Vec<Verdict> = roots
                .iter()
                .zip(scanned)
                .map(|(root, scanned)| {
                    let own = own.iter().filter(|condition| !conditions.contains(condition));
                    let compiled = compiler::routes(&fixture, root, own);
                    Verdict { scanned, compiled }
                })
                .collect();
            count.lock().expect("no fixture panics").add(&fixture, &verdicts);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from).min(4) {
            scope.spawn(work);
        }
    });
    let Count { equal, routes, refused, explained, wrong } =
        count.into_inner().expect("no fixture panics");
    let summary = format!(
        "{equal} find the same {routes} routes, {refused} are refused by both, {explained} are explained"
    );
    println!("{summary}");
    assert!(wrong.is_empty(), "{}\n{summary}", wrong.join("\n\n"));
    assert!(equal + refused >= 50 && equal >= 38 && refused >= 12 && routes >= 85, "{summary}");
}

//! `cargo xtask fuzz`: the fuzz targets, one after another.

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::shell::{self, cargo, headline, root};

/// The time of one target, in seconds.
const SECONDS: &str = "60";

/// Runs all targets, or the one that is named, for a minute each or for `--seconds`. It needs cargo-fuzz.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (seconds, wanted) = match arguments {
        [] => (SECONDS, None),
        [name] if name != "--seconds" => (SECONDS, Some(name)),
        [option, seconds] if option == "--seconds" => (seconds.as_str(), None),
        [option, seconds, name] if option == "--seconds" => (seconds.as_str(), Some(name)),
        _ => return Err("expected `[--seconds <number>] [<target>]`".into()),
    };
    let folder = root().join("tests/fuzz");
    let targets = names(&folder.join("fuzz_targets"))?;
    if let Some(name) = wanted.filter(|name| !targets.contains(name)) {
        return Err(format!("unknown target {name}, expected one of {}", targets.join(", ")));
    }
    for target in targets.iter().filter(|name| wanted.is_none_or(|wanted| wanted == *name)) {
        headline(target);
        let (corpus, seeds) =
            (folder.join("corpus").join(target), folder.join("seeds").join(target));
        fs::create_dir_all(&corpus)
            .map_err(|error| format!("cannot create {}: {error}", corpus.display()))?;
        let mut command = cargo(&["fuzz", "run", target]);
        command.arg(corpus).arg(seeds).args(["--", &format!("-max_total_time={seconds}")]);
        // It lets a stable toolchain build with the sanitizer.
        shell::run(command.current_dir(root().join("tests")).env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}

/// Returns the names of the targets, in order.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let unreadable = |error| format!("cannot read {}: {error}", folder.display());
    let files = fs::read_dir(folder).map_err(unreadable)?;
    let paths = files.map(|file| file.map(|file| file.path()).map_err(unreadable));
    let mut names = paths
        .map(|path| Ok(path?.file_stem().unwrap_or_default().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>, String>>()?;
    names.sort_unstable();
    Ok(names)
}

//! Programs in Go, for the tests that need one.

use std::path::{Path, PathBuf};

use crate::shell::{capture, command, find_program, root, run};

/// Where the packages of go.dev put it, which is often not in `PATH`.
const INSTALLED: &str = "/usr/local/go/bin/go";

/// Builds the program in a folder of the repository. Returns the reason when this machine cannot build any, or cannot
/// have the modules.
pub(crate) fn build(folder: &str, program: &Path) -> Result<Result<(), String>, String> {
    let installed = || Some(PathBuf::from(INSTALLED)).filter(|path| path.is_file());
    let Some(go) = find_program(&["go"]).or_else(installed) else {
        return Ok(Err("Go is not installed: see https://go.dev/dl".to_owned()));
    };
    let folder = root().join(folder);
    // It downloads what the program needs, and compiles nothing.
    if let Err(error) = capture(command(&go, &["list", "-deps", "."]).current_dir(&folder)) {
        return Ok(Err(format!("its modules cannot be downloaded: {error}")));
    }
    run(command(go, &["build", "-o"]).arg(program).arg(".").current_dir(folder))?;
    Ok(Ok(()))
}

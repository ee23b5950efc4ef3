//! The runtime of C# clients, against the servers of the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use nano_build::manifest::Manifest;

use super::{Mono, generate, manifest, sources};
use crate::Outcome;
use crate::programs::Programs;
use crate::shell::root;

/// The files of the runtime, and of its folders.
pub(super) fn files() -> Result<Vec<PathBuf>, String> {
    let runtime = root().join("clients/csharp/Runtime");
    let mut files = sources(&runtime)?;
    files.extend(sources(&runtime.join("Internal"))?);
    Ok(files)
}

/// Checks that Unity finds an id for each file and folder: it skips those without in a package that it may not change.
pub(super) fn check_ids() -> Outcome {
    let mut taken = BTreeMap::new();
    let mut folders = vec![root().join("clients/csharp")];
    while let Some(folder) = folders.pop() {
        let problem = |error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(&folder).map_err(problem)? {
            let path = entry.map_err(problem)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // Unity does not look at folders whose names end so.
            if name.ends_with('~') || name.ends_with(".meta") {
                continue;
            }
            let meta = path.with_file_name(format!("{name}.meta"));
            let text = fs::read_to_string(&meta).unwrap_or_default();
            let id = text.strip_prefix("fileFormatVersion: 2\nguid: ").unwrap_or_default().trim();
            if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let wanted =
                    "write `fileFormatVersion: 2` and `guid: `, with 32 random hexadecimal digits";
                return Err(format!("{} has no id: {wanted}", meta.display()));
            }
            if let Some(other) = taken.insert(id.to_owned(), meta.clone()) {
                return Err(format!("{} and {} have one id", meta.display(), other.display()));
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(())
}

/// Takes out what C# has no form for, and the other languages have.
fn expressible(mut manifest: Manifest) -> Manifest {
    manifest.components.retain(|component| !component.name.starts_with("constructor."));
    for component in &mut manifest.components {
        component.handlers.retain(|handler| handler.route != "Echo.Bag");
    }
    manifest.types.retain(|ty| ty.name != "Bag");
    manifest
}

/// Compiles the tests with the runtime, its serializers and two generated clients, and runs them.
pub(super) fn test(mono: &Mono, work: &Path) -> Outcome {
    let tests = root().join("tests/csharp/runtime");
    let samples = root().join("clients/csharp/Samples~");
    let mut all = files()?;
    all.extend(sources(&samples.join("Json"))?);
    all.extend(sources(&samples.join("Protobuf"))?);
    all.extend(sources(&tests)?);
    for name in ["json", "protobuf"] {
        let path = root().join(format!("tests/typed/{name}/manifest.json"));
        all.extend(generate(&expressible(manifest(&path)?), &work.join(format!("typed_{name}")))?);
    }
    let program = work.join("runtime.exe");
    mono.compile_program(&program, &all)?;
    let certificates = work.join("certificates");
    fs::create_dir_all(&certificates)
        .map_err(|error| format!("{}: {error}", certificates.display()))?;
    let mut run: Command = mono.program(&program);
    // A handler panics on purpose.
    run.env("RUST_BACKTRACE", "0")
        .env("VECTORS", root().join("tests/vectors/go-nano.jsonl"))
        .env("CERTIFICATES", &certificates)
        // The store of trusted roots.
        .env("HOME", work)
        .env("XDG_CONFIG_HOME", work);
    let programs = Programs::build(&[])?;
    for (name, variable) in [
        ("typed-json", "TYPED_JSON_BIN"),
        ("typed-protobuf", "TYPED_PROTOBUF_BIN"),
        ("nano-tests-gate", "GATE_BIN"),
    ] {
        run.env(variable, programs.path(name)?);
    }
    Mono::expect_pass(&mut run, &program)
}

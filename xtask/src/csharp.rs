//! `cargo xtask csharp`: the C# client and generated code, compiled and run by Mono.

mod hostile;
mod runtime;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nano_build::emit::{ClientOptions, csharp};
use nano_build::manifest::Manifest;
use prost::Message as _;

use crate::Outcome;
use crate::shell::{command, find_program, headline, root, run as run_command};

const INSTALL: &str =
    "install Mono: `apt-get install --no-install-recommends mono-mcs libnewtonsoft-json5.0-cil`";

/// The library's path in Debian; `NEWTONSOFT_JSON` names another one.
const NEWTONSOFT: &str = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";

/// Compiles and runs `tests/csharp`.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    if let Some(argument) = arguments.first() {
        return Err(format!("unknown argument {argument}"));
    }
    let mono = Mono::find()?;
    let tests = root().join("tests/csharp");
    let work =
        tempfile::tempdir().map_err(|error| format!("a folder for the programs: {error}"))?;

    headline("C# runtime");
    runtime::check_ids()?;
    let nano = work.path().join("Nano.dll");
    mono.library(&nano, &runtime::files()?)?;
    let mono = Mono { nano: Some(nano), ..mono };
    headline("C# client of a JSON application");
    let client = generate(&manifest(&tests.join("pond.json"))?, &work.path().join("pond"))?;
    mono.passes(&tests.join("pond.cs"), &client)?;
    headline("C# that must not compile");
    for file in sources(&tests.join("wrong"))? {
        mono.refuses(&file, &client)?;
    }
    headline("C# client of a hostile manifest");
    let hostile = generate(&hostile::manifest()?, &work.path().join("hostile"))?;
    mono.compiles(&hostile)?;
    headline("C# client of a protobuf application");
    let mut manifest = manifest(&tests.join("game.json"))?;
    manifest.descriptors = Some(descriptors(&tests)?);
    let client = generate(&manifest, &work.path().join("game"))?;
    mono.passes(&tests.join("game.cs"), &client)?;
    headline("C# clients against their servers");
    runtime::test(&mono, work.path())
}

fn manifest(path: &Path) -> Result<Manifest, String> {
    let problem = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| problem(&error))?;
    Manifest::from_json(&text).map_err(|error| problem(&error))
}

fn descriptors(tests: &Path) -> Result<String, String> {
    let set = protox::compile(["game.proto"], [tests]).map_err(|error| error.to_string())?;
    Ok(STANDARD.encode(set.encode_to_vec()))
}

/// Writes the client into a folder and returns its files.
fn generate(manifest: &Manifest, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("{}: {error}", folder.display());
    fs::create_dir_all(folder).map_err(problem)?;
    let files = csharp(manifest, &ClientOptions::new()).map_err(|error| error.to_string())?;
    let write = |file: nano_build::emit::OutputFile| {
        let path = folder.join(file.path);
        fs::write(&path, file.text).map_err(problem)?;
        Ok(path)
    };
    files.into_iter().map(write).collect()
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(problem)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(problem));
    let mut files: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "cs"));
    files.sort();
    if files.is_empty() { Err(format!("no C# in {}", folder.display())) } else { Ok(files) }
}

/// The compiler, the runtime of its programs, and the libraries that they use.
#[derive(Clone)]
struct Mono {
    mcs: PathBuf,
    mono: PathBuf,
    newtonsoft: PathBuf,
    /// The runtime of generated clients, once it is compiled.
    nano: Option<PathBuf>,
}

impl Mono {
    fn find() -> Result<Self, String> {
        let program = |name: &str| {
            find_program(&[name]).ok_or_else(|| format!("{name} is not in PATH: {INSTALL}"))
        };
        let newtonsoft: PathBuf =
            env::var_os("NEWTONSOFT_JSON").map_or_else(|| NEWTONSOFT.into(), PathBuf::from);
        if !newtonsoft.is_file() {
            return Err(format!(
                "{} is no file: {INSTALL}, or set NEWTONSOFT_JSON to the path of Newtonsoft.Json.dll",
                newtonsoft.display()
            ));
        }
        Ok(Self { mcs: program("mcs")?, mono: program("mono")?, newtonsoft, nano: None })
    }

    /// The command that compiles files. All warnings are errors, so that users see none.
    fn compile(&self, target: &str, output: &Path, files: &[&Path]) -> Command {
        let mut compile = command(
            &self.mcs,
            &[
                // The newest that mcs knows; Unity has 7.3 and newer.
                "-langversion:7.2",
                "-debug",
                "-warnaserror",
                "-nowarn:1591",
                "-nologo",
                "-r:System.Runtime.Serialization.dll",
            ],
        );
        // Asked for documentation, the compiler checks comments as XML; not all items have one.
        compile.arg(format!("-doc:{}", output.with_extension("xml").display()));
        compile.arg(format!("-target:{target}"));
        compile.arg(format!("-r:{}", self.newtonsoft.display()));
        compile.args(self.nano.iter().map(|nano| format!("-r:{}", nano.display())));
        compile.arg(format!("-out:{}", output.display())).args(files);
        compile
    }

    /// Compiles a library.
    fn library(&self, output: &Path, files: &[PathBuf]) -> Outcome {
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        run_command(&mut self.compile("library", output, &files))
    }

    /// Compiles a program that holds the runtime itself, so that it can reach its insides.
    fn compile_program(&self, output: &Path, files: &[PathBuf]) -> Outcome {
        let alone = Self { nano: None, ..self.clone() };
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        run_command(&mut alone.compile("exe", output, &files))
    }

    /// The command that runs a program.
    fn program(&self, program: &Path) -> Command {
        let mut run = command(&self.mono, &["--debug"]);
        // Mono finds libraries beside the program and where it is told.
        let folders = [Some(&self.newtonsoft), self.nano.as_ref()];
        let folders = folders.into_iter().flatten().filter_map(|library| library.parent());
        run.env("MONO_PATH", env::join_paths(folders).unwrap_or_default()).arg(program);
        run
    }

    /// Runs a program whose last word is `PASS` if all is well.
    fn expect_pass(run: &mut Command, program: &Path) -> Outcome {
        println!("$ mono {}", program.display());
        let output = run
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("cannot run mono: {error}"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        print!("{said}");
        if output.status.success() && said.trim_end().ends_with("PASS") {
            Ok(())
        } else {
            Err(format!("{} failed: {}", program.display(), output.status))
        }
    }

    /// Compiles a client by itself.
    fn compiles(&self, client: &[PathBuf]) -> Outcome {
        self.library(&client[0].with_file_name("client.dll"), client)
    }

    /// Compiles a program with a client and runs it.
    fn passes(&self, program: &Path, client: &[PathBuf]) -> Outcome {
        let output = client[0].with_file_name("program.exe");
        let files: Vec<&Path> = client.iter().map(PathBuf::as_path).chain([program]).collect();
        run_command(&mut self.compile("exe", &output, &files))?;
        Self::expect_pass(&mut self.program(&output), program)
    }

    /// Compiles a file and expects the error that its first line names, and no other.
    fn refuses(&self, file: &Path, client: &[PathBuf]) -> Outcome {
        let text =
            fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let code =
            text.strip_prefix("// error ").and_then(|rest| rest.get(..6)).ok_or_else(|| {
                format!("{}: the first line has to name the error: // error CS0000", file.display())
            })?;
        let output = client[0].with_file_name("wrong.dll");
        let files: Vec<&Path> = client.iter().map(PathBuf::as_path).chain([file]).collect();
        let found = self
            .compile("library", &output, &files)
            .output()
            .map_err(|error| format!("cannot run mcs: {error}"))?;
        let said = String::from_utf8_lossy(&found.stderr);
        // CS1502 only leads to the argument that the next line is about.
        let counts = |line: &&str| line.contains(": error ") && !line.contains(": error CS1502:");
        let errors: Vec<&str> = said.lines().filter(counts).collect();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let expected =
            |line: &&str| line.contains(&*name) && line.contains(&format!("error {code}:"));
        match errors.as_slice() {
            [line] if !found.status.success() && expected(line) => {
                println!("{name}: {code}");
                Ok(())
            }
            _ => Err(format!("{name} should fail with {code} alone, but mcs said:\n{said}")),
        }
    }
}

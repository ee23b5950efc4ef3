//! `cargo nano new`: a project from a template.

mod name;
mod source;
mod templates;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::files;
use source::Source;
use templates::Template;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The folder to make; its last part is the name of the package
    path: PathBuf,
    /// The kind of game to begin with
    #[arg(long, value_enum, default_value = "chat")]
    template: Template,
    #[command(flatten)]
    source: source::Options,
}

impl Options {
    pub(crate) fn run(self) -> Outcome {
        let name = name::of(&self.path)?;
        let source = self.source.find()?;
        refuse_used(&self.path)?;
        for (path, text) in self.template.files() {
            files::write(&self.path.join(path), &filled(text, name, self.template, &source))?;
        }
        let (folder, template) = (self.path.display(), self.template);
        println!("{folder}: a new project from the template `{template}`. To start it:\n");
        println!("  cd {folder}\n  cargo run");
        println!(
            "\nand open the address that it prints, in two tabs. README.md there describes the rest."
        );
        Ok(())
    }
}

/// Fails when there is something at a path.
fn refuse_used(path: &Path) -> Outcome {
    let is_free = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    if is_free {
        return Ok(());
    }
    let failure = Failure::usage(format!("{} exists already", path.display()));
    Err(failure.help("choose another name, or delete it first: nothing is overwritten"))
}

/// Puts in what differs between projects.
fn filled(text: &str, name: &str, template: Template, source: &Source) -> String {
    text.replace("{{nano-build}}", &source.dependency("nano-build"))
        .replace("{{nano}}", &source.dependency("nano"))
        .replace("{{files}}", template.described())
        .replace("{{section}}", template.section())
        .replace("{{name}}", name)
}

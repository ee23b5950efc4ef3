//! Scans of the crates in `fixtures`, compared with their `expected.txt`.
//!
//! `UPDATE_EXPECT=1 cargo test -p nano-syntax --test fixtures` writes the files anew. A fixture's
//! roots are its `src/lib.rs` and `src/main.rs`; `config.txt` may add conditions, one on a line:
//! `cfg unix`, `cfg feature = "chat"`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use nano_syntax::Trigger;
use nano_syntax::scan::{
    CfgSet, ProtoPackage, RouteKind, Scan, ScannedCrate, Sources, TypeTree, TypeUse, scan,
};
use quote::ToTokens;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = fs::read_dir(folder).expect("the fixtures");
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable entry").path()).collect();
    found.sort();
    found
}

/// The files of a fixture; what a build script would generate stands in `proto`.
struct Fixture<'a>(&'a Path);

impl Sources for Fixture<'_> {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(self.0.join(path))
    }

    fn proto(&self, package: Option<&str>) -> Result<ProtoPackage, String> {
        let path = match package {
            Some(package) => Path::new("proto/nano_protos").join(format!("{package}.rs")),
            None => PathBuf::from("proto/nano_protos.rs"),
        };
        if !self.0.join(&path).exists() {
            return Err(format!("there is no `{}`", path.display()));
        }
        Ok(ProtoPackage::new(path))
    }
}

fn config(fixture: &Path) -> CfgSet {
    let text = fs::read_to_string(fixture.join("config.txt")).unwrap_or_default();
    text.lines().fold(CfgSet::new(), |set, line| {
        let condition = line.strip_prefix("cfg ").expect("`cfg ..`");
        match condition.split_once(" = ") {
            Some((name, value)) => set.key_value(name, value.trim_matches('"')),
            None => set.flag(condition),
        }
    })
}

/// Paths in the output are relative to the fixture, with `/` everywhere.
fn run(fixture: &Path) -> String {
    let roots: Vec<PathBuf> = ["src/lib.rs", "src/main.rs"]
        .into_iter()
        .map(PathBuf::from)
        .filter(|root| fixture.join(root).exists())
        .collect();
    let text = match scan(&roots, &config(fixture), &Fixture(fixture)) {
        Ok(found) => dump(&found),
        Err(errors) => {
            let mut text = String::new();
            for error in &errors.errors {
                // The lines after an empty one show the accepted forms, which have tests elsewhere.
                let line = error.to_string().split("\n\n").next().unwrap_or_default().to_owned();
                writeln!(text, "{:?} {line}", error.kind).expect("a string takes all");
            }
            text + &dump_files(&errors.files)
        }
    };
    text.replace('\\', "/")
}

fn dump(found: &Scan) -> String {
    let crates: String = found.crates.iter().map(dump_crate).collect();
    crates + &dump_files(&found.files)
}

fn dump_files(files: &[PathBuf]) -> String {
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    format!("files {}\n", files.join(" "))
}

fn dump_crate(found: &ScannedCrate) -> String {
    let mut out = format!("crate {}\n", found.root.display());
    let mut line = |indent: usize, text: String| {
        writeln!(out, "{}{text}", "  ".repeat(indent)).expect("a string takes all");
    };
    for component in &found.components {
        let ty = tokens(&component.ty);
        line(
            1,
            format!("component {} = {}::{ty} ({})", component.name, component.module, component.at),
        );
        docs(&component.docs, 2, &mut line);
        for handler in &component.handlers {
            let payload = handler.payload.as_ref().map(dump_type).unwrap_or_default();
            let reply = handler.reply.as_ref().map(|reply| format!(" -> {}", dump_type(reply)));
            let concurrent = if handler.handler.concurrent { " concurrent" } else { "" };
            let notify = if handler.handler.is_request { "" } else { " notify" };
            line(
                2,
                format!(
                    "{}({payload}){}{concurrent}{notify} ({})",
                    handler.handler.route,
                    reply.unwrap_or_default(),
                    handler.at
                ),
            );
            docs(&handler.handler.docs, 3, &mut line);
        }
        for hook in &component.hooks {
            let trigger = match &hook.trigger {
                Trigger::Lifecycle(moment) => format!("{moment:?}"),
                Trigger::Session(event) => format!("{event:?}"),
                Trigger::Node(event) => format!("node {event:?}"),
                Trigger::RoomLost => "room lost".to_owned(),
                Trigger::Handshake => "Handshake".to_owned(),
                Trigger::Enter => "enter".to_owned(),
                Trigger::Leave => "leave".to_owned(),
                Trigger::Room(event) => format!("room {event:?}"),
                Trigger::Every(period) => format!("every {period:?}"),
                Trigger::Cron(expression) => format!("cron {expression}"),
            };
            line(2, format!("hook {}: {trigger}", hook.label));
        }
    }
    for push in &found.pushes {
        line(1, format!("push {}::{} ({})", push.module, push.name, push.at));
        docs(&push.docs, 2, &mut line);
        for event in &push.events {
            let message = event.message.as_ref().map(dump_type).unwrap_or_default();
            line(2, format!("{}({message}) ({})", event.event.route, event.at));
            docs(&event.event.docs, 3, &mut line);
        }
    }
    for (at, ty) in found.types.iter().enumerate() {
        let proto = ty.proto.as_ref().map(|proto| {
            format!(" = {}: {}", proto.package.as_deref().unwrap_or("all"), proto.path)
        });
        line(1, format!("type {at} = {}{} ({})", ty.path, proto.unwrap_or_default(), ty.at));
        docs(&ty.docs, 2, &mut line);
        line(2, tokens(&ty.item));
        for used in &ty.uses {
            line(2, format!("uses {}", dump_type(used)));
        }
    }
    let routes = found.routes();
    let routes: Vec<String> = routes
        .iter()
        .map(|route| match route.kind {
            RouteKind::Handler => route.name.clone(),
            RouteKind::Push => format!("!{}", route.name),
        })
        .collect();
    line(1, format!("routes {}", routes.join(" ")));
    out
}

fn docs(text: &str, indent: usize, line: &mut impl FnMut(usize, String)) {
    for text in text.lines() {
        line(indent, format!("/// {text}").trim_end().to_owned());
    }
}

/// The type and its meaning. Types of the crate are numbers.
fn dump_type(used: &TypeUse) -> String {
    format!("{} [{}]", tokens(&used.ty), dump_tree(&used.tree))
}

fn dump_tree(tree: &TypeTree) -> String {
    let list = |of: &[TypeTree]| of.iter().map(dump_tree).collect::<Vec<_>>().join(", ");
    match tree {
        TypeTree::Path { path, local, arguments } => {
            let name = local.map_or_else(|| path.clone(), |at| at.to_string());
            if arguments.is_empty() { name } else { format!("{name}<{}>", list(arguments)) }
        }
        TypeTree::Parameter(name) => format!("${name}"),
        TypeTree::Tuple(elements) => format!("({})", list(elements)),
        TypeTree::Array(element) => format!("[{}; _]", dump_tree(element)),
        TypeTree::Slice(element) => format!("[{}]", dump_tree(element)),
        TypeTree::Other(text) => format!("? {text}"),
    }
}

fn tokens(of: &impl ToTokens) -> String {
    let text = of.to_token_stream().to_string();
    [(" :: ", "::"), (" < ", "<"), (" >", ">"), ("< ", "<"), (" ,", ",")]
        .into_iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

#[test]
fn what_is_found_is_what_is_expected() {
    let (mut different, mut right, mut faulty) = (Vec::new(), 0, 0);
    for fixture in fixtures() {
        let found = run(&fixture);
        if found.starts_with("crate ") {
            right += 1
        } else {
            faulty += 1
        }
        let file = fixture.join("expected.txt");
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&file, &found).expect("a writable fixture");
        }
        let expected = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        if found != expected {
            different.push(format!("{}:\n{found}\nexpected:\n{expected}", fixture.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(right >= 25 && faulty >= 15, "{right} are right, {faulty} faulty");
}

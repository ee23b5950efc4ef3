//! The loader, which follows `mod` from the root of a crate to all of its files.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use proc_macro2::Span;

use super::cfg_set::CfgSet;
use super::directory::{self, Candidates, Directory};
use super::error::{ErrorKind, Location, ScanError};
use super::source::{self, Fault, ModuleNode, Node, Source};
use super::sources::{ProtoPackage, ProtoUse, Sources};
use super::tree::{Entry, Module, ModuleId, Tree};
use crate::name::unraw;

/// The largest number of files of all crates.
const MAX_FILES: usize = 10_000;
/// The largest number of modules of all crates; one file may be many modules, by `#[path]`.
const MAX_MODULES: usize = 20_000;
/// The deepest nesting of modules.
const MAX_DEPTH: usize = 128;
/// The largest amount of text of all crates, in bytes.
const MAX_BYTES: usize = 256 << 20;

/// The files that have been read so far.
pub(super) struct Loader<'a> {
    pub(super) cfg: &'a CfgSet,
    from: &'a dyn Sources,
    /// The files that are there, in the order of reading.
    files: Vec<PathBuf>,
    by_path: HashMap<PathBuf, usize>,
    sources: Vec<Rc<Source>>,
    /// The files that only `include_protos!` and `include_proto!` name.
    packages: HashSet<usize>,
    /// Files that were looked for and do not exist.
    missing: Vec<PathBuf>,
    /// The mistakes, each with the position of its file.
    errors: Vec<(usize, ScanError)>,
    bytes: usize,
    modules: usize,
    is_full: bool,
}

impl<'a> Loader<'a> {
    pub(super) fn new(cfg: &'a CfgSet, from: &'a dyn Sources) -> Self {
        Self {
            cfg,
            from,
            files: Vec::new(),
            by_path: HashMap::new(),
            sources: Vec::new(),
            packages: HashSet::new(),
            missing: Vec::new(),
            errors: Vec::new(),
            bytes: 0,
            modules: 0,
            is_full: false,
        }
    }

    /// The path of a file.
    pub(super) fn file(&self, file: usize) -> PathBuf {
        self.files.get(file).cloned().unwrap_or_default()
    }

    /// Adds a mistake in a file.
    pub(super) fn report(&mut self, file: usize, fault: Fault) {
        let Fault { kind, line, column, message } = fault;
        let at = Location { file: self.file(file), line, column };
        let error = ScanError { kind, at, message };
        self.add(file, error);
    }

    /// Adds mistakes of the crates as a whole, but for places that have one already: the parser has
    /// reported the routes that are claimed twice in one component.
    pub(super) fn report_rest(&mut self, mut errors: Vec<ScanError>) {
        errors.retain(|error| !self.errors.iter().any(|(_, known)| known.at == error.at));
        for error in errors {
            let file = self.by_path.get(&error.at.file).copied().unwrap_or_default();
            self.add(file, error);
        }
    }

    fn add(&mut self, file: usize, error: ScanError) {
        // A file that is two modules, or part of two crates, is reported once.
        if !self.errors.iter().any(|(_, other)| *other == error) {
            self.errors.push((file, error));
        }
    }

    /// Returns the files that were read or looked for, and the mistakes in them.
    pub(super) fn finish(mut self) -> (Vec<PathBuf>, Vec<ScanError>) {
        self.errors.sort_by_key(|(file, error)| (*file, error.at.line, error.at.column));
        let own = self.files.into_iter().enumerate();
        let own = own.filter(|(file, _)| !self.packages.contains(file)).map(|(_, path)| path);
        let files = own.chain(self.missing).collect();
        (files, self.errors.into_iter().map(|(_, error)| error).collect())
    }

    /// Reads a crate. The tree of a crate without a root is empty.
    pub(super) fn load(&mut self, root: &Path) -> Tree {
        let mut tree = Tree::default();
        let file = match self.open(root) {
            Ok(file) => file,
            Err(error) => {
                let file = self.enter(root, Source { is_active: false, nodes: Vec::new() });
                let message = format!("cannot read the root of the crate: {error}");
                self.report(file, Fault { kind: ErrorKind::Read, line: 1, column: 1, message });
                return tree;
            }
        };
        let Some(source) = self.source(file).filter(|source| source.is_active) else {
            return tree;
        };
        tree.modules.push(Module::new("crate".to_owned(), None, file));
        let mut walk = Walk { loader: self, tree, stack: vec![directory::normal(root)] };
        walk.fill(0, &source.nodes, &Directory::beside(root), 0);
        walk.tree
    }

    /// The contents of a file.
    pub(super) fn source(&self, file: usize) -> Option<Rc<Source>> {
        self.sources.get(file).cloned()
    }

    /// The position of the file of a message package, or of all, and the packages that it uses; or
    /// the mistake.
    pub(super) fn open_package(
        &mut self,
        package: Option<&str>,
    ) -> Result<(usize, Vec<ProtoUse>), String> {
        let ProtoPackage { path, uses } = self.from.proto(package)?;
        let known = self.files.len();
        let file = self.parsed(&path).map_err(|error| {
            format!("cannot read the messages in `{}`: {error}", path.display())
        })?;
        if file >= known {
            self.packages.insert(file);
        }
        Ok((file, uses))
    }

    /// The position of a file of the crate.
    fn open(&mut self, path: &Path) -> io::Result<usize> {
        let file = self.parsed(path)?;
        self.packages.remove(&file);
        Ok(file)
    }

    /// The position of a file, which is read at the first call.
    fn parsed(&mut self, path: &Path) -> io::Result<usize> {
        if let Some(file) = self.by_path.get(path) {
            return Ok(*file);
        }
        let text = self.from.read(path)?;
        self.bytes = self.bytes.saturating_add(text.len());
        let (source, faults) = if self.bytes > MAX_BYTES {
            let message = format!("the sources are more than {MAX_BYTES} bytes long");
            (None, vec![Fault { kind: ErrorKind::Limit, line: 1, column: 1, message }])
        } else {
            source::parse(&text, self.cfg)
        };
        let source = source.unwrap_or(Source { is_active: false, nodes: Vec::new() });
        let file = self.enter(path, source);
        for fault in faults {
            self.report(file, fault);
        }
        Ok(file)
    }

    fn enter(&mut self, path: &Path, source: Source) -> usize {
        let file = self.files.len();
        self.files.push(path.to_owned());
        self.by_path.insert(path.to_owned(), file);
        self.sources.push(Rc::new(source));
        file
    }

    /// The file of a module; a fault is reported at `mod` in the file `from`.
    fn find(&mut self, from: usize, node: &ModuleNode, directory: &Directory) -> Option<Found> {
        let name = unraw(&node.ident);
        let problem = match directory.candidates(&name, node.path.as_deref()) {
            Candidates::Named(path) => match self.try_open(&path) {
                Ok(Some(file)) => {
                    let inside = Directory::beside(&path);
                    return Some(Found { file, path, inside });
                }
                Ok(None) => {
                    let problem =
                        format!("file for module `{name}` not found: `{}`", path.display());
                    self.missing.push(path);
                    (ErrorKind::Module, problem)
                }
                Err(error) => unreadable(&path, &error),
            },
            Candidates::Either(own, nested) => {
                match (self.try_open(&own), self.try_open(&nested)) {
                    (Ok(Some(file)), Ok(None)) => {
                        let inside = Directory::below(&own, &name);
                        return Some(Found { file, path: own, inside });
                    }
                    (Ok(None), Ok(Some(file))) => {
                        let inside = Directory::beside(&nested);
                        return Some(Found { file, path: nested, inside });
                    }
                    (Ok(None), Ok(None)) => {
                        let problem = format!(
                            "file for module `{name}` not found: neither `{}` nor `{}` exists",
                            own.display(),
                            nested.display()
                        );
                        self.missing.extend([own, nested]);
                        (ErrorKind::Module, problem)
                    }
                    (Ok(Some(_)), Ok(Some(_))) => {
                        let problem = format!(
                            "file for module `{name}` found twice: `{}` and `{}`; remove one",
                            own.display(),
                            nested.display()
                        );
                        (ErrorKind::Module, problem)
                    }
                    (Err(error), _) => unreadable(&own, &error),
                    (_, Err(error)) => unreadable(&nested, &error),
                }
            }
        };
        let (kind, message) = problem;
        self.report(from, Fault::new(kind, node.ident.span(), message));
        None
    }

    /// `None` for a file that does not exist.
    fn try_open(&mut self, path: &Path) -> io::Result<Option<usize>> {
        match self.open(path) {
            Ok(file) => Ok(Some(file)),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Counts a module in. Exceeding a limit is reported once, at the first module beyond it.
    pub(super) fn has_room(&mut self, file: usize, at: Span, depth: usize) -> bool {
        self.modules += 1;
        let problem = if depth > MAX_DEPTH {
            format!("modules nest too deep, the limit is {MAX_DEPTH}")
        } else if self.modules > MAX_MODULES {
            format!("there are too many modules, the limit is {MAX_MODULES}")
        } else if self.files.len() >= MAX_FILES {
            format!("there are too many files, the limit is {MAX_FILES}")
        } else {
            return true;
        };
        if !std::mem::replace(&mut self.is_full, true) {
            self.report(file, Fault::new(ErrorKind::Limit, at, problem));
        }
        false
    }
}

fn unreadable(path: &Path, error: &io::Error) -> (ErrorKind, String) {
    (ErrorKind::Read, format!("cannot read `{}`: {error}", path.display()))
}

/// A module's file, and the folder of its own children.
struct Found {
    file: usize,
    path: PathBuf,
    inside: Directory,
}

/// The way from a crate's root to one of its modules.
struct Walk<'l, 'a> {
    loader: &'l mut Loader<'a>,
    tree: Tree,
    /// The files that are being read, the outermost first.
    stack: Vec<PathBuf>,
}

impl Walk<'_, '_> {
    fn fill(&mut self, id: ModuleId, nodes: &[Node], directory: &Directory, depth: usize) {
        for node in nodes {
            match node {
                Node::Item(item) => {
                    if let Some(module) = self.tree.modules.get_mut(id) {
                        let (item, file) = (item.clone(), module.file);
                        module.add(Entry { item, file, proto: None });
                    }
                }
                Node::Module(node) => self.child(id, node, directory, depth + 1),
            }
        }
    }

    fn add_child(&mut self, parent: ModuleId, node: &ModuleNode, file: usize) -> ModuleId {
        let id = self.tree.add_child(parent, &unraw(&node.ident), file);
        if let Some(module) = self.tree.modules.get_mut(id) {
            module.attributes.clone_from(&node.attributes);
        }
        id
    }

    fn child(&mut self, parent: ModuleId, node: &ModuleNode, directory: &Directory, depth: usize) {
        let Some(file) = self.tree.modules.get(parent).map(|module| module.file) else { return };
        if !self.loader.has_room(file, node.ident.span(), depth) {
            return;
        }
        let name = unraw(&node.ident);
        if let Some(nodes) = &node.inline {
            let directory = directory.inline(&name, node.path.as_deref());
            let id = self.add_child(parent, node, file);
            self.fill(id, nodes, &directory, depth);
            return;
        }
        let Some(found) = self.loader.find(file, node, directory) else { return };
        let normal = directory::normal(&found.path);
        if let Some(start) = self.stack.iter().position(|path| *path == normal) {
            let circle = self.stack.iter().skip(start).chain([&normal]);
            let circle: Vec<String> = circle.map(|path| format!("`{}`", path.display())).collect();
            let message = format!("modules in a circle: {}", circle.join(" -> "));
            self.loader.report(file, Fault::new(ErrorKind::Module, node.ident.span(), message));
            return;
        }
        let Some(source) = self.loader.source(found.file) else { return };
        if source.is_active {
            let id = self.add_child(parent, node, found.file);
            self.stack.push(normal);
            self.fill(id, &source.nodes, &found.inside, depth);
            self.stack.pop();
        }
    }
}

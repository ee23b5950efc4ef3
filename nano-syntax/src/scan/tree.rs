//! The modules of a crate, with the names in them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

use syn::{Attribute, Ident, Item, UseTree};

use crate::name::unraw;

/// The modules of one crate, the first of which is its root; or of several that are linked.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) modules: Vec<Module>,
    /// The roots of linked crates, by the names that the others know them by.
    externs: HashMap<String, ModuleId>,
    /// The names of crates that one knows by another name, by its root.
    renamed: HashMap<ModuleId, BTreeMap<String, String>>,
}

/// A crate to be put together with others.
#[derive(Debug)]
pub(super) struct Linked {
    /// The name by which others know it.
    pub(super) name: Option<String>,
    /// The names of crates that it knows by another name.
    pub(super) renamed: BTreeMap<String, String>,
    pub(super) tree: Tree,
}

/// The position of a module in its tree.
pub(super) type ModuleId = usize;

/// One module.
#[derive(Debug)]
pub(super) struct Module {
    /// Its path in the crate, as `crate::room`.
    path: String,
    /// The root of its crate.
    pub(super) krate: ModuleId,
    pub(super) parent: Option<ModuleId>,
    /// The file that it is in, by its position in the list of files.
    pub(super) file: usize,
    /// The attributes of its `mod`.
    pub(super) attributes: Vec<Attribute>,
    pub(super) items: Vec<Entry>,
    pub(super) children: HashMap<String, ModuleId>,
    /// The structs, enums, unions and type aliases, by their position in `items`.
    pub(super) types: HashMap<String, usize>,
    /// The names of the constants and statics.
    pub(super) values: HashSet<String>,
    /// The paths that names are imported from; one name may mean a type and a macro.
    pub(super) imports: HashMap<String, Vec<Import>>,
    /// The paths that are imported with `*`.
    pub(super) globs: Vec<Import>,
}

/// An item of a module.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) item: Rc<Item>,
    /// The file that it is in, which is not the module's if it was included.
    pub(super) file: usize,
    /// Its origin, if `include_protos!` or `include_proto!` brought it in.
    pub(super) proto: Option<Rc<ProtoModule>>,
}

/// A module of the file that was generated for a message package, or for all.
#[derive(Debug)]
pub(super) struct ProtoModule {
    /// The package; `None` in the file of all.
    pub(super) package: Option<String>,
    /// Its path from the top of the file, as `outer::inner`; empty for the file itself.
    pub(super) path: String,
}

impl ProtoModule {
    /// The path of an item inside.
    pub(super) fn join(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}::{name}", self.path) }
    }
}

impl Tree {
    /// Puts crates together, so that each finds the items of the others. Programs have no name, and
    /// their items cannot be found.
    ///
    /// Returns the range of the modules of each crate.
    pub(super) fn link(crates: Vec<Linked>) -> (Self, Vec<Range<ModuleId>>) {
        let mut linked = Self::default();
        let mut ranges = Vec::with_capacity(crates.len());
        for Linked { name, renamed, tree } in crates {
            let krate = linked.modules.len();
            linked.renamed.insert(krate, renamed);
            linked.modules.extend(tree.modules.into_iter().map(|mut module| {
                module.krate = krate;
                module.parent = module.parent.map(|parent| parent + krate);
                module.children.values_mut().for_each(|child| *child += krate);
                module
            }));
            ranges.push(krate..linked.modules.len());
            if let (Some(name), true) = (name, linked.modules.len() > krate) {
                linked.externs.insert(name, krate);
            }
        }
        (linked, ranges)
    }

    /// The root of another crate.
    pub(super) fn extern_root(&self, name: &str) -> Option<ModuleId> {
        self.externs.get(name).copied()
    }

    /// The name of a crate that another one knows by `name`.
    pub(super) fn real_name<'a>(&'a self, krate: ModuleId, name: &'a str) -> &'a str {
        self.renamed.get(&krate).and_then(|names| names.get(name)).map_or(name, String::as_str)
    }

    /// The path of a module in its crate, as `crate::room`.
    pub(super) fn own_path(&self, id: ModuleId) -> String {
        self.modules.get(id).map(|module| module.path.clone()).unwrap_or_default()
    }

    /// The path of a module as a crate sees it: its own start with `crate`, others with their name.
    pub(super) fn path(&self, id: ModuleId, from: ModuleId) -> String {
        let Some(module) = self.modules.get(id) else { return String::new() };
        let name = self.externs.iter().find(|(_, root)| **root == module.krate);
        match (name, module.path.strip_prefix("crate")) {
            (Some((name, _)), Some(rest)) if module.krate != from => format!("{name}{rest}"),
            _ => module.path.clone(),
        }
    }

    /// Adds a module inside another.
    pub(super) fn add_child(&mut self, parent: ModuleId, name: &str, file: usize) -> ModuleId {
        let id = self.modules.len();
        let mut path = String::new();
        if let Some(parent) = self.modules.get_mut(parent) {
            path = format!("{}::{name}", parent.path);
            parent.children.insert(name.to_owned(), id);
        }
        self.modules.push(Module::new(path, Some(parent), file));
        id
    }
}

/// The path of a `use`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// True if it starts with `::`.
    pub(super) is_global: bool,
    pub(super) segments: Vec<String>,
}

impl Import {
    /// The path of an attribute, a macro or a type.
    pub(super) fn of(path: &syn::Path) -> Self {
        Self {
            is_global: path.leading_colon.is_some(),
            segments: path.segments.iter().map(|segment| unraw(&segment.ident)).collect(),
        }
    }
}

impl Module {
    pub(super) fn new(path: String, parent: Option<ModuleId>, file: usize) -> Self {
        Self {
            path,
            krate: 0,
            parent,
            file,
            attributes: Vec::new(),
            items: Vec::new(),
            children: HashMap::new(),
            types: HashMap::new(),
            values: HashSet::new(),
            imports: HashMap::new(),
            globs: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, entry: Entry) {
        let mut name_type = |ident: &Ident| self.types.insert(unraw(ident), self.items.len());
        match &*entry.item {
            Item::Struct(item) => drop(name_type(&item.ident)),
            Item::Enum(item) => drop(name_type(&item.ident)),
            Item::Union(item) => drop(name_type(&item.ident)),
            Item::Type(item) => drop(name_type(&item.ident)),
            Item::Const(item) => drop(self.values.insert(unraw(&item.ident))),
            Item::Static(item) => drop(self.values.insert(unraw(&item.ident))),
            Item::Use(item) => {
                let start = Import { is_global: item.leading_colon.is_some(), segments: vec![] };
                self.import(&item.tree, start);
            }
            Item::ExternCrate(item) => {
                let renamed = item.rename.as_ref().map(|(_, ident)| ident);
                let name = unraw(renamed.unwrap_or(&item.ident));
                let own = item.ident == "self";
                let first = if own { "crate".to_owned() } else { unraw(&item.ident) };
                let import = Import { is_global: !own, segments: vec![first] };
                self.imports.entry(name).or_default().push(import);
            }
            _ => {}
        }
        self.items.push(entry);
    }

    fn import(&mut self, tree: &UseTree, mut import: Import) {
        match tree {
            UseTree::Path(tree) => {
                import.segments.push(unraw(&tree.ident));
                self.import(&tree.tree, import);
            }
            UseTree::Name(tree) => self.import_as(&tree.ident, &tree.ident, import),
            UseTree::Rename(tree) => self.import_as(&tree.ident, &tree.rename, import),
            UseTree::Glob(_) => self.globs.push(import),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, import.clone());
                }
            }
        }
    }

    /// `ident` is the last segment, or the `self` in `use room::{self}`.
    fn import_as(&mut self, ident: &Ident, name: &Ident, mut import: Import) {
        let is_self = ident == "self" && !import.segments.is_empty();
        if !is_self {
            import.segments.push(unraw(ident));
        }
        let name = match import.segments.last() {
            Some(last) if is_self && name == "self" => last.clone(),
            _ => unraw(name),
        };
        // Nothing can refer to `use Trait as _`, and the others are starts of paths.
        if !matches!(name.as_str(), "_" | "self" | "super" | "crate") {
            self.imports.entry(name).or_default().push(import);
        }
    }
}

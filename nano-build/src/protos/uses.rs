//! The uses of one message package by another.

use std::collections::{BTreeMap, BTreeSet};

use nano_syntax::scan::ProtoUse;
use prost_types::{DescriptorProto, FileDescriptorProto};

/// The uses of other packages by each: one type of each is enough to tell that they find each other.
///
/// `types` has the path in Rust of each type that was generated, by its full name.
pub(super) fn find(
    files: &[FileDescriptorProto],
    modules: &BTreeMap<String, Vec<String>>,
    types: &BTreeMap<&str, String>,
) -> BTreeMap<String, Vec<ProtoUse>> {
    let mut found: BTreeMap<String, BTreeMap<&str, &str>> = BTreeMap::new();
    for file in files {
        let mut named = BTreeSet::new();
        file.message_type.iter().for_each(|message| fields(message, &mut named));
        let used = found.entry(file.package().to_owned()).or_default();
        for name in named {
            if let Some((package, ty)) = owner(name, modules).zip(types.get(name))
                && modules.get(package) != modules.get(file.package())
            {
                used.entry(package).or_insert(ty);
            }
        }
    }
    let to_uses = |(package, used): (String, BTreeMap<&str, &str>)| {
        let module = modules.get(&package).map_or(&[][..], Vec::as_slice);
        let uses = used
            .into_iter()
            .map(|(used, ty)| ProtoUse { package: used.to_owned(), path: relative(module, ty) });
        (package, uses.collect())
    };
    found.into_iter().map(to_uses).collect()
}

/// The full names of the types of a message's fields, and of those inside.
fn fields<'a>(message: &'a DescriptorProto, found: &mut BTreeSet<&'a str>) {
    found.extend(message.field.iter().filter_map(|field| field.type_name().strip_prefix('.')));
    message.nested_type.iter().for_each(|message| fields(message, found));
}

/// The package that a type is declared in: the longest that its name starts with.
fn owner<'a>(name: &str, modules: &'a BTreeMap<String, Vec<String>>) -> Option<&'a str> {
    let ends = name.rmatch_indices('.').map(|(at, _)| at).chain([0]);
    ends.filter_map(|end| modules.get_key_value(&name[..end]))
        .map(|(package, _)| package.as_str())
        .next()
}

/// The path of a type from a module, as prost writes it.
fn relative(module: &[String], ty: &str) -> String {
    let path: Vec<&str> = ty.split("::").collect();
    let common = module.iter().zip(&path).take_while(|(one, other)| one == other).count();
    let up = std::iter::repeat_n("super", module.len() - common);
    up.chain(path.into_iter().skip(common)).collect::<Vec<_>>().join("::")
}

//! Names by the rules of `protoc-gen-es`.

use std::collections::BTreeSet;

use prost_types::{EnumDescriptorProto, FileDescriptorProto};

use super::walk::walk;
use crate::emit::text;

/// The exports of a file.
pub(super) struct Names {
    /// The description of the file.
    pub(super) file: String,
    /// The type and the description of each message and enum, in the order of [`walk`].
    pub(super) types: Vec<(String, String)>,
}

/// Names all exports of a file, without a clash.
pub(super) fn of(file: &FileDescriptorProto) -> Names {
    let package = file.package();
    let base: Vec<String> = walk(file)
        .into_iter()
        .map(|found| {
            let name = found.full_name.strip_prefix(package).unwrap_or(&found.full_name);
            identifier(name.trim_start_matches('.'))
        })
        .collect();
    let mut taken = BTreeSet::new();
    let shapes: Vec<_> = base.iter().map(|name| exported(name, &mut taken)).collect();
    let path = file.name().strip_suffix(".proto").unwrap_or(file.name());
    let file = exported(&format!("file_{}", squeeze(path)), &mut taken);
    let schemas = base.iter().map(|name| exported(&format!("{name}Schema"), &mut taken));
    let types = shapes.into_iter().zip(schemas.collect::<Vec<_>>()).collect();
    Names { file, types }
}

fn exported(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    // `Uint8Array` and the like are used in the modules themselves.
    let reserved =
        text::is_reserved(wanted) || matches!(wanted, "Object" | "Uint8Array" | "Partial");
    let wanted = if reserved { format!("{wanted}$") } else { wanted.to_owned() };
    text::unique(&wanted, taken, salt)
}

/// The suffix for a name that is taken: `$`, `$1`, `$2` ..
pub(super) fn salt(attempt: usize) -> String {
    if attempt == 1 { "$".into() } else { format!("${}", attempt - 1) }
}

/// A name without its package as one word: `Parent_Nested`. Names in descriptors are identifiers;
/// others are made harmless.
fn identifier(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// A path as an identifier, with one underscore for each run of other characters.
pub(super) fn squeeze(path: &str) -> String {
    let mut word = String::with_capacity(path.len());
    let mut gap = false;
    for c in path.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits {
            word.push(c);
        } else if !gap {
            word.push('_');
        }
        gap = !fits;
    }
    word
}

/// A field's name as a property, by protobuf's rule for JSON.
pub(super) fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for c in name.chars() {
        match c {
            '_' => upper = true,
            c if upper && !c.is_ascii_digit() => {
                camel.push(c.to_ascii_uppercase());
                upper = false;
            }
            c => {
                camel.push(c);
                upper = false;
            }
        }
    }
    camel
}

/// A property that does not hide one that every object has.
pub(super) fn property(name: &str) -> String {
    let taken = matches!(name, "constructor" | "toString" | "toJSON" | "valueOf");
    if taken { format!("{name}$") } else { name.to_owned() }
}

/// The names of an enum's values, without the name of the enum where all start with it.
pub(super) fn values(item: &EnumDescriptorProto) -> Vec<String> {
    let mut prefix = String::new();
    for (at, c) in item.name().chars().enumerate() {
        if at > 0 && c.is_ascii_uppercase() {
            prefix.push('_');
        }
        prefix.push(c.to_ascii_lowercase());
    }
    prefix.push('_');
    let short = |name: &str| {
        let head = name.get(..prefix.len())?;
        let rest = name.get(prefix.len()..)?;
        let fits =
            head.eq_ignore_ascii_case(&prefix) && rest.starts_with(|c: char| !c.is_ascii_digit());
        fits.then(|| rest.to_owned())
    };
    let names = || item.value.iter().map(|value| value.name());
    let shortened: Option<Vec<_>> = names().map(short).collect();
    let chosen = shortened.unwrap_or_else(|| names().map(str::to_owned).collect());
    chosen.iter().map(|name| property(name)).collect()
}

/// The module of the package that has a file of Google's.
pub(super) fn well_known(path: &str) -> Option<&'static str> {
    match path {
        "google/protobuf/any.proto"
        | "google/protobuf/descriptor.proto"
        | "google/protobuf/duration.proto"
        | "google/protobuf/empty.proto"
        | "google/protobuf/field_mask.proto"
        | "google/protobuf/struct.proto"
        | "google/protobuf/timestamp.proto"
        | "google/protobuf/wrappers.proto"
        | "google/protobuf/compiler/plugin.proto" => Some("@bufbuild/protobuf/wkt"),
        "google/protobuf/api.proto" => Some("@bufbuild/protobuf/wkt/google/protobuf/api_pb.js"),
        "google/protobuf/source_context.proto" => {
            Some("@bufbuild/protobuf/wkt/google/protobuf/source_context_pb.js")
        }
        "google/protobuf/type.proto" => Some("@bufbuild/protobuf/wkt/google/protobuf/type_pb.js"),
        _ => None,
    }
}

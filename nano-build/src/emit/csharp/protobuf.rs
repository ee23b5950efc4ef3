//! The names of the classes that `protoc --csharp_out` generates for messages.

use std::collections::BTreeMap;

use prost_types::DescriptorProto;

use super::{Payload, Payloads, text};
use crate::manifest::{Manifest, Type};

/// The classes of messages, by their full names.
pub(super) struct Messages(BTreeMap<String, String>);

impl Messages {
    pub(super) fn of(manifest: &Manifest, problems: &mut Vec<String>) -> Self {
        let mut classes = BTreeMap::new();
        match manifest.descriptor_set() {
            Ok(set) => {
                for file in &set.file {
                    let options = file.options.as_ref();
                    let namespace =
                        match options.and_then(|options| options.csharp_namespace.as_ref()) {
                            Some(namespace) => namespace.clone(),
                            None => pascal_case(file.package()),
                        };
                    if !namespace.is_empty() && !text::is_namespace(&namespace) {
                        problems.push(format!(
                            "{}: `{}` is no namespace of C#: set `csharp_namespace`",
                            file.name().escape_debug(),
                            namespace.escape_debug()
                        ));
                        continue;
                    }
                    let dot = if namespace.is_empty() { "" } else { "." };
                    let scope = format!("global::{namespace}{dot}");
                    add(&file.message_type, file.package(), &scope, &mut classes);
                }
            }
            Err(problem) => problems.push(problem),
        }
        Self(classes)
    }
}

fn add(
    messages: &[DescriptorProto],
    package: &str,
    scope: &str,
    classes: &mut BTreeMap<String, String>,
) {
    for message in messages {
        // A name that is no identifier would change the code around it; protoc refuses it as well.
        if !is_identifier(message.name()) {
            continue;
        }
        let dot = if package.is_empty() { "" } else { "." };
        let name = format!("{package}{dot}{}", message.name());
        let class = format!("{scope}{}", text::verbatim(message.name()));
        add(&message.nested_type, &name, &format!("{class}.Types."), classes);
        classes.insert(name, class);
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A package as a namespace, by protoc's rule: `game.v1_beta` is `Game.V1Beta`.
fn pascal_case(package: &str) -> String {
    let mut namespace = String::with_capacity(package.len());
    let mut starts = true;
    for c in package.chars() {
        match c {
            'a'..='z' if starts => namespace.push(c.to_ascii_uppercase()),
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' => namespace.push(c),
            _ => {}
        }
        starts = !c.is_ascii_alphabetic();
    }
    namespace
}

impl Payloads for Messages {
    fn payload(&self, ty: &Type, place: &str, problems: &mut Vec<String>) -> Payload {
        let text = match ty {
            Type::Bytes => "byte[]".to_owned(),
            Type::Message(name) => self.0.get(name).cloned().unwrap_or_else(|| {
                problems.push(format!(
                    "{place} is the message `{}`, which is not among the manifest's descriptors",
                    name.escape_debug()
                ));
                String::new()
            }),
            _ => {
                problems.push(format!("{place} is no protobuf message but {ty:?}"));
                String::new()
            }
        };
        Payload { text, remarks: None }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn packages_become_namespaces() {
        let check =
            |package: &str, expected: &str| assert_eq!(super::pascal_case(package), expected);
        check("", "");
        check("game", "Game");
        check("game.v1", "Game.V1");
        check("my_game.v1beta2x", "MyGame.V1Beta2X");
        check("myGame", "MyGame");
    }
}

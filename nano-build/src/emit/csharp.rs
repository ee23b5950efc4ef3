//! The emitter of clients in C#, for Unity.

mod classes;
mod face;
mod protobuf;
#[cfg(test)]
mod tests;
mod text;
mod types;

use crate::emit::{ClientOptions, OutputFile};
use crate::error::{Error, Result};
use crate::manifest::{Manifest, Serializer, Type};

/// Writes a client in C# 7.3, for Unity and .NET.
///
/// `Routes.cs` holds the dictionary and `GameClient`, with a method for each handler and each push. It calls through
/// the runtime in `clients/csharp`, a package for Unity: copy its folder, or name it in the package manager.
///
/// ```csharp
/// var options = new NanoOptions { Dictionary = new NanoDictionary(Routes.Version, Routes.Codes) };
/// var client = new NanoClient("wss://example.org/nano", new NanoJson(), options);
/// var game = new GameClient(client);
/// game.On.NewUser(user => Debug.Log(user.Name));
/// await client.Connect();
/// JoinResponse joined = await game.Room.Join(new JoinRequest { Name = "Ann" });
/// ```
///
/// A component with dots in its name, `connector.entryHandler`, is `game.Connector.EntryHandler`.
///
/// The serializer is passed to the runtime, which brings one for JSON and one for protobuf. The classes of a protobuf application are those that
/// `protoc --csharp_out` writes. Those of a JSON application are in `Types.cs`, with the attributes
/// of `System.Runtime.Serialization`, which Newtonsoft's Json.NET reads; it needs a
/// `StringEnumConverter`, and `DateParseHandling.None` wherever a type is `object`. Unity's IL2CPP
/// strips setters that only a serializer calls: keep them with a `link.xml`.
///
/// | Rust | C# |
/// |---|---|
/// | integers | `long`; a number beyond 63 bits is an error of the serializer |
/// | `Option`, or a field that may be left out | the type, nullable; a field that may be left out is, if it is null |
/// | `Vec`, arrays, tuples of one type | `List` |
/// | maps | `Dictionary`, with keys that are texts as in JSON |
/// | a newtype | the inner type |
/// | an enum of names | an `enum` |
/// | an enum whose variants all hold something | a class with one property for each variant: one is set |
/// | an enum with a `tag` | a class with the tag and the fields of all variants |
/// | .. and a `content` | a class with the tag and the content |
/// | .. of which some hold nothing | `object`: the name of one of those, or that class |
/// | a value of several types: tuples, untagged enums, `Uid` | `object`, with a comment on its types |
///
/// # Errors
///
/// Fails with every problem at once: names that C# cannot tell apart, and types that it has no form
/// for, each with the way out.
pub fn csharp(manifest: &Manifest, options: &ClientOptions) -> Result<Vec<OutputFile>> {
    let mut problems = Vec::new();
    let namespace = match &options.namespace {
        None => text::pascal_case(&manifest.package),
        Some(namespace) => {
            if !text::is_namespace(namespace) {
                problems.push(format!("`{}` is no namespace of C#", namespace.escape_debug()));
            }
            namespace.clone()
        }
    };
    let file = |path: &str, body: &str, using: &[&str]| {
        let using: String = using.iter().map(|name| format!("using {name};\n")).collect();
        let mut text = text::header(&manifest.package);
        text.push_str(&format!("\n{using}\nnamespace {namespace}\n{{\n"));
        for line in body.lines() {
            let margin = if line.is_empty() { "" } else { "    " };
            text.push_str(&format!("{margin}{line}\n"));
        }
        text.push_str("}\n");
        OutputFile::new(path, text)
    };
    let (types, classes): (Box<dyn Payloads>, _) = match manifest.serializer {
        Serializer::Json => {
            let mut types = types::Types::of(manifest, &namespace);
            let classes = types.classes(manifest, &mut problems);
            (Box::new(types), Some(classes))
        }
        Serializer::Protobuf => (Box::new(protobuf::Messages::of(manifest, &mut problems)), None),
    };
    let face = face::write(manifest, &*types, &mut problems);
    Error::check(problems)?;
    let using =
        ["System", "System.Collections.Generic", "System.Threading", "System.Threading.Tasks"];
    let mut files = vec![file("Routes.cs", &face, &using)];
    if let Some(classes) = classes {
        let using = ["System.Collections.Generic", "System.Runtime.Serialization"];
        files.push(file("Types.cs", &classes, &using));
    }
    Ok(files)
}

/// The types of payloads, replies and pushes.
trait Payloads {
    /// Writes a type as it is used. `place` names the use in problems.
    fn payload(&self, ty: &Type, place: &str, problems: &mut Vec<String>) -> Payload;
}

/// A type in C#.
struct Payload {
    text: String,
    /// A description of its values, if the type does not tell.
    remarks: Option<String>,
}

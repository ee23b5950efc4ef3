//! A manifest with hostile texts wherever a manifest has a text.

use nano_build::manifest::Manifest;
use serde_json::{Value, json};

/// Texts that end a literal, a comment or a line of C#, that C# reads as something else, or that it
/// has no identifier for.
const TEXTS: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "\\\"",
    "*/",
    "/*",
    "//",
    "///",
    "\n",
    "\r",
    "\r\nusing Evil;",
    "\u{2028}public class Evil {}",
    "\u{2029}",
    "\u{85}",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "</summary>",
    "<!-- ",
    "]]>",
    "&",
    "&lt;",
    "\"; Evil(); \"",
    "{0}",
    "$\"{x}\"",
    "@\"",
    "#endif",
    "#if",
    "constructor",
    "class",
    "int",
    "System",
    "Task",
    "List",
    "NanoEmpty",
    "NanoKick",
    "Random",
    "Math",
    "Guid",
    "value",
    "0",
    " ",
    "-",
    "_",
    "\u{b2}",
    "\u{24b6}",
    "\u{345}",
    "\u{1f438}",
    "\u{7530}",
    "\u{130}",
    "\u{1d400}",
    "\\u0022",
    "\u{200d}",
    "ToString",
    "Equals",
    "T",
    "global",
    "x\ny",
];

/// The types that hold all texts, beside one type for each text.
const COLLECTIONS: [&str; 4] = ["All", "Names", "External", "Internal"];

/// Makes the manifest.
pub(super) fn manifest() -> Result<Manifest, String> {
    let manifest = json!({
        "format": 1,
        "package": "host\ntile */ \u{2028} \"",
        "serializer": "json",
        "dictVersion": "\"\n\\",
        "components": [{ "name": "room", "docs": TEXTS.concat(), "handlers": each(handler) }],
        "pushes": each(push),
        "types": types(),
    });
    Manifest::from_json(&manifest.to_string()).map_err(|error| error.to_string())
}

fn each(make: impl Fn(usize, &str) -> Value) -> Vec<Value> {
    TEXTS.iter().enumerate().map(|(at, text)| make(at, text)).collect()
}

fn handler(at: usize, text: &str) -> Value {
    let reply = COLLECTIONS[at % COLLECTIONS.len()];
    json!({
        "name": format!("h{at}"),
        "route": format!("room.{text}{at}"),
        "code": at + 1,
        "kind": "request",
        "docs": text,
        "payload": { "named": { "name": text, "arguments": ["int"] } },
        "reply": { "named": { "name": reply } },
    })
}

fn push(at: usize, text: &str) -> Value {
    let message = json!({ "named": { "name": text, "arguments": ["string"] } });
    json!({
        "name": format!("p{at}"),
        "route": text,
        "code": at + 1000,
        "docs": text,
        "message": { "union": [message, "null"] },
    })
}

fn types() -> Vec<Value> {
    let fields = each(
        |at, text| json!({ "name": text, "type": "int", "optional": at % 2 == 0, "docs": text }),
    );
    let named = |name: &str, shape: Value| json!({ "name": name, "path": name, "docs": name, "shape": shape });
    let choice = |tagging: Value, content: &dyn Fn(usize, &str) -> Value| {
        let variant =
            |at, text: &str| json!({ "name": text, "docs": text, "content": content(at, text) });
        json!({ "enum": { "tagging": tagging, "variants": each(variant) } })
    };
    let [all, names, external, internal] = COLLECTIONS;
    let mut types = vec![
        named(all, json!({ "object": { "fields": &fields } })),
        named(names, choice(json!("external"), &|_, _| json!("unit"))),
        named(
            external,
            choice(json!("external"), &|_, _| json!({ "fields": { "fields": &fields[..3] } })),
        ),
        named(
            internal,
            choice(json!({ "internal": { "tag": "\"\n" } }), &|at, text| {
                let field = json!({ "name": format!("{text}{at}"), "type": "float", "docs": text });
                json!({ "fields": { "fields": [field] } })
            }),
        ),
    ];
    types.extend(each(|_, text| {
        let field = json!({ "name": text, "type": { "parameter": text }, "docs": text });
        json!({
            "name": text,
            "path": text,
            "parameters": [text],
            "docs": text,
            "shape": { "object": { "fields": [field] } },
        })
    }));
    types
}

#[cfg(test)]
mod tests {
    use nano_build::emit::{ClientOptions, csharp};

    use super::*;

    #[test]
    fn c_sharp_has_a_form_for_every_text() {
        let manifest = manifest().expect("a manifest");
        assert_eq!(manifest.types.len(), TEXTS.len() + COLLECTIONS.len());
        csharp(&manifest, &ClientOptions::new()).expect("a client");
    }
}

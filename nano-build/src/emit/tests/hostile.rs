//! Hostile texts in manifests, which must stay inside their literal or comment.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;
use prost_types::source_code_info::Location;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, FileDescriptorSet, OneofDescriptorProto, SourceCodeInfo,
};

use super::{json, manifest, push, request};
use crate::emit::{ClientOptions, javascript, typescript};
use crate::manifest::{
    Component, Content, Field, Fields, Manifest, Serializer, Shape, Tagging, Type, TypeDef, Variant,
};

const TEXTS: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "\\'",
    "\\\\'",
    "*/",
    "**/",
    "*\\/",
    "* /",
    "/",
    "/**",
    "//",
    "\n",
    "\r",
    "\r\nimport 'evil';",
    "\u{2028}alert(1)//",
    "\u{2029}",
    "\u{85}",
    "\u{0}",
    "\u{202e}",
    "\u{feff}",
    "</script><script>",
    "<!--",
    "-->",
    "${alert(1)}",
    "'; alert(1); '",
    "\"; alert(1); \"",
    "*/ alert(1); /*",
    "\n*/\nalert(1);\n/*\n",
    "] }; alert(1); //",
    "constructor",
    "class",
    "new",
    "number",
    "0",
    " ",
    "-",
    "_",
    "\u{1f438}",
    "\u{7530}",
    "\\u0027",
    "\\\n'",
];

/// A manifest with the text wherever a text can be.
fn filled(text: &str) -> Manifest {
    let text = text.to_owned();
    let named = || Type::Named { name: text.clone(), arguments: vec![Type::Int] };
    let field = Field {
        name: text.clone(),
        ty: Type::Parameter(text.clone()),
        optional: true,
        docs: text.clone(),
    };
    let fields = Fields { fields: vec![field], ..Fields::default() };
    let variant = |content| Variant { name: text.clone(), docs: text.clone(), content };
    let def = |name: String, shape| TypeDef {
        name,
        path: text.clone(),
        parameters: vec![text.clone()],
        docs: text.clone(),
        shape,
    };
    let variants = || {
        vec![
            variant(Content::Unit),
            variant(Content::Value(Type::Parameter(text.clone()))),
            variant(Content::Fields(fields.clone())),
        ]
    };
    let adjacent = Tagging::Adjacent { tag: text.clone(), content: text.clone() };
    let tagging = Tagging::Internal { tag: text.clone() };
    let mut handler = request("room", "join", Some(named()));
    handler.name = text.clone();
    handler.route = format!("{text}.{text}");
    handler.docs = text.clone();
    let mut raw = request("other", "raw", Some(Type::Bytes));
    raw.route = format!("{text}.raw");
    let mut told = push(&text, &text, Some(named()));
    told.docs = text.clone();
    Manifest {
        package: text.clone(),
        dict_version: text.clone(),
        components: vec![
            Component { name: text.clone(), docs: text.clone(), handlers: vec![handler] },
            Component { name: "other".into(), docs: text.clone(), handlers: vec![raw] },
        ],
        pushes: vec![told],
        types: vec![
            def(text.clone(), Shape::Object(fields.clone())),
            def(
                format!("{text}1"),
                Shape::Enum { tagging: Tagging::External, variants: variants() },
            ),
            def(format!("{text}2"), Shape::Enum { tagging: adjacent, variants: variants() }),
            def(format!("{text}3"), Shape::Enum { tagging, variants: variants() }),
        ],
        ..manifest(&[])
    }
}

/// A source without its comments, names and texts.
fn skeleton(source: &str) -> String {
    let mut skeleton = String::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '/' if chars.peek() == Some(&'/') => {
                while chars
                    .next_if(|c| !matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}'))
                    .is_some()
                {}
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut before = ' ';
                loop {
                    let c = chars.next().expect("the comment ends");
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            '\'' => {
                loop {
                    match chars.next().expect("the text ends") {
                        '\'' => break,
                        '\\' => drop(chars.next()),
                        c => {
                            assert!(!c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '<'))
                        }
                    }
                }
                skeleton.push('N');
            }
            c if is_word(c) => {
                while chars.next_if(|&c| is_word(c)).is_some() {}
                skeleton.push('N');
            }
            c if c.is_whitespace() => {}
            c => skeleton.push(c),
        }
    }
    // The layout depends on lengths.
    skeleton.replace("=|", "=").replace(";}", "}")
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

/// The skeletons of all files but the runtime's.
fn skeletons(manifest: &Manifest) -> String {
    let options = ClientOptions::new().runtime("nano-client");
    let mut all = String::new();
    for files in [javascript(manifest, &options), typescript(manifest, &options)] {
        for file in files.unwrap() {
            let _ = writeln!(all, "{}: {}", file.path.display(), skeleton(&file.text));
        }
    }
    all
}

#[test]
fn no_text_gets_out() {
    let harmless = skeletons(&filled("a%b"));
    assert!(harmless.contains("types.ts: N"), "{harmless}");
    for text in TEXTS {
        assert_eq!(skeletons(&filled(text)), harmless, "{text:?}");
        // In the middle of something else, too.
        let around = format!("x {text} y");
        assert_eq!(skeletons(&filled(&around)), harmless, "{around:?}");
    }
}

#[test]
fn f0_no_text_gets_out_of_a_part_of_a_name() {
    let between = |text: &str| {
        let mut manifest = filled("a%b");
        for component in &mut manifest.components {
            component.name = format!("x.{text}.{}", component.name);
        }
        skeletons(&manifest)
    };
    let harmless = between("a%b");
    for text in TEXTS {
        assert_eq!(between(text), harmless, "{text:?}");
    }
    // No build makes a name with an empty part, but it has a client like any other.
    assert_eq!(between(""), harmless);
}

#[test]
fn a_runtime_is_a_text_as_well() {
    for text in TEXTS {
        let files = javascript(&json(), &ClientOptions::new().runtime(*text)).unwrap();
        let harmless = javascript(&json(), &ClientOptions::new().runtime("a")).unwrap();
        for (file, other) in files.iter().zip(&harmless) {
            assert_eq!(skeleton(&file.text), skeleton(&other.text), "{text:?}");
        }
    }
}

/// Descriptors with the text wherever a text can be but in paths, which are refused.
fn described(text: &str) -> Manifest {
    let name = || Some(text.to_owned());
    let field = |oneof_index| FieldDescriptorProto {
        name: name(),
        oneof_index,
        default_value: name(),
        ..Default::default()
    };
    let values = vec![EnumValueDescriptorProto { name: name(), ..Default::default() }];
    let item =
        EnumDescriptorProto { name: Some(format!("{text}2")), value: values, ..Default::default() };
    let message = DescriptorProto {
        name: name(),
        field: vec![field(None), field(Some(0))],
        oneof_decl: vec![OneofDescriptorProto { name: name(), ..Default::default() }],
        ..Default::default()
    };
    let comment = |path: &[i32]| Location {
        path: path.to_vec(),
        leading_comments: name(),
        trailing_comments: name(),
        ..Default::default()
    };
    let location = vec![comment(&[4, 0]), comment(&[4, 0, 2, 0]), comment(&[5, 0, 2, 0])];
    let file = FileDescriptorProto {
        name: Some("a.proto".into()),
        package: name(),
        message_type: vec![message],
        enum_type: vec![item],
        source_code_info: Some(SourceCodeInfo { location }),
        ..Default::default()
    };
    let descriptors = STANDARD.encode(FileDescriptorSet { file: vec![file] }.encode_to_vec());
    let payload = Some(Type::Message(format!("{text}.{text}")));
    Manifest {
        serializer: Serializer::Protobuf,
        descriptors: Some(descriptors),
        ..manifest(&[("room", vec![request("room", "join", payload)])])
    }
}

#[test]
fn no_text_gets_out_of_descriptors() {
    let harmless = skeletons(&described("a%b"));
    assert!(harmless.contains("a_pb.js: N"), "{harmless}");
    for text in TEXTS {
        let around = format!("x {text} y");
        assert_eq!(skeletons(&described(&around)), harmless, "{around:?}");
    }
}

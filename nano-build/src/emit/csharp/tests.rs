use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use crate::emit::{ClientOptions, OutputFile, csharp};
use crate::manifest::Manifest;

mod refused;

/// The manifests that `cargo xtask csharp` compiles and runs.
pub(super) fn pond() -> Manifest {
    serde_json::from_str(include_str!("../../../../tests/csharp/pond.json")).unwrap()
}

pub(super) fn game() -> Manifest {
    let mut manifest: Manifest =
        serde_json::from_str(include_str!("../../../../tests/csharp/game.json")).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/csharp");
    let set = protox::compile(["game.proto"], [folder]).unwrap();
    manifest.descriptors = Some(STANDARD.encode(set.encode_to_vec()));
    manifest
}

fn all(files: &[OutputFile]) -> String {
    let file = |file: &OutputFile| format!("==== {}\n{}\n", file.path.display(), file.text);
    files.iter().map(file).collect()
}

#[test]
fn json_clients() {
    insta::assert_snapshot!("pond", all(&csharp(&pond(), &ClientOptions::new()).unwrap()));
}

#[test]
fn protobuf_clients() {
    insta::assert_snapshot!("game", all(&csharp(&game(), &ClientOptions::new()).unwrap()));
}

#[test]
fn namespaces() {
    let check = |package: &str, option: Option<&str>, expected: &str| {
        let manifest = Manifest { package: package.into(), ..game() };
        let options =
            ClientOptions { namespace: option.map(str::to_owned), ..ClientOptions::new() };
        match csharp(&manifest, &options) {
            Ok(files) => {
                let line = files[0].text.lines().find(|line| line.starts_with("namespace"));
                assert_eq!(line, Some(expected), "{package}");
            }
            Err(error) => assert_eq!(error.to_string(), expected, "{package}"),
        }
    };
    check("pond-server", None, "namespace PondServer");
    check("pond2_server", None, "namespace Pond2Server");
    check("2d", None, "namespace _2d");
    check("class", None, "namespace Class");
    check("", None, "namespace _");
    check("pond", Some("Pond.Net"), "namespace Pond.Net");
    check("pond", Some("Pond..Net"), "`Pond..Net` is no namespace of C#");
    check("pond", Some("Pond { }"), "`Pond { }` is no namespace of C#");
    check("pond", Some("int"), "`int` is no namespace of C#");
}

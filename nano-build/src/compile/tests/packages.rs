//! The message packages that a crate brings in, and the errors for those that it cannot have.

use super::*;

const SHOP: &str = r#"
syntax = "proto3";
package shop;
import "shop/offer.proto";
message Offer {
  oneof offer {
    shop.offer.Item item = 1;
    shop.offer.Bundle bundle = 2;
  }
}
"#;

const OFFER: &str = r#"
syntax = "proto3";
package shop.offer;
message Item { int32 id = 1; }
message Bundle { repeated Item items = 1; }
"#;

const ROOM: &str = r#"
syntax = "proto3";
package game.v1;
import "common/v1/math.proto";
message Joined { common.v1.Position position = 1; }
"#;

const MATH: &str = r#"
syntax = "proto3";
package common.v1;
message Position { float x = 1; }
"#;

/// Builds a crate whose one handler answers with a message. Returns the message's full name, or the error.
fn reply(protos: &[(&str, &str)], includes: &str, message: &str) -> Result<String> {
    let main = format!(
        "{includes} #[nano::component] impl Room {{ #[handler] fn get(&self) -> {message} {{}} }}"
    );
    let mut files = vec![("src/main.rs", &*main)];
    files.extend(protos);
    let folder = Folder::with(&files);
    let protos: Vec<&str> = protos.iter().map(|(path, _)| *path).collect();
    let config =
        Config::new().protos(&protos).includes(&["proto"]).typescript("ts").manifest("m.json");
    run(config, &environment(&folder, Mode::Write))?;
    let manifest = Manifest::from_json(&folder.read("m.json")).expect("a manifest");
    match &manifest.components[0].handlers[0].reply {
        Some(crate::manifest::Type::Message(name)) => Ok(name.clone()),
        other => panic!("{other:?} is no message"),
    }
}

fn refused(protos: &[(&str, &str)], includes: &str) -> String {
    reply(protos, includes, "nano::Bytes").expect_err(includes).to_string()
}

#[test]
fn case_b03_a_oneof_and_a_package_of_one_name() {
    let protos = [("proto/shop.proto", SHOP), ("proto/shop/offer.proto", OFFER)];
    let all = "mod pb { nano::include_protos!(); }";
    assert_eq!(reply(&protos, all, "pb::shop::Offer").as_deref(), Ok("shop.Offer"));
    assert_eq!(reply(&protos, all, "pb::shop::offer::Item").as_deref(), Ok("shop.offer.Item"));
    let by_hand = "mod shop { nano::include_proto!(\"shop\"); \
                   mod offer { nano::include_proto!(\"shop.offer\"); } }";
    assert_eq!(
        refused(&protos, by_hand),
        "src/main.rs:1:12: the message `Offer` of `shop` has a module `offer` for what is declared inside of it, and \
         here it is the module of the package `shop.offer`, too: `include_protos!()` brings in all packages, and \
         joins their modules"
    );
}

#[test]
fn case_b04_two_packages_that_use_each_other() {
    let protos = [("proto/game/v1/room.proto", ROOM), ("proto/common/v1/math.proto", MATH)];
    let joined = |includes, message| reply(&protos, includes, message);
    let all = "mod pb { nano::include_protos!(); }";
    assert_eq!(joined(all, "pb::game::v1::Joined").as_deref(), Ok("game.v1.Joined"));
    let by_hand = "mod pb { pub mod game { pub mod v1 { nano::include_proto!(\"game.v1\"); } } \
                   pub mod common { pub mod v1 { nano::include_proto!(\"common.v1\"); } } }";
    assert_eq!(joined(by_hand, "pb::common::v1::Position").as_deref(), Ok("common.v1.Position"));
    let flat = "mod pb { nano::include_proto!(\"game.v1\"); } mod common { nano::include_proto!(\"common.v1\"); }";
    assert_eq!(
        refused(&protos, flat),
        "src/main.rs:1:10: the messages of `game.v1` use those of `common.v1`, as \
         `super::super::common::v1::Position`, which leads to nothing from here: `include_protos!()` brings in \
         all packages, nested as they must be"
    );
}

#[test]
fn case_b05_no_package() {
    let protos = [("proto/game.proto", "syntax = \"proto3\"; message Login { string token = 1; }")];
    let all = "mod pb { nano::include_protos!(); }";
    assert_eq!(reply(&protos, all, "pb::Login").as_deref(), Ok("Login"));
    let one = "mod pb { nano::include_proto!(\"\"); }";
    assert_eq!(reply(&protos, one, "pb::Login").as_deref(), Ok("Login"));
    assert_eq!(
        refused(&protos, "mod pb { nano::include_proto!(\"game\"); }"),
        "src/main.rs:1:10: no package `game`; this build has messages without a package, as `include_proto!(\"\")`"
    );
}

#[test]
fn case_b06_a_package_with_a_keyword() {
    let text = "syntax = \"proto3\"; package acme.type; message Match { string self = 1; }";
    let protos = [("proto/game.proto", text), ("proto/math.proto", MATH)];
    let one = "mod pb { nano::include_proto!(\"acme.type\"); }";
    assert_eq!(reply(&protos, one, "pb::Match").as_deref(), Ok("acme.type.Match"));
    let all = "mod pb { nano::include_protos!(); }";
    assert_eq!(reply(&protos, all, "pb::acme::r#type::Match").as_deref(), Ok("acme.type.Match"));
    assert_eq!(
        refused(&protos, "mod pb { nano::include_proto!(\"acme.r#type\"); }"),
        "src/main.rs:1:10: no package `acme.r#type`; this build has `acme.type`, `common.v1`"
    );
}

#[test]
fn case_b07_clients_have_comments_as_they_are_written() {
    let folder = Folder::with(&[
        (
            "src/main.rs",
            "mod pb { nano::include_protos!(); } \
             #[nano::component] impl Room { #[handler] fn sit(&self, sit: pb::Sit) {} }",
        ),
        (
            "proto/game.proto",
            "syntax = \"proto3\";\n// Vec<T> & [x] */\n//     as code\nmessage Sit {\n  int32 table = 1; // <b> ends */\n}",
        ),
    ]);
    let config = Config::new().protos(&["proto/game.proto"]).serde();
    let config = config.serializer(crate::manifest::Serializer::Json).typescript("ts").csharp("cs");
    run(config, &environment(&folder, Mode::Write)).expect("a build");
    let rust = folder.read("out/nano_protos.rs");
    assert!(
        rust.contains("/// Vec\\<T\\> \\& \\[x\\] */\n///\n/// ```text\n/// as code\n/// ```\n"),
        "{rust}"
    );
    let types = folder.read("ts/types.ts");
    assert!(types.contains("/**\n * Vec<T> & [x] *\\/\n *     as code\n */\n"), "{types}");
    assert!(types.contains("  /** <b> ends *\\/ */\n  table"), "{types}");
    let files = folder.files();
    let csharp: String =
        files.iter().filter(|(path, _)| path.starts_with("cs/")).map(|(_, text)| &**text).collect();
    assert!(csharp.contains("/// Vec&lt;T&gt; &amp; [x] */\n"), "{csharp}");
    assert!(csharp.contains("<summary>&lt;b&gt; ends */</summary>"), "{csharp}");
}

#[test]
fn a_build_without_messages_says_where_they_are_named() {
    for (includes, expected) in [
        (
            "nano::include_proto!(\"game\");",
            "no package `game`: name its .proto file in nano_build::Config::protos(..)",
        ),
        (
            "nano::include_protos!();",
            "no messages: name their .proto files in nano_build::Config::protos(..)",
        ),
    ] {
        assert_eq!(refused(&[], includes), format!("src/main.rs:1:1: {expected}"));
    }
}

#[test]
fn one_protobuf_message_in_a_json_app_is_one_problem() {
    const ROOM: &str = r#"
mod pb { nano::include_protos!(); }
#[derive(serde::Serialize, serde::Deserialize)]
struct Say { text: String }
#[nano::component]
impl Room {
    #[handler] fn say(&self, say: Say) -> Say { say }
    #[handler] fn list(&self) -> Vec<Say> {}
    #[handler] fn moved(&self, step: pb::common::v1::Position) {}
}
"#;
    let build = |main: &str, serializer: Option<crate::manifest::Serializer>, serde: bool| {
        let folder = Folder::with(&[("src/main.rs", main), ("proto/math.proto", MATH)]);
        let mut config = Config::new().protos(&["proto/math.proto"]).typescript("ts");
        if let Some(serializer) = serializer {
            config = config.serializer(serializer);
        }
        if serde {
            config = config.serde();
        }
        run(config, &environment(&folder, Mode::Write))
            .map(drop)
            .map_err(|error| error.problems().to_vec())
    };
    use crate::manifest::Serializer::{Json, Protobuf};
    assert_eq!(
        build(ROOM, None, false).expect_err("one serializer"),
        [
            "src/main.rs:7:19: the payload of `room.say` is `Say`, which is no message of the .proto files (nor are \
          2 more), while the payload of `room.moved` is `pb::common::v1::Position`, which is one (src/main.rs:9:19): \
          an app has one serializer. In a JSON app, take and send `nano::Bytes` in place of the message, and decode \
          and encode it there with prost; or let messages have serde with Config::serde(), and say \
          Config::serializer(Serializer::Json). In a protobuf app, define the type in a .proto file"
        ]
    );
    assert_eq!(
        build(ROOM, Some(Json), false).expect_err("no serde"),
        [
            "src/main.rs:9:19: the payload of `room.moved` is `pb::common::v1::Position`, a protobuf message without \
          serde, and the app is in JSON: take and send `nano::Bytes` in its place, and decode and encode it there with \
          prost; or let messages have serde with Config::serde()"
        ]
    );
    assert_eq!(build(ROOM, Some(Protobuf), false).expect_err("no messages").len(), 3);
    // The ways that the problems name.
    assert_eq!(build(ROOM, Some(Json), true), Ok(()));
    assert_eq!(
        build(&ROOM.replace("pb::common::v1::Position", "nano::Bytes"), None, false),
        Ok(())
    );
}

#[test]
fn packages_that_differ_in_case_share_a_module() {
    let protos = [
        ("proto/a.proto", "syntax = \"proto3\"; package Game; message A {}"),
        (
            "proto/b.proto",
            "syntax = \"proto3\"; package game; import \"a.proto\"; message B { Game.A a = 1; }",
        ),
    ];
    let all = "mod pb { nano::include_protos!(); }";
    assert_eq!(reply(&protos, all, "pb::game::A").as_deref(), Ok("Game.A"));
    // On some file systems the two files are one.
    for package in ["Game", "game"] {
        let one = format!("mod game {{ nano::include_proto!(\"{package}\"); }}");
        assert_eq!(reply(&protos, &one, "game::A").as_deref(), Ok("Game.A"));
        assert_eq!(reply(&protos, &one, "game::B").as_deref(), Ok("game.B"));
    }
}

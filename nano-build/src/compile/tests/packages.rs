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
        "src/main.rs:1:12: `shop` has a module `offer`, for what is declared inside of one of its messages, and \
         there is a `mod offer` here as well: `include_protos!()` brings in all packages, and joins their modules"
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

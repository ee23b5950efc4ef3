use std::collections::BTreeMap;

use nano_syntax::scan::CfgSet;

use super::*;
use crate::folder::Folder;

mod fixtures;
mod inputs;
mod packages;

const MAIN: &str = r#"
mod room;
pub mod pb { nano::include_proto!("game"); }
"#;

const ROOM: &str = r#"
use nano::{component, push};
use crate::pb;
pub struct Room;
#[component]
impl Room {
    /// Comes in.
    #[handler]
    fn join(&self, request: pb::Join) -> nano::Result<pb::outer::Joined> { todo(request) }
    #[handler]
    fn raw(&self, body: nano::Bytes) {}
}
#[push]
trait RoomPush {
    #[push(name = "onJoin")]
    fn joined(message: pb::outer::Joined);
}
"#;

const GAME: &str = r#"
syntax = "proto3";
package game;
message Join { string name = 1; }
message Outer { message Joined { int64 id = 1; } }
"#;

fn game() -> Folder {
    Folder::with(&[("src/main.rs", MAIN), ("src/room.rs", ROOM), ("proto/game.proto", GAME)])
}

fn environment(folder: &Folder, mode: Mode) -> Environment {
    Environment {
        package: "game".to_owned(),
        root: folder.0.clone(),
        out_dir: folder.path("out"),
        mode,
        cfg: CfgSet::new(),
        conditions: BTreeMap::new(),
    }
}

fn config() -> Config {
    Config::new().protos(&["proto/game.proto"]).javascript("web/gen").manifest("manifest.json")
}

fn build(folder: &Folder, mode: Mode) -> Result<Vec<String>> {
    run(config(), &environment(folder, mode))
}

fn generated(folder: &Folder) -> BTreeMap<String, String> {
    let mut files = folder.files();
    files.retain(|path, _| !path.starts_with("src/"));
    files
}

#[test]
fn everything_is_generated_and_nothing_twice() {
    let folder = game();
    let directives = build(&folder, Mode::Write).expect("a build");
    let files = generated(&folder);
    // Sources, and committed files, which come back if they are lost.
    let committed = files.keys().filter(|path| !path.starts_with("out/"));
    let read = ["src/main.rs", "src/room.rs"].into_iter().chain(committed.map(String::as_str));
    let mut expected = vec!["rerun-if-env-changed=NANO_BUILD".to_owned()];
    expected.extend(read.map(|path| format!("rerun-if-changed={}", folder.path(path).display())));
    let mut found = directives.clone();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);

    for path in ["out/nano_protos.rs", "out/nano_manifest.json", "web/gen/routes.js"] {
        assert!(files.contains_key(path), "{path} in {:?}", files.keys());
    }
    assert!(files["routes.lock"].ends_with("1 onJoin\n2 room.join\n3 room.raw\n"));
    let manifest = Manifest::from_json(&files["manifest.json"]).expect("a manifest");
    let join = &manifest.components[0].handlers[0];
    assert_eq!((&*join.route, join.code, &*join.docs), ("room.join", 2, "Comes in."));
    use crate::manifest::{Kind, Serializer, Type};
    assert_eq!(join.payload, Some(Type::Message("game.Join".to_owned())));
    assert_eq!(join.reply, Some(Type::Message("game.Outer.Joined".to_owned())));
    let raw = &manifest.components[0].handlers[1];
    assert_eq!((raw.kind, &raw.payload), (Kind::Notify, &Some(Type::Bytes)));
    assert_eq!(manifest.serializer, Serializer::Protobuf);
    assert_eq!(manifest.pushes[0].message, join.reply);

    assert_eq!(build(&folder, Mode::Write).expect("a build"), directives);
    assert_eq!(generated(&folder), files);
    build(&folder, Mode::Check).expect("all is up to date");
}

#[test]
fn codes_stay_when_routes_come_and_go() {
    let folder = game();
    build(&folder, Mode::Write).expect("a build");
    folder.write("src/room.rs", &ROOM.replace("fn join", "fn enter"));
    build(&folder, Mode::Write).expect("a build");
    let lock = folder.read("routes.lock");
    assert!(lock.ends_with("1 onJoin\n2 room.join\n3 room.raw\n4 room.enter\n"), "{lock}");
    let routes = folder.read("out/nano_routes.rs");
    assert!(routes.contains("room.enter") && !routes.contains("room.join"), "{routes}");
    folder.write("src/room.rs", ROOM);
    build(&folder, Mode::Write).expect("a build");
    assert_eq!(folder.read("routes.lock"), lock);
}

#[test]
fn a_check_writes_nothing_and_names_what_is_old() {
    let folder = game();
    build(&folder, Mode::Write).expect("a build");
    folder.write("src/room.rs", &ROOM.replace("Comes in.", "Enters."));
    let before = folder.read("web/gen/routes.d.ts");
    let error = build(&folder, Mode::Check).expect_err("outdated files").to_string();
    assert!(error.contains("web/gen/routes.d.ts: not up to date"), "{error}");
    assert!(error.contains("manifest.json: not up to date"), "{error}");
    assert!(!error.contains("routes.lock"), "{error}");
    assert_eq!(folder.read("web/gen/routes.d.ts"), before);

    folder.write("src/room.rs", &ROOM.replace("fn join", "fn enter"));
    let error = build(&folder, Mode::Check).expect_err("outdated files").to_string();
    assert!(error.contains("routes.lock: not up to date"), "{error}");
    assert!(!folder.read("routes.lock").contains("enter"));
}

#[test]
fn what_the_compiler_will_refuse_is_left_to_it() {
    let folder = game();
    build(&folder, Mode::Write).expect("a build");
    let files = generated(&folder);
    folder.write("src/room.rs", "fn broken( {\n");
    let directives = build(&folder, Mode::Write).expect("no error of ours");
    assert!(
        directives.iter().any(|line| line.starts_with("warning=src/room.rs:1:")),
        "{directives:?}"
    );
    let room = format!("rerun-if-changed={}", folder.path("src/room.rs").display());
    assert!(directives.contains(&room), "{directives:?}");
    assert_eq!(generated(&folder), files);
    let error = build(&folder, Mode::Check).expect_err("nothing can be compared");
    assert!(error.to_string().starts_with("src/room.rs:1:"), "{error}");
    // Without an earlier build, too, `include_routes!` finds a file.
    let folder = Folder::with(&[("src/main.rs", "fn broken( {"), ("proto/game.proto", GAME)]);
    build(&folder, Mode::Write).expect("no error of ours");
    assert!(folder.read("out/nano_routes.rs").contains("ROUTES"));
    assert!(!folder.files().contains_key("routes.lock"));
}

#[test]
fn what_only_the_build_script_knows_is_an_error() {
    for (from, to, expected) in [
        (
            "pb::Join)",
            "String)",
            "src/room.rs:9:8: the payload of `room.join` is `String`, which is no",
        ),
        (
            "#[component]\n",
            "macro_rules! m { () => { #[component] impl Room {} } }\n",
            "src/room.rs:5:28: a macro makes this",
        ),
    ] {
        let folder = game();
        let room = ROOM.replace(from, to);
        assert_ne!(room, ROOM);
        folder.write("src/room.rs", &room);
        let error = build(&folder, Mode::Write).expect_err(expected);
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

#[test]
fn an_edit_inside_of_a_function_is_no_reason_to_start_over() {
    let folder = game();
    build(&folder, Mode::Write).expect("a build");
    let stamp = |folder: &Folder| folder.read("out/nano-build.stamp");
    let roots = [PathBuf::from("src/main.rs")].to_vec();
    let key = stamp::key(&(&config(), &roots), &environment(&folder, Mode::Write));
    let fresh = |folder: &Folder| Stamp::load(&environment(folder, Mode::Write), key).is_some();
    assert!(fresh(&folder));
    let before = stamp(&folder);
    folder.write("src/room.rs", &ROOM.replace("todo(request)", "todo(request /* soon */, 1)"));
    assert!(fresh(&folder));
    assert_ne!(stamp(&folder), before);

    for change in ["src/main.rs", "proto/game.proto", "routes.lock", "web/gen/routes.js"] {
        let text = folder.read(change);
        folder.write(change, &format!("{text}\nmod more {{}}\n"));
        assert!(!fresh(&folder), "{change}");
        folder.write(change, &text);
        let _ = build(&folder, Mode::Write).expect("a build");
        assert!(fresh(&folder), "{change}");
    }
    let other = config().serde();
    assert_ne!(stamp::key(&(&other, &roots), &environment(&folder, Mode::Write)), key);
}

#[test]
fn the_lock_is_not_newer_than_the_sources() {
    // Otherwise Cargo would run the script again, and compile the package twice.
    let folder = game();
    build(&folder, Mode::Write).expect("a build");
    let time =
        |path| fs::metadata(folder.path(path)).and_then(|meta| meta.modified()).expect("a time");
    assert!(time("routes.lock") <= time("src/main.rs").max(time("src/room.rs")));
}

#[test]
fn a_module_of_two_crates_is_one() {
    let folder = game();
    folder.write("src/lib.rs", MAIN);
    build(&folder, Mode::Write).expect("a build");
    folder.write("src/other.rs", ROOM);
    folder.write("src/lib.rs", &MAIN.replace("room", "other"));
    let error = build(&folder, Mode::Write).expect_err("two handlers for one route").to_string();
    assert!(
        error.contains("the route `room.join` is taken already, in another crate, at src/"),
        "{error}"
    );
}

#[test]
fn what_is_lost_or_edited_by_hand_comes_back() {
    let folder = game();
    let watched = ["manifest.json", "web/gen/routes.js", "web/gen/routes.d.ts"]
        .map(|path| format!("rerun-if-changed={}", folder.path(path).display()));
    // The second run of a mode ends early, and asks for the same.
    for mode in [Mode::Write, Mode::Write, Mode::Check, Mode::Check] {
        let directives = build(&folder, mode).expect("a build");
        assert!(watched.iter().all(|line| directives.contains(line)), "{directives:?}");
        assert!(!directives.concat().contains("/out/"), "{directives:?}");
    }
    let committed = || {
        let mut files = generated(&folder);
        files.retain(|path, _| !path.starts_with("out/"));
        files
    };
    let files = committed();
    for damage in ["edited by hand", ""] {
        let path = folder.path("web/gen/routes.js");
        match damage {
            "" => fs::remove_file(path).expect("a file"),
            text => folder.write("web/gen/routes.js", text),
        }
        let error = build(&folder, Mode::Check).expect_err("a damage").to_string();
        assert!(error.contains("web/gen/routes.js: not up to date"), "{error}");
        build(&folder, Mode::Write).expect("a build");
        assert!(committed() == files, "{:?}", committed().keys());
    }
}

#[test]
fn what_is_written_is_no_reason_to_build_again() {
    let folder = game();
    // As Cargo does before it starts the script.
    folder.write("invoked.timestamp", "");
    let started = stamp::newest(&[folder.path("invoked.timestamp")]).expect("a time");
    let directives = build(&folder, Mode::Write).expect("a build");
    let read = directives.iter().filter_map(|line| line.strip_prefix("rerun-if-changed="));
    let read: Vec<PathBuf> = read.map(PathBuf::from).collect();
    assert!(read.contains(&folder.path("web/gen/routes.js")), "{read:?}");
    for path in read {
        assert!(stamp::newest(std::slice::from_ref(&path)) <= Some(started), "{}", path.display());
    }
}

#[test]
fn what_is_most_likely_a_mistake_is_a_warning_each_time() {
    let check = |folder: &Folder, config: fn() -> Config, expected: &[&str]| {
        for turn in 0..2 {
            let said = run(config(), &environment(folder, Mode::Write)).expect("a build");
            let said: Vec<_> =
                said.iter().filter_map(|line| line.strip_prefix("warning=")).collect();
            assert_eq!(said, expected, "turn {turn}");
        }
    };
    let none = Folder::with(&[("src/main.rs", "fn main() {}")]);
    check(
        &none,
        || Config::new().javascript("web"),
        &[
            "there is no #[component] and no #[push] in the modules of src/main.rs: if they are in another package, name the root of its crate, as Config::root(\"../rooms/src/lib.rs\")",
        ],
    );
    check(&none, Config::new, &[]);
    check(
        &game(),
        || config().map_type("uuid::Uid", "string"),
        &[
            "Config::map_type(\"uuid::Uid\", ..) is of no use: no message has that type, or it has another path",
        ],
    );
    check(&game(), config, &[]);
}

#[test]
fn crates_use_the_types_of_others() {
    let folder = Folder::with(&[
        ("server/Cargo.toml", "[package]\nname = \"game-server\"\n"),
        (
            "server/src/main.rs",
            r#"
            use nano::component;
            use words::{Say, deep::Heard as Echo};
            struct Room;
            #[component]
            impl Room {
                #[handler]
                fn say(&self, say: Say) -> Echo { todo(say) }
                #[handler]
                fn own(&self) -> game_server::Own { todo() }
            }
            "#,
        ),
        (
            "server/src/lib.rs",
            r#"
            use nano::component;
            #[derive(serde::Serialize)]
            pub struct Own { pub say: ::words::Say }
            pub struct Hall;
            #[component]
            impl Hall {
                #[handler]
                fn own(&self) -> Own { todo() }
            }
            "#,
        ),
        ("words/Cargo.toml", "[package]\nname = \"words-of-the-game\"\n[lib]\nname = \"words\"\n"),
        (
            "words/src/lib.rs",
            r#"
            pub mod deep;
            pub use deep::inner::Say;
            "#,
        ),
        (
            "words/src/deep.rs",
            r#"
            pub mod inner {
                #[derive(serde::Deserialize, serde::Serialize)]
                pub struct Say { pub tone: crate::deep::Tone }
            }
            #[derive(serde::Deserialize, serde::Serialize)]
            pub enum Tone { Loud, Low }
            #[derive(serde::Serialize)]
            pub struct Heard(pub Vec<inner::Say>);
            "#,
        ),
    ]);
    let mut environment = environment(&folder, Mode::Write);
    environment.root = folder.path("server");
    let config = Config::new()
        .root("src/lib.rs")
        .root("src/main.rs")
        .root("../words/src/lib.rs")
        .typescript("gen");
    let directives = run(config, &environment).expect("a build");
    assert!(directives.iter().any(|line| line.ends_with("words/src/deep.rs")), "{directives:?}");
    let types = folder.read("server/gen/types.ts");
    for (name, count) in [("Own", 1), ("Say", 1), ("Tone", 1), ("Heard", 1)] {
        let found = types.lines().filter(|line| {
            line.starts_with(&format!("export type {name} "))
                || line.starts_with(&format!("export interface {name} "))
        });
        assert_eq!(found.count(), count, "{name} in {types}");
    }
    let routes = folder.read("server/gen/routes.ts");
    assert!(
        routes.contains("say(payload: types.Say, options?: RequestOptions): Promise<types.Heard>;")
    );
    assert_eq!(routes.matches("Promise<types.Own>").count(), 2, "{routes}");
}

#[test]
fn a_type_of_a_crate_that_is_not_scanned_is_a_problem() {
    let folder = Folder::with(&[(
        "src/main.rs",
        "#[nano::component] impl Room { #[handler] fn say(&self, say: words::Say) {} }",
    )]);
    let error = run(Config::new().javascript("gen"), &environment(&folder, Mode::Write));
    let error = error.expect_err("a type that nothing is known of").to_string();
    assert!(error.contains("`words::Say`") && error.contains("Config::root"), "{error}");
}

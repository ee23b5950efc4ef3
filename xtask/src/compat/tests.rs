//! Tests of the task's output and exit.

use std::path::PathBuf;
use std::{env, fs, process};

use super::run;

const EMPTY: &str = r#"{"format": 1, "package": "test", "serializer": "json", "dictVersion": "1", "components": [], "pushes": []}"#;

fn with_push() -> String {
    EMPTY.replace(
        "\"pushes\": []",
        r#""pushes": [{"name": "on_join", "route": "onJoin", "code": 1}]"#,
    )
}

/// A folder for one test, gone after it.
struct Folder(PathBuf);

impl Folder {
    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn breaking_changes_fail() {
    let folder = Folder(env::temp_dir().join(format!("nano-compat-{}", process::id())));
    fs::create_dir_all(&folder.0).expect("a folder");
    let (without, with) = (folder.file("a.json", EMPTY), folder.file("b.json", &with_push()));
    let newer = folder.file("newer.json", r#"{"format": 2, "anything": "else"}"#);
    let odd = folder.file("odd.json", &EMPTY.replace("\"pushes\"", "\"other\": 1, \"pushes\""));
    let gone = folder.0.join("gone.json").display().to_string();
    for (arguments, expected) in [
        (vec![&without, &without], None),
        (vec![&without, &with], None),
        (vec![&with, &without], Some("1 change breaks clients in use".to_owned())),
        (vec![&with], Some("usage: ".to_owned())),
        (vec![&with, &with, &with], Some("usage: ".to_owned())),
        (vec![&newer, &with], Some(format!("{newer}: the manifest has format 2"))),
        (
            vec![&with, &odd],
            Some(format!("{odd}: this is no manifest of nano-build: unknown field")),
        ),
        (vec![&with, &gone], Some(format!("{gone}: "))),
    ] {
        let arguments: Vec<String> = arguments.into_iter().cloned().collect();
        match (run(&arguments), expected) {
            (Ok(()), None) => {}
            (Err(problem), Some(expected)) => assert!(problem.starts_with(&expected), "{problem}"),
            (outcome, expected) => panic!("{arguments:?}: {outcome:?}, not {expected:?}"),
        }
    }
}

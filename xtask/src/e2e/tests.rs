//! Tests of the choice of files and of the paths of programs.

use std::path::Path;

use super::{built_executable, gates, target_folder, test_files, typed};

#[test]
fn the_executable_is_found_among_the_messages_of_cargo() {
    let messages = concat!(
        r#"{"reason":"compiler-artifact","target":{"name":"nano"},"executable":null}"#,
        "\n",
        r#"{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/debug/other"}"#,
        "\n",
        r#"{"reason":"compiler-artifact","executable":"/t \"x\"\\y/debug/example-chat","fresh":true}"#,
        "\n",
        r#"{"reason":"build-finished","success":true}"#,
    );
    let found = built_executable(messages, "example-chat").unwrap();
    assert_eq!(found, Path::new(r#"/t "x"\y/debug/example-chat"#));
    assert_eq!(target_folder(&found), Path::new(r#"/t "x"\y"#));
    assert_eq!(
        built_executable(messages, "nano").unwrap_err(),
        "cargo built no program named nano"
    );
}

#[test]
fn test_files_are_picked_by_name() {
    let folder = crate::shell::root().join("tests/e2e");
    let names = |wanted| {
        let files = test_files(&folder, wanted)?;
        Ok::<_, String>(
            files.iter().map(|file| file.file_name().unwrap().to_owned()).collect::<Vec<_>>(),
        )
    };
    assert!(names("").unwrap().len() >= 4);
    assert_eq!(names("chat").unwrap(), ["chat.test.js"]);
    assert!(names("nothing").unwrap_err().contains("has \"nothing\" in its name"));
}

#[test]
fn tests_of_generated_clients_are_picked_by_folder_or_name() {
    let tests = crate::shell::root().join("tests/e2e");
    let count = |wanted| typed::files(&tests, wanted).unwrap().len();
    assert!(count("") >= 4);
    assert_eq!(count("typed"), count(""));
    assert_eq!(count("releases"), 1);
    assert_eq!(count("chat"), 0);
}

#[test]
fn files_for_gates_are_picked_by_their_whole_name() {
    let names = |wanted: &[&str]| {
        let files: Vec<_> = wanted.iter().map(|name| Path::new("tests/e2e").join(name)).collect();
        gates::files(&files)
            .iter()
            .map(|file| file.file_name().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&["chat.test.js", "typed/json.test.ts"]), ["chat.test.js", "json.test.ts"]);
    assert!(names(&["closing.test.js", "chatter.test.js", "typed/releases.test.ts"]).is_empty());
}

#[test]
fn every_file_for_gates_exists() {
    let tests = crate::shell::root().join("tests/e2e");
    let all = [test_files(&tests, "").unwrap(), typed::files(&tests, "").unwrap()].concat();
    assert_eq!(gates::files(&all).len(), gates::FILES.len());
}

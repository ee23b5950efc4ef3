//! Tests of the choice of files.

use std::path::Path;

use super::{gates, test_files, typed};

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

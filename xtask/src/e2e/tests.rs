//! Tests of the choice of files.

use std::path::Path;

use super::{test_files, typed};

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

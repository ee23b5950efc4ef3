use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

#[test]
fn all_files_are_served_and_none_writes_markup() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin/playground");
    let entries = fs::read_dir(folder).expect("a readable folder");
    let found: BTreeSet<_> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".js") || name.ends_with(".css"))
        .collect();
    let served: BTreeSet<_> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(served, found, "FILES in admin/playground.rs");
    for (name, _) in nano_js::FILES {
        assert!(!served.contains(*name), "{name} is a file of the client as well");
    }
    // Names come from servers and clients, and the policy forbids styles and scripts in markup.
    let forbidden =
        [" style=\"", " onclick=\"", "innerHTML", "outerHTML", "insertAdjacentHTML", "eval("];
    for (name, text) in FILES.iter().chain(&[("page.html", PAGE)]) {
        for forbidden in forbidden {
            assert!(!text.contains(forbidden), "{name} has {forbidden}");
        }
        assert!(text.lines().count() <= 400, "{name} has {} lines", text.lines().count());
    }
}

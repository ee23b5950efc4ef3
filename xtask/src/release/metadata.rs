//! The fields that a registry shows, or asks for.

use serde_json::Value;

use super::packages::Package;

/// Returns a line for each field that is missing or wrong.
pub(super) fn problems(packages: &[Package]) -> Vec<String> {
    packages.iter().flat_map(of_one).collect()
}

fn of_one(package: &Package) -> Vec<String> {
    let (name, about) = (&package.name, &package.about);
    let mut problems: Vec<String> = ["description", "license", "readme", "rust_version"]
        .into_iter()
        .filter(|field| about[field].as_str().is_none_or(str::is_empty))
        .map(|field| format!("{name}: `{field}` is missing in its Cargo.toml"))
        .collect();
    for field in ["keywords", "categories"] {
        let count = about[field].as_array().map_or(0, Vec::len);
        if !(1..=5).contains(&count) {
            problems.push(format!("{name}: {count} {field}, the registry takes one to five"));
        }
    }
    let has_features = about["features"].as_object().is_some_and(|features| !features.is_empty());
    if has_features && about["metadata"]["docs"]["rs"]["all-features"] != Value::Bool(true) {
        problems.push(format!("{name}: docs.rs would leave out the items of its features"));
    }
    let exact = format!("={}", package.version);
    for (needed, accepted) in &package.needs {
        // Parts of one program: a mixture of releases was never tested.
        if *accepted != exact {
            problems.push(format!("{name}: asks for {needed} {accepted} in place of {exact}"));
        }
    }
    problems
}

/// Returns a line for what only the publisher can fill in.
pub(super) fn open_points(packages: &[Package]) -> Vec<String> {
    let is_homeless = |package: &&Package| package.about["repository"].as_str().is_none();
    let homeless: Vec<&str> =
        packages.iter().filter(is_homeless).map(|package| package.name.as_str()).collect();
    if homeless.is_empty() {
        return Vec::new();
    }
    let names = homeless.join(", ");
    vec![format!("`repository` is not set: write it into [workspace.package] ({names})")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn about() -> Value {
        json!({
            "description": "a game", "license": "MIT", "readme": "README.md", "rust_version": "1.88",
            "keywords": ["game"], "categories": ["games"], "features": { "tls": [] },
            "metadata": { "docs": { "rs": { "all-features": true } } },
        })
    }

    fn package(about: Value, accepted: &str) -> Package {
        let needs = vec![("part".to_owned(), accepted.to_owned())];
        Package { name: "app".into(), version: "0.1.0".into(), about, needs }
    }

    #[test]
    fn each_missing_field_has_a_line() {
        assert_eq!(problems(&[package(about(), "=0.1.0")]), [""; 0]);
        for (field, value, expected) in [
            ("description", Value::Null, "app: `description` is missing in its Cargo.toml"),
            ("readme", json!(""), "app: `readme` is missing in its Cargo.toml"),
            ("keywords", json!([]), "app: 0 keywords, the registry takes one to five"),
            ("metadata", Value::Null, "app: docs.rs would leave out the items of its features"),
        ] {
            let mut about = about();
            about[field] = value;
            assert_eq!(problems(&[package(about, "=0.1.0")]), [expected]);
        }
        let loose = problems(&[package(about(), "^0.1.0")]);
        assert_eq!(loose, ["app: asks for part ^0.1.0 in place of =0.1.0"]);
    }

    #[test]
    fn the_address_of_the_repository_is_an_open_point() {
        let mut about = about();
        assert_eq!(open_points(&[package(about.clone(), "=0.1.0")]).len(), 1);
        about["repository"] = json!("https://example.org/nano");
        assert_eq!(open_points(&[package(about, "=0.1.0")]), [""; 0]);
    }
}

//! The packages that would be published, in the order in which they would be.

use serde_json::Value;

/// A package of the workspace that can be published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    /// Its names for people, as Cargo describes them.
    pub(super) about: Value,
    /// Packages of the workspace that it is built with, each with the versions that it accepts.
    pub(super) needs: Vec<(String, String)>,
}

/// Returns the packages, each behind those that it needs.
///
/// # Errors
///
/// A text when a package needs one that is not published, or when they need each other.
pub(super) fn of(metadata: &Value) -> Result<Vec<Package>, String> {
    let mut waiting: Vec<Package> = local(metadata)
        .filter(|package| package["publish"].as_array().is_none_or(|places| !places.is_empty()))
        .map(|package| described(package, metadata))
        .collect();
    let mut ordered: Vec<Package> = Vec::new();
    while !waiting.is_empty() {
        let is_there = |name: &String| ordered.iter().any(|package| package.name == *name);
        let is_next = |package: &Package| package.needs.iter().all(|(name, _)| is_there(name));
        let Some(next) = waiting.iter().position(is_next) else {
            let names: Vec<String> = waiting.iter().map(|package| package.name.clone()).collect();
            return Err(format!(
                "cannot be published: {}; each needs a package of the workspace that has \
                 `publish = false`, or that needs it in turn",
                names.join(", ")
            ));
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

/// Returns the arguments that name the packages to Cargo.
pub(super) fn arguments(packages: &[Package]) -> Vec<&str> {
    packages.iter().flat_map(|package| ["--package", &package.name]).collect()
}

fn described(package: &Value, metadata: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    let needs = dependencies
        // Those of tests are left out of a published package when they have a path only.
        .filter(|needed| needed["kind"] != "dev")
        .filter(|needed| local(metadata).any(|other| other["name"] == needed["name"]))
        .filter(|needed| needed["path"].is_string())
        .map(|needed| (text(&needed["name"]), text(&needed["req"])))
        .collect();
    Package {
        name: text(&package["name"]),
        version: text(&package["version"]),
        about: package.clone(),
        needs,
    }
}

/// The packages of the workspace.
fn local(metadata: &Value) -> impl Iterator<Item = &Value> {
    let all = metadata["packages"].as_array().into_iter().flatten();
    all.filter(|package| package["source"].is_null())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn package(name: &str, needs: &[&str], publish: Value) -> Value {
        let dependency =
            |need: &&str| json!({ "name": need, "req": "=0.1.0", "kind": null, "path": "/x" });
        let dependencies: Vec<Value> = needs.iter().map(dependency).collect();
        json!({ "name": name, "version": "0.1.0", "source": null, "publish": publish, "dependencies": dependencies })
    }

    #[test]
    fn a_package_comes_behind_those_that_it_needs() {
        let metadata = json!({ "packages": [
            package("app", &["macros", "syntax"], Value::Null),
            package("macros", &["syntax"], Value::Null),
            package("tests", &["app"], json!([])),
            package("syntax", &[], Value::Null),
            { "name": "serde", "source": "registry", "dependencies": [] },
        ] });
        let packages = of(&metadata).expect("an order");
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["syntax", "macros", "app"]);
        assert_eq!(arguments(&packages[..1]), ["--package", "syntax"]);
    }

    #[test]
    fn a_package_that_needs_one_that_stays_at_home_is_named() {
        let metadata = json!({ "packages": [
            package("app", &["secret"], Value::Null),
            package("secret", &[], json!([])),
        ] });
        let problem = of(&metadata).expect_err("`secret` is not published");
        assert!(problem.starts_with("cannot be published: app;"), "{problem}");
    }
}

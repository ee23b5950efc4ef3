//! The oldest compiler that all dependencies accept.

use serde_json::Value;

/// Returns a line for each dependency that asks for a newer compiler than the workspace promises.
pub(super) fn problems(metadata: &Value) -> Vec<String> {
    let packages = || metadata["packages"].as_array().into_iter().flatten();
    let version = |package: &Value| package["rust_version"].as_str().and_then(parsed);
    let ours = packages().filter(|package| package["source"].is_null()).filter_map(version).min();
    let Some(ours) = ours else { return vec!["no package has a `rust-version`".to_owned()] };
    packages()
        .filter(|package| !package["source"].is_null())
        .filter(|package| version(package).is_some_and(|theirs| theirs > ours))
        .map(|package| {
            let text = |field: &str| package[field].as_str().unwrap_or_default().to_owned();
            format!(
                "{} {} needs Rust {}, and the workspace promises {}.{}: take an earlier version of it",
                text("name"),
                text("version"),
                text("rust_version"),
                ours[0],
                ours[1],
            )
        })
        .collect()
}

/// Reads `1.88` or `1.88.0`.
fn parsed(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.split('.').map(str::parse);
    let mut next = || parts.next().unwrap_or(Ok(0)).ok();
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_dependency_that_needs_a_newer_compiler_is_named() {
        let metadata = json!({ "packages": [
            { "name": "game", "version": "0.1.0", "source": null, "rust_version": "1.88" },
            { "name": "old", "version": "1.2.3", "source": "registry", "rust_version": "1.9" },
            { "name": "same", "version": "1.2.3", "source": "registry", "rust_version": "1.88.0" },
            { "name": "silent", "version": "1.2.3", "source": "registry", "rust_version": null },
            { "name": "new", "version": "2.0.0", "source": "registry", "rust_version": "1.88.1" },
        ] });
        let expected = "new 2.0.0 needs Rust 1.88.1, and the workspace promises 1.88: take an earlier version of it";
        assert_eq!(problems(&metadata), [expected]);
    }
}

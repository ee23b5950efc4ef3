use super::CfgSet;

fn eval(set: &CfgSet, predicate: &str) -> Result<bool, String> {
    set.eval(&predicate.parse().expect("tokens")).map_err(|error| error.to_string())
}

#[test]
fn predicates() {
    let set = CfgSet::new()
        .flag("unix")
        .flag("type")
        .key_value("feature", "chat-room")
        .key_value("target_os", "linux");
    for (predicate, expected) in [
        ("unix", true),
        ("windows", false),
        ("true", true),
        ("false", false),
        ("r#true", false),
        ("r#type", true),
        ("all()", true),
        ("any()", false),
        ("not(unix)", false),
        ("not(any())", true),
        ("all(unix, target_os = \"linux\")", true),
        ("all(unix, windows)", false),
        ("any(windows, not(target_os = \"macos\"),)", true),
        ("feature = \"chat-room\"", true),
        ("feature = \"chat_room\"", false),
        ("feature", false),
        ("unix = \"\"", false),
        ("unix,", true),
    ] {
        assert_eq!(eval(&set, predicate), Ok(expected), "{predicate}");
    }
}

#[test]
fn faulty_predicates() {
    let set = CfgSet::new();
    for (predicate, expected) in [
        ("", "expected a condition"),
        ("\"unix\"", "expected a condition"),
        ("version(\"1.80\")", "unknown condition `version(..)`; known are `all`, `any`, `not`"),
        ("not()", "`not(..)` takes one condition, got 0"),
        ("not(unix, windows)", "`not(..)` takes one condition, got 2"),
        ("feature = 1", "expected string literal"),
        ("any(true, version(\"1\"))", "unknown condition `version(..)`"),
        ("unix windows", "unexpected token"),
    ] {
        let error = eval(&set, predicate).expect_err(predicate);
        assert!(error.contains(expected), "{predicate}: {error}");
    }
}

fn from_env(vars: &[(&str, &str)]) -> CfgSet {
    CfgSet::from_env(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn variables_of_cargo() {
    let set = from_env(&[
        ("CARGO_CFG_UNIX", ""),
        ("CARGO_CFG_TARGET_OS", "linux"),
        ("CARGO_CFG_TARGET_ENV", ""),
        ("CARGO_CFG_TARGET_FEATURE", "fxsr,sse,sse2"),
        ("CARGO_CFG_TOKIO_UNSTABLE", ""),
        ("CARGO_FEATURE_CHAT_ROOM", "1"),
        ("CARGO_MANIFEST_DIR", "/somewhere"),
    ]);
    for (predicate, expected) in [
        ("unix", true),
        ("tokio_unstable", true),
        ("target_os = \"linux\"", true),
        ("target_os", false),
        ("target_env = \"\"", true),
        ("target_feature = \"sse2\"", true),
        ("target_feature = \"avx\"", false),
        ("feature = \"chat-room\"", true),
        ("feature = \"chat_room\"", true),
        ("feature = \"other\"", false),
        ("manifest_dir", false),
        ("test", false),
        ("debug_assertions", false),
    ] {
        assert_eq!(eval(&set, predicate), Ok(expected), "{predicate}");
    }
}

#[test]
fn the_list_of_features_is_exact() {
    let set = from_env(&[
        ("CARGO_FEATURE_CHAT_ROOM", "1"),
        ("CARGO_CFG_FEATURE", "chat-room,default"),
        ("PROFILE", "debug"),
    ]);
    assert_eq!(eval(&set, "feature = \"chat-room\""), Ok(true));
    assert_eq!(eval(&set, "feature = \"default\""), Ok(true));
    assert_eq!(eval(&set, "feature = \"chat_room\""), Ok(false));
    assert_eq!(eval(&set, "debug_assertions"), Ok(true));
}

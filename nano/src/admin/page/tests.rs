use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::metrics::{Kind, METRICS};

/// Returns the source of the policy for the one element of this name in the page.
fn hash(element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let (before, rest) = PAGE.split_once(&open).expect("the element");
    let (content, after) = rest.split_once(&close).expect("its end");
    assert!(!before.contains(&close) && !after.contains(&format!("<{element}")), "one {element}");
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content)))
}

#[test]
fn the_policy_allows_the_pages_own_script_and_style_only() {
    let expected = format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        hash("script"),
        hash("style"),
    );
    assert_eq!(POLICY, expected, "POLICY in admin/page.rs, after a change of page.html");
    for forbidden in [" style=\"", " onclick=", "innerHTML", "insertAdjacentHTML", "localStorage"] {
        assert!(!PAGE.contains(forbidden), "the page has {forbidden}");
    }
}

/// The words in a text that begin as names of metrics do.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric());
    words.filter(|word| word.starts_with("nano_")).collect()
}

/// The names under which Prometheus has the metrics.
fn exported() -> BTreeSet<String> {
    let names = METRICS.iter().flat_map(|metric| match metric.kind {
        Kind::Histogram => {
            ["_bucket", "_sum", "_count"].map(|end| format!("{}{end}", metric.name)).to_vec()
        }
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
    });
    names.collect()
}

#[test]
fn dashboard_and_page_ask_for_metrics_that_exist() {
    let dashboard: serde_json::Value = serde_json::from_str(GRAFANA).expect("a dashboard in JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut asked = BTreeSet::new();
    for target in panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets")) {
        asked.extend(names(target["expr"].as_str().expect("an expression")));
    }
    let exported = exported();
    for name in asked.iter().chain(&names(PAGE)) {
        assert!(exported.contains(*name), "there is no metric {name}");
    }
    // And none is forgotten.
    for metric in METRICS {
        assert!(
            asked.iter().any(|name| name.starts_with(metric.name)),
            "no panel shows {}",
            metric.name
        );
    }
}

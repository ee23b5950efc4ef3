use super::table::{ALL, Kind};

/// The rows of the page's table, without the texts.
#[test]
fn the_documentation_lists_every_metric() {
    let page = include_str!("../docs/observability.md");
    let rows = page.lines().filter(|line| line.starts_with("| `nano_")).map(str::to_owned);
    let expected = ALL.iter().map(|metric| {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let (unit, labels) = (metric.unit.as_str(), labels.join(", "));
        format!("| `{}` | {kind} | {unit} | {labels} | {} |", metric.name, metric.text)
    });
    assert_eq!(rows.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

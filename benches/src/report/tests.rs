//! Tests of the report's table.

use super::*;

const COLUMNS: [Column; 2] =
    [Column::compared("messages/s", Unit::Rate), Column::plain("p99", Unit::Nanos)];

fn row(peer: &str, rounds: &[[f64; 2]]) -> Row {
    let mut row = Row::new(peer, peer == "raw");
    rounds.iter().for_each(|values| row.push(values.to_vec()));
    row
}

#[test]
fn a_table_shows_medians_and_ratios_to_the_first_raw_peer() {
    let rows = [
        row("nano:multi", &[[200e3, 1.1e6], [150e3, 900e3], [50e3, 900e3]]),
        row("raw", &[[250e3, 2e3], [100e3, 2e3], [100e3, 2e3]]),
    ];
    let expected = "\
| peer       | messages/s |        range | to raw |     p99 |
|------------|------------|--------------|--------|---------|
| nano:multi |       150k |  50k to 200k |   0.80 |  900 us |
| raw        |       100k | 100k to 250k |   1.00 | 2.00 us |";
    let shown = table(&COLUMNS, &rows);
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn a_table_without_a_raw_peer_has_no_ratios() {
    let shown = table(&COLUMNS, &[row("nano", &[[4.2e6, 12e6]])]);
    assert!(!shown.contains("to raw"), "{shown}");
    assert!(shown.contains("4.20M") && shown.contains("12 ms"), "{shown}");
}

fn results() -> Results {
    Results {
        machine: "2 cores".to_owned(),
        title: "echo".to_owned(),
        conditions: "3 rounds".to_owned(),
        notices: vec!["`pinus` is left out".to_owned()],
        columns: COLUMNS.to_vec(),
        rows: vec![
            row("nano", &[[90e3, 1e6], [40e3, f64::NAN], [95e3, 3e6]]),
            row("raw", &[[100e3, 1e6], [50e3, 1e6], [100e3, 1e6]]),
        ],
    }
}

#[test]
fn results_are_the_same_when_they_are_read_again() {
    let results = results();
    let json = serde_json::to_string(&results).expect("JSON");
    assert_eq!(serde_json::from_str::<Results>(&json).expect("results"), results);
    assert!(results.text().contains("echo; 3 rounds\n`pinus` is left out\n\n| peer "));
}

#[test]
fn results_of_another_build_are_told_apart() {
    let with = |machine: &str| Results { machine: machine.to_owned(), ..results() };
    assert!(with("2 cores").is_of("2 cores"));
    assert!(with("2 cores; Node.js v20").is_of("2 cores"));
    assert!(!with("2 cores; DEBUG BUILD; Node.js v20").is_of("2 cores"));
}

#[test]
fn shares_and_medians_are_found_by_title() {
    let results = results();
    assert_eq!(results.share_of_raw("nano"), Some(("messages/s", 0.9)));
    // The round that could not be measured does not count.
    assert_eq!(results.medians("p99"), [("nano", 2e6), ("raw", 1e6)]);
    assert_eq!((results.share_of_raw("pinus"), results.medians("p50")), (None, Vec::new()));
}

//! Tests of the report's table.

use super::*;

const COLUMNS: [Column; 2] = [
    Column { title: "messages/s", unit: Unit::Rate, compared: true },
    Column { title: "p99", unit: Unit::Nanos, compared: false },
];

fn row(peer: &str, rounds: &[[f64; 2]]) -> Row {
    let rounds = rounds.iter().map(|values| values.to_vec()).collect();
    Row { peer: peer.parse().expect("a peer"), rounds }
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

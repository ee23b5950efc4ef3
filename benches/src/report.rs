//! The table of a report.

#[cfg(test)]
mod tests;

use comfy_table::{CellAlignment, Table, presets};

use crate::peers::PeerSpec;
use crate::stats;

/// The unit of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A number per second.
    Rate,
    Nanos,
    Bytes,
    Percent,
}

/// A value that rounds measure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) unit: Unit,
    /// Adds a column with the ratio to the first raw peer.
    pub(crate) compared: bool,
}

/// The measured values of all rounds of one peer.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) peer: PeerSpec,
    /// By round, then by column.
    pub(crate) rounds: Vec<Vec<f64>>,
}

impl Row {
    pub(crate) fn new(peer: PeerSpec) -> Self {
        Self { peer, rounds: Vec::new() }
    }

    fn column(&self, index: usize) -> Vec<f64> {
        self.rounds.iter().filter_map(|values| values.get(index).copied()).collect()
    }
}

/// A Markdown table with a line for each peer.
pub(crate) fn table(columns: &[Column], rows: &[Row]) -> String {
    let baseline = rows.iter().find(|row| row.peer.is_raw());
    let mut titles = vec!["peer".to_owned()];
    for (index, column) in columns.iter().enumerate() {
        titles.push(column.title.to_owned());
        if index == 0 {
            titles.push("range".to_owned());
        }
        if let Some(baseline) = baseline.filter(|_| column.compared) {
            titles.push(format!("to {}", baseline.peer));
        }
    }
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(titles);
    for row in rows {
        table.add_row(cells(columns, row, baseline));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn cells(columns: &[Column], row: &Row, baseline: Option<&Row>) -> Vec<String> {
    let or_dash = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
    let mut cells = vec![row.peer.to_string()];
    for (index, Column { unit, compared, .. }) in columns.iter().enumerate() {
        let values = row.column(index);
        cells.push(or_dash(stats::median(&values).map(|value| shown(value, *unit))));
        if index == 0 {
            let range = stats::range(&values);
            cells.push(or_dash(range.map(|(least, most)| {
                format!("{} to {}", shown(least, *unit), shown(most, *unit))
            })));
        }
        if let Some(baseline) = baseline.filter(|_| *compared) {
            let ratio = stats::paired_ratio(&values, &baseline.column(index));
            cells.push(or_dash(ratio.map(|ratio| format!("{ratio:.2}"))));
        }
    }
    cells
}

/// Writes a value with its unit, in two to four digits.
fn shown(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Rate if value >= 1e6 => format!("{:.2}M", value / 1e6),
        Unit::Rate if value >= 1e4 => format!("{:.0}k", value / 1e3),
        Unit::Rate => format!("{value:.0}"),
        Unit::Nanos if value >= 1e7 => format!("{:.0} ms", value / 1e6),
        Unit::Nanos if value >= 1e6 => format!("{:.1} ms", value / 1e6),
        Unit::Nanos if value >= 1e4 => format!("{:.0} us", value / 1e3),
        Unit::Nanos => format!("{:.2} us", value / 1e3),
        Unit::Bytes => format!("{value:.0} B"),
        Unit::Percent => format!("{value:.1} %"),
    }
}

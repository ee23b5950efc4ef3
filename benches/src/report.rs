//! The results of a scenario, and their table.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use comfy_table::{CellAlignment, Table, presets};
use serde::{Deserialize, Serialize};

use crate::stats;

/// What stands in front of the version of Node.js, behind the description of the machine.
pub(crate) const NODE: &str = "; Node.js ";

/// All that a scenario measured, and under which conditions.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    /// The scenario, with the options that change the result.
    pub(crate) title: String,
    /// The rounds and the cores.
    pub(crate) conditions: String,
    /// The peers that were left out, each with the reason.
    pub(crate) notices: Vec<String>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

impl Results {
    /// The text for a person.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}\n{}; {}\n", self.machine, self.title, self.conditions);
        for notice in &self.notices {
            text.push_str(notice);
            text.push('\n');
        }
        format!("{text}\n{}\n", self.table())
    }

    /// Returns `true` if they were measured on this machine, with this build.
    pub(crate) fn is_of(&self, machine: &str) -> bool {
        // Behind that are the versions of what only some of the peers need.
        self.machine.split(NODE).next() == Some(machine)
    }

    pub(crate) fn table(&self) -> String {
        table(&self.columns, &self.rows)
    }

    /// The medians of a column, by peer.
    pub(crate) fn medians(&self, title: &str) -> Vec<(&str, f64)> {
        let Some(index) = self.columns.iter().position(|column| column.title == title) else {
            return Vec::new();
        };
        let median = |row: &'_ Row| stats::median(&row.column(index));
        self.rows.iter().filter_map(|row| Some((&*row.peer, median(row)?))).collect()
    }

    /// A peer's share of the raw peer in the first rate that is compared, with the title of that column.
    pub(crate) fn share_of_raw(&self, peer: &str) -> Option<(&str, f64)> {
        let is_rate = |column: &Column| column.compared && column.unit == Unit::Rate;
        let index = self.columns.iter().position(is_rate)?;
        let raw = self.rows.iter().find(|row| row.is_raw)?.column(index);
        let row = self.rows.iter().find(|row| row.peer == peer)?;
        let share = stats::paired_ratio(&row.column(index), &raw)?;
        Some((&self.columns[index].title, share))
    }
}

/// The unit of a column's values.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    /// A number per second.
    Rate,
    /// A small number.
    Decimal,
    Nanos,
    Bytes,
    Percent,
}

/// A value that rounds measure.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Column {
    title: Cow<'static, str>,
    unit: Unit,
    /// Adds a column with the ratio to the first raw peer.
    compared: bool,
}

impl Column {
    pub(crate) const fn plain(title: &'static str, unit: Unit) -> Self {
        Self { title: Cow::Borrowed(title), unit, compared: false }
    }

    /// A column that is followed by the ratio to the first raw peer.
    pub(crate) const fn compared(title: &'static str, unit: Unit) -> Self {
        Self { title: Cow::Borrowed(title), unit, compared: true }
    }
}

/// The measured values of all rounds of one peer.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Row {
    pub(crate) peer: String,
    is_raw: bool,
    /// By round, then by column; `None` for what cannot be measured.
    rounds: Vec<Vec<Option<f64>>>,
}

impl Row {
    pub(crate) fn new(peer: impl ToString, is_raw: bool) -> Self {
        Self { peer: peer.to_string(), is_raw, rounds: Vec::new() }
    }

    /// Adds a round. What cannot be measured is no number.
    pub(crate) fn push(&mut self, values: Vec<f64>) {
        self.rounds.push(values.into_iter().map(|one| one.is_finite().then_some(one)).collect());
    }

    fn column(&self, index: usize) -> Vec<f64> {
        let value = |round: &Vec<Option<f64>>| round.get(index).copied().flatten();
        self.rounds.iter().map(|round| value(round).unwrap_or(f64::NAN)).collect()
    }
}

/// A Markdown table with a line for each peer.
fn table(columns: &[Column], rows: &[Row]) -> String {
    let baseline = rows.iter().find(|row| row.is_raw);
    let mut titles = vec!["peer".to_owned()];
    for (index, column) in columns.iter().enumerate() {
        titles.push(column.title.to_string());
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
        Unit::Decimal => format!("{value:.1}"),
        Unit::Nanos if value >= 1e7 => format!("{:.0} ms", value / 1e6),
        Unit::Nanos if value >= 1e6 => format!("{:.1} ms", value / 1e6),
        Unit::Nanos if value >= 1e4 => format!("{:.0} us", value / 1e3),
        Unit::Nanos => format!("{:.2} us", value / 1e3),
        Unit::Bytes if value >= 1e5 => format!("{:.1} MiB", value / 1048576.0),
        Unit::Bytes => format!("{value:.0} B"),
        Unit::Percent => format!("{value:.1} %"),
    }
}

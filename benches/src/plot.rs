//! Plots of the report: horizontal bars as SVG.

use std::fmt::Display;
use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

const WIDTH: u32 = 920;
/// The height of a bar with its gap, and of title and axis.
const BAR: u32 = 34;
const AROUND: u32 = 110;

/// A bar chart.
#[derive(Debug)]
pub(crate) struct Bars<'a> {
    pub(crate) title: &'a str,
    /// The meaning and the unit of the values.
    pub(crate) axis: &'a str,
    /// The label and the value of each bar, from above.
    pub(crate) bars: Vec<(String, f64)>,
}

impl Bars<'_> {
    /// Writes the chart; without bars there is none.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let count = self.bars.len();
        let most = self.bars.iter().map(|(_, value)| *value).fold(0.0, f64::max);
        if count == 0 || most <= 0.0 {
            return Ok(());
        }
        let size = (WIDTH, AROUND + BAR * u32::try_from(count)?);
        let area = SVGBackend::new(path, size).into_drawing_area();
        self.draw(&area, most).map_err(|error| anyhow!("{}: {error}", path.display()))
    }

    /// The width of the longest label, in pixels: no label of the charts is wider than 7 for a character.
    fn label_width(&self) -> u32 {
        let longest = self.bars.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        30 + 7 * longest as u32
    }

    fn draw<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, plotters::coord::Shift>,
        most: f64,
    ) -> Result<(), String> {
        let failed = |error: &dyn Display| error.to_string();
        let count = self.bars.len();
        area.fill(&WHITE).map_err(|error| failed(&error))?;
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, ("sans-serif", 19))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(self.label_width())
            .build_cartesian_2d(0.0..most * 1.12, 0.0..count as f64)
            .map_err(|error| failed(&error))?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_desc(self.axis)
            .x_labels(7)
            .x_label_formatter(&|value| shown(*value))
            .label_style(("sans-serif", 13))
            .light_line_style(WHITE)
            .draw()
            .map_err(|error| failed(&error))?;
        for (index, (label, value)) in self.bars.iter().enumerate() {
            let middle = (count - index) as f64 - 0.5;
            let color = if label.contains("raw") {
                RGBColor(160, 160, 160)
            } else {
                RGBColor(38, 103, 171)
            };
            let bar =
                Rectangle::new([(0.0, middle - 0.34), (*value, middle + 0.34)], color.filled());
            let style = ("sans-serif", 14).into_font();
            let number =
                Text::new(shown(*value), (*value + most * 0.01, middle + 0.2), style.clone());
            chart.draw_series([bar]).map_err(|error| failed(&error))?;
            chart.draw_series([number]).map_err(|error| failed(&error))?;
            let (_, y) = chart.backend_coord(&(0.0, middle + 0.2));
            let at = area.get_base_pixel();
            area.draw(&Text::new(label.clone(), (14 - at.0, y - at.1), style))
                .map_err(|error| failed(&error))?;
        }
        area.present().map_err(|error| failed(&error))
    }
}

/// A value in three digits.
fn shown(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        1e6.. => format!("{:.2}M", value / 1e6),
        1e3.. => format!("{:.0}k", value / 1e3),
        10.0.. => format!("{value:.0}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_a_bar_for_each_value() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("chart.svg");
        let bars = [("nano", 240e3), ("raw", 250e3), ("<ws>", 3.0)];
        let bars = bars.map(|(label, value)| (label.to_owned(), value)).into();
        Bars { title: "Echo", axis: "messages", bars }.write(&path).expect("a chart");
        let svg = std::fs::read_to_string(path).expect("a file");
        for text in ["Echo", "messages", "\nnano\n", "\nraw\n", "&lt;ws&gt;", "240k", "3.00"] {
            assert!(svg.contains(text), "{text}: {svg}");
        }
        assert!(svg.matches("<rect").count() >= 4, "{svg}");
    }
}

//! Medians and ratios of what interleaved rounds measured. What is no number was not measured, and does not count.

#[cfg(test)]
mod tests;

fn numbers(values: &[f64]) -> impl Iterator<Item = f64> {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// The median of some values, or nothing of none.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let mut values: Vec<_> = numbers(values).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some((values.get(middle - 1)? + upper) / 2.0)
}

/// The smallest and the largest of some values, or nothing of none.
pub(crate) fn range(values: &[f64]) -> Option<(f64, f64)> {
    let smallest = numbers(values).min_by(f64::total_cmp)?;
    let largest = numbers(values).max_by(f64::total_cmp)?;
    Some((smallest, largest))
}

/// The median of the ratios of the values of the same round.
///
/// A machine that is shared slows whole rounds down. Both values of a round suffer alike, so their
/// ratio is steadier than the ratio of the medians.
pub(crate) fn paired_ratio(values: &[f64], baseline: &[f64]) -> Option<f64> {
    let pairs = values.iter().zip(baseline).filter(|(_, baseline)| **baseline != 0.0);
    let ratios: Vec<_> = pairs.map(|(value, baseline)| value / baseline).collect();
    median(&ratios)
}

//! Tests of medians and ratios.

use super::*;

#[test]
fn medians() {
    for (values, expected) in [
        (&[][..], None),
        (&[3.0], Some(3.0)),
        (&[4.0, 1.0], Some(2.5)),
        (&[9.0, 1.0, 2.0], Some(2.0)),
        (&[f64::NAN, 3.0], Some(3.0)),
        (&[4.0, 1.0, 3.0, 100.0], Some(3.5)),
    ] {
        assert_eq!(median(values), expected, "{values:?}");
    }
    assert_eq!(range(&[4.0, 1.0, 3.0]), Some((1.0, 4.0)));
    assert_eq!(range(&[]), None);
}

#[test]
fn a_slow_round_does_not_change_the_ratio() {
    // The machine is four times slower in the second round, and the medians' ratio would be 0.25.
    let (values, baseline) = ([80.0, 20.0, 20.0], [100.0, 25.0, 100.0]);
    assert_eq!(paired_ratio(&values, &baseline), Some(0.8));
    // A round without a baseline says nothing.
    assert_eq!(paired_ratio(&[80.0, 5.0], &[100.0, 0.0]), Some(0.8));
    assert_eq!(paired_ratio(&[80.0], &[]), None);
    assert_eq!(paired_ratio(&[f64::NAN, 40.0], &[100.0, 50.0]), Some(0.8));
}

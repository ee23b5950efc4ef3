//! The version of the protocol between nodes.

use std::ops::RangeInclusive;

/// The oldest and the newest protocol that this node speaks.
pub(super) const PROTOCOLS: RangeInclusive<u32> = 1..=1;

/// Compares the protocols of another node with those of this one.
///
/// # Errors
///
/// Both ranges, when they do not overlap.
pub(super) fn check(other: &str, theirs: RangeInclusive<u32>, this: &str) -> Result<(), String> {
    let (min, max) = theirs.into_inner();
    let (own_min, own_max) = PROTOCOLS.into_inner();
    if min > own_max || max < own_min {
        return Err(format!(
            "{other} speaks the protocols {min} to {max}, and {this} {own_min} to {own_max}"
        ));
    }
    Ok(())
}

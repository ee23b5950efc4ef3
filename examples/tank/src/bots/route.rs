//! The way from one tile to another, around walls and water.

use std::collections::VecDeque;

use crate::game::{Map, Point, TILE};

/// The middle of the next tile on a shortest way, or none if there is no way, or no need of one.
pub(super) fn next(map: &Map, from: Point, to: Point) -> Option<Point> {
    let (start, end) = (tile(from), tile(to));
    if start == end || !map.has_room(middle(end)) {
        return None;
    }
    let (height, width) = (map.rows().len(), map.rows().first().map_or(0, String::len));
    let index = |(x, y): (i32, i32)| {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < width && y < height).then_some(y * width + x)
    };
    // From the end, so that the first to reach the start knows the next tile.
    let mut is_known = vec![false; width * height];
    let mut open = VecDeque::from([end]);
    is_known[index(end)?] = true;
    while let Some((x, y)) = open.pop_front() {
        for step in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
            if step == start {
                return Some(middle((x, y)));
            }
            let Some(at) = index(step) else { continue };
            if !is_known[at] && map.has_room(middle(step)) {
                is_known[at] = true;
                open.push_back(step);
            }
        }
    }
    None
}

fn tile(at: Point) -> (i32, i32) {
    (at.x.div_euclid(TILE), at.y.div_euclid(TILE))
}

fn middle((x, y): (i32, i32)) -> Point {
    Point { x: x * TILE + TILE / 2, y: y * TILE + TILE / 2 }
}

//! The map: tiles that stop tanks and shells, and the places where tanks and crates appear.

use super::UNIT;
use super::tank::HALF;

/// The width of a tile.
pub(crate) const TILE: i32 = 40 * UNIT;

/// The tiles that a map has at most, in each direction: all of it is in range of its numbers.
const MOST: usize = 100;

const ARENA: &str = include_str!("arena.txt");

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

impl Point {
    /// The square of the distance, which may be as long as the map.
    pub(crate) fn squared(self, other: Self) -> i64 {
        let [dx, dy] = [self.x - other.x, self.y - other.y].map(i64::from);
        dx * dx + dy * dy
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tile {
    Floor,
    /// Stops all.
    Wall,
    /// Stops tanks; shells fly over it.
    Water,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Map {
    rows: Vec<String>,
    tiles: Vec<Vec<Tile>>,
    /// The places of tanks, and those of crates.
    pub(super) spawns: Vec<Point>,
    pub(super) crates: Vec<Point>,
}

impl Map {
    /// The map of all arenas.
    pub(crate) fn arena() -> Self {
        Self::new(ARENA.lines().map(str::to_owned).collect()).expect("a good map is compiled in")
    }

    /// Reads a map: `#` is a wall, `~` is water, `s` and `c` are places of tanks and crates. Returns none for rows that are no
    /// rectangle with walls around it, or have no place of tanks.
    pub(crate) fn new(rows: Vec<String>) -> Option<Self> {
        let width = rows.first()?.len();
        let is_map = (3..=MOST).contains(&width)
            && (3..=MOST).contains(&rows.len())
            && rows.iter().all(|row| {
                row.len() == width && row.is_ascii() && row.starts_with('#') && row.ends_with('#')
            });
        let ends = [rows.first()?, rows.last()?];
        if !is_map || !ends.iter().all(|row| row.bytes().all(|tile| tile == b'#')) {
            return None;
        }
        let tile = |letter| match letter {
            b'#' => Tile::Wall,
            b'~' => Tile::Water,
            _ => Tile::Floor,
        };
        let tiles = rows.iter().map(|row| row.bytes().map(tile).collect()).collect();
        let (spawns, crates) = (places(&rows, b's'), places(&rows, b'c'));
        (!spawns.is_empty()).then_some(Self { rows, tiles, spawns, crates })
    }

    pub(crate) fn rows(&self) -> &[String] {
        &self.rows
    }

    fn tile(&self, x: i32, y: i32) -> Tile {
        let row = usize::try_from(y.div_euclid(TILE)).ok().and_then(|row| self.tiles.get(row));
        let column = usize::try_from(x.div_euclid(TILE)).ok();
        row.zip(column).and_then(|(row, column)| row.get(column)).copied().unwrap_or(Tile::Wall)
    }

    /// Returns `true` for a place in a wall.
    pub(crate) fn is_wall(&self, at: Point) -> bool {
        self.tile(at.x, at.y) == Tile::Wall
    }

    /// Returns `true` if a tank can be there.
    pub(crate) fn has_room(&self, at: Point) -> bool {
        // A tank is no larger than a tile, so that its corners are enough.
        [at.x - HALF, at.x + HALF - 1].into_iter().all(|x| {
            [at.y - HALF, at.y + HALF - 1].into_iter().all(|y| self.tile(x, y) == Tile::Floor)
        })
    }

    /// Moves a tank as far as it can go, by less than a tile, and along what is in its way.
    pub(super) fn slide(&self, at: Point, dx: i32, dy: i32) -> Point {
        let mut to = Point { x: at.x + dx, y: at.y };
        if !self.has_room(to) {
            to.x = beside(at.x, dx);
        }
        let along = Point { x: to.x, y: at.y + dy };
        if self.has_room(along) { along } else { Point { x: to.x, y: beside(at.y, dy) } }
    }

    /// Returns `true` if a shell could fly from one place to the other.
    pub(crate) fn is_clear(&self, from: Point, to: Point) -> bool {
        let steps = from.squared(to).isqrt() * 4 / i64::from(TILE) + 1;
        (0..=steps).all(|step| {
            let part = |from: i32, to: i32| {
                let way = i64::from(to - from) * step / steps;
                from + i32::try_from(way).unwrap_or_default()
            };
            !self.is_wall(Point { x: part(from.x, to.x), y: part(from.y, to.y) })
        })
    }
}

/// The last place before the tile that is in the way.
fn beside(from: i32, step: i32) -> i32 {
    match step {
        1.. => (from + step + HALF - 1).div_euclid(TILE) * TILE - HALF,
        0 => from,
        _ => ((from + step - HALF).div_euclid(TILE) + 1) * TILE + HALF,
    }
}

/// The middle of each tile with this letter.
fn places(rows: &[String], letter: u8) -> Vec<Point> {
    let mut found = Vec::new();
    for (y, row) in (0..).zip(rows) {
        for (x, tile) in (0..).zip(row.bytes()) {
            if tile == letter {
                found.push(Point { x: x * TILE + TILE / 2, y: y * TILE + TILE / 2 });
            }
        }
    }
    found
}

//! The rules of tic-tac-toe, which know nothing of sessions.

/// The cells from the upper left to the lower right. A mark is the number of its player: 0 or 1.
pub type Cells = [Option<usize>; 9];

const LINES: [[usize; 3]; 8] = [
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
    [0, 3, 6],
    [1, 4, 7],
    [2, 5, 8],
    [0, 4, 8],
    [2, 4, 6],
];

/// Returns the player who has three in a row.
pub fn winner(cells: &Cells) -> Option<usize> {
    let owner =
        |[a, b, c]: [usize; 3]| cells[a].filter(|_| cells[a] == cells[b] && cells[b] == cells[c]);
    LINES.into_iter().find_map(owner)
}

/// Returns `true` if nobody can move any more.
pub fn is_over(cells: &Cells) -> bool {
    winner(cells).is_some() || cells.iter().all(Option::is_some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_in_a_row_win() {
        let mut cells = Cells::default();
        assert!(!is_over(&cells));
        for cell in [2, 4, 6] {
            assert_eq!(winner(&cells), None);
            cells[cell] = Some(1);
        }
        assert_eq!(winner(&cells), Some(1));
        assert!(is_over(&cells));
    }
}

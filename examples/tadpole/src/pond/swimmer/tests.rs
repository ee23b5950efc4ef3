//! Tests of a tadpole's limits.

use super::*;

fn at(x: f32, y: f32) -> Position {
    Position { x, y, angle: 0.0, momentum: 0.0 }
}

/// A swimmer in the middle, and the moment at which it is there.
fn swimmer() -> (Swimmer, Instant) {
    let now = Instant::now();
    let mut swimmer = Swimmer::new(1, "ann".to_owned(), 30, now);
    swimmer.position = at(0.0, 0.0);
    (swimmer, now)
}

#[test]
fn a_position_is_believed_as_far_as_it_is_possible() {
    // A second's way is what it may come ahead of the clock.
    let reach = SPEED * SLACK;
    let check = |to: Position, expected: Option<(f32, f32)>| {
        let (mut swimmer, now) = swimmer();
        assert_eq!(swimmer.swim(to, now), expected.is_some(), "{to:?}");
        let (x, y) = expected.unwrap_or_default();
        let got = swimmer.position;
        assert!((got.x - x).hypot(got.y - y) < 0.1, "{to:?}: {got:?} instead of {x}, {y}");
    };
    check(at(100.0, 0.0), Some((100.0, 0.0)));
    check(at(-30.0, 40.0), Some((-30.0, 40.0)));
    check(at(1000.0, 0.0), Some((reach, 0.0)));
    check(at(0.0, -1e9), Some((0.0, -reach)));
    check(at(f32::MAX, f32::MAX), Some((0.0, 0.0)));
    check(at(f32::NAN, 0.0), None);
    check(at(0.0, f32::INFINITY), None);
    check(Position { angle: f32::NAN, ..at(1.0, 1.0) }, None);
    check(Position { momentum: f32::NEG_INFINITY, ..at(1.0, 1.0) }, None);
}

#[test]
fn angle_and_momentum_are_brought_into_their_ranges() {
    let check = |angle: f32, momentum: f32, expected: (f32, f32)| {
        let (mut swimmer, now) = swimmer();
        assert!(swimmer.swim(Position { x: 1.0, y: 1.0, angle, momentum }, now));
        let got = swimmer.position;
        let close =
            (got.angle - expected.0).abs() < 1e-3 && (got.momentum - expected.1).abs() < 1e-3;
        assert!(close, "{angle} {momentum}: {got:?}");
    };
    check(1.0, 100.0, (1.0, 100.0));
    check(-1.0, -5.0, (std::f32::consts::TAU - 1.0, 0.0));
    check(7.0, 1e9, (7.0 - std::f32::consts::TAU, SPEED));
}

#[test]
fn nobody_leaves_the_water() {
    let (mut swimmer, start) = swimmer();
    for second in 0..20_u8 {
        swimmer.swim(at(5000.0, 5000.0), start + Duration::from_secs(second.into()));
    }
    let Position { x, y, .. } = swimmer.position;
    assert!((x.hypot(y) - RADIUS).abs() < 0.1, "{x} {y}");
}

#[test]
fn many_messages_do_not_make_a_tadpole_faster() {
    let (mut swimmer, start) = swimmer();
    for _ in 0..1000 {
        swimmer.swim(at(1100.0, 0.0), start);
    }
    assert!((swimmer.position.x - SPEED * SLACK).abs() < 0.1, "{:?}", swimmer.position);
}

#[test]
fn a_move_is_told_once_and_only_if_there_was_one() {
    let (mut swimmer, now) = swimmer();
    assert_eq!(swimmer.take_move(), None);
    swimmer.swim(at(0.0, 0.0), now);
    assert_eq!(swimmer.take_move(), None, "it has not moved");
    swimmer.swim(at(f32::NAN, 0.0), now);
    assert_eq!(swimmer.take_move(), None, "that was no position");
    swimmer.swim(at(5.0, 0.0), now);
    swimmer.swim(at(6.0, 0.0), now);
    assert_eq!(swimmer.take_move(), Some(Move { id: 1, position: Some(at(6.0, 0.0)) }));
    assert_eq!(swimmer.take_move(), None);
    swimmer.swim(Position { angle: 1.0, ..at(6.0, 0.0) }, now);
    assert!(swimmer.take_move().is_some(), "it has turned");
}

#[test]
fn newcomers_start_apart_near_the_middle() {
    let starts: Vec<Position> = (1..=30).chain([u32::MAX]).map(start).collect();
    for (index, a) in starts.iter().enumerate() {
        assert!((50.0..300.0).contains(&a.x.hypot(a.y)), "{a:?}");
        for b in &starts[..index] {
            assert!((a.x - b.x).hypot(a.y - b.y) > 15.0, "{a:?} {b:?}");
        }
    }
}

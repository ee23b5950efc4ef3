use super::*;
use crate::pond::proto::Position;

#[test]
fn a_bot_knows_when_it_is_spoken_to() {
    let check =
        |text: &str, expected: bool| assert_eq!(is_addressed("Pip", text), expected, "{text:?}");
    check("hello Pip", true);
    check("PIP!", true);
    check("pip, are you there?", true);
    check("hello", false);
    check("what a pipe", false);
    check("", false);
}

#[test]
fn names_are_different_and_short_enough() {
    let names: std::collections::BTreeSet<String> = (0..crate::MOST_BOTS).map(name).collect();
    assert_eq!(names.len(), usize::from(crate::MOST_BOTS));
    assert!(names.iter().all(|name| (1..=20).contains(&name.len())), "{names:?}");
}

#[test]
fn a_bot_stays_near_and_keeps_to_the_speed() {
    fastrand::seed(7);
    let mut body = Body::new(Position::default(), 260.0);
    let mut farthest = 0.0_f32;
    for _ in 0..20 * 60 * 10 {
        let before = body.position();
        body.swim(TICK);
        let after = body.position();
        let way = (after.x - before.x).hypot(after.y - before.y);
        assert!(way <= 260.0 * TICK.as_secs_f32(), "{before:?} {after:?}");
        farthest = farthest.max(after.x.hypot(after.y));
    }
    assert!((400.0..900.0).contains(&farthest), "{farthest}");
}

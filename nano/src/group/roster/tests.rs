//! Tests of a group's members.

use super::*;
use crate::clock::Clock;
use crate::serializer::Json;
use crate::session::SessionIds;
use crate::session::link::Nowhere;
use crate::wire::Dictionary;
use crate::{Group, PushTarget};

/// Sessions of one app.
pub(super) fn sessions(count: usize) -> Vec<Session> {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let (ids, clock) = (SessionIds::new(), Arc::new(Clock::new()));
    let session = || {
        Session::new(
            ids.next(),
            None,
            wire.clone(),
            Arc::<Nowhere>::default(),
            clock.clone(),
            Default::default(),
        )
    };
    std::iter::repeat_with(session).take(count).collect()
}

fn roster(members: &[Session]) -> Arc<Roster> {
    let roster = Arc::new(Roster::default());
    members.iter().for_each(|session| roster.join(session).expect("an open group"));
    roster
}

fn kind(result: Result<()>) -> Option<ErrorKind> {
    result.err().map(|error| error.kind())
}

/// Plays leaving (`Err`) and joining (`Ok`) by number, and compares with a list that does the same.
fn check(count: usize, moves: impl IntoIterator<Item = Result<usize, usize>>) {
    let sessions = sessions(count);
    let roster = roster(&sessions);
    let mut expected: Vec<usize> = (0..count).collect();
    for step in moves {
        match step {
            Ok(number) => {
                roster.join(&sessions[number]).expect("an open group");
                if !expected.contains(&number) {
                    expected.push(number);
                }
            }
            Err(number) => {
                roster.leave(&sessions[number]);
                expected.retain(|member| *member != number);
            }
        }
        let members: Vec<_> = expected.iter().map(|number| sessions[*number].clone()).collect();
        assert_eq!(*roster.members(), members[..]);
        assert_eq!(roster.open_len(), expected.len());
        for (number, session) in sessions.iter().enumerate() {
            assert_eq!(roster.contains(session.id()), expected.contains(&number));
        }
        let state = roster.state();
        assert!(state.places.len() <= 2 * expected.len() + 1, "half are no holes");
    }
}

#[test]
fn the_order_is_that_of_joining_whoever_leaves() {
    check(1, [Err(0), Err(0), Ok(0), Ok(0)]);
    check(4, [Err(1), Ok(1), Err(0), Ok(0), Err(3), Err(2), Ok(3)]);
    // All but one leave, from either end, and come back in another order.
    check(9, (0..8).map(Err).chain((0..8).rev().map(Ok)));
    check(9, (1..9).rev().map(Err).chain((1..9).map(Ok)));
    check(9, (0..9).map(Err).chain((0..9).map(Ok)));
    // A deterministic shuffle.
    let mut state = 7_usize;
    let moves = std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let number = (state >> 33) % 16;
        if state >> 62 & 1 == 0 { Ok(number) } else { Err(number) }
    });
    check(16, moves.take(500));
}

#[test]
fn the_memory_of_a_crowd_is_given_back() {
    let sessions = sessions(10_000);
    let roster = roster(&sessions);
    sessions[1..].iter().for_each(|session| roster.leave(session));
    let state = roster.state();
    assert!(state.places.capacity() < 100 && state.place_of.capacity() < 100);
}

#[test]
fn who_joins_during_a_broadcast_is_sent_the_next_one() {
    let sessions = sessions(3);
    let group = Group::new();
    group.add(&sessions[0]).expect("an open group");
    group.add(&sessions[1]).expect("an open group");
    let mut reached = Vec::new();
    let seen = std::sync::Mutex::new(&mut reached);
    let joining = group.filter(|member| {
        // The filter is the application's: it may use the group.
        group.add(&sessions[2]).expect("an open group");
        group.leave(&sessions[1]);
        seen.lock().expect("no panic").push(member.clone());
        true
    });
    joining.push_with("onNews".into(), &1, crate::serializer::encoder!(i32)).expect("sent");
    assert_eq!(reached, sessions[..2], "those who were members when it began");
    assert_eq!(group.members(), [sessions[0].clone(), sessions[2].clone()]);
}

#[test]
fn a_closed_roster_holds_nobody() {
    let sessions = sessions(2);
    let roster = roster(&sessions[..1]);
    roster.close();
    roster.close();
    assert_eq!((roster.open_len(), roster.members().len()), (0, 0));
    assert_eq!(kind(roster.join(&sessions[0])), Some(ErrorKind::Closed));
    assert_eq!(kind(roster.join(&sessions[1])), Some(ErrorKind::Closed));
    assert!(roster.open_members().is_err());
    roster.leave(&sessions[0]);
    assert!(!roster.remove(sessions[0].id()));
    assert_eq!(Arc::weak_count(&roster), 0, "the session has forgotten it");
}

#[test]
fn a_session_that_ends_leaves_and_joins_no_more() {
    let sessions = sessions(2);
    let (one, other) = (roster(&sessions), roster(&sessions));
    assert!(sessions[0].end().is_some());
    assert_eq!((&*one.members(), &*other.members()), (&sessions[1..], &sessions[1..]));
    assert_eq!(kind(one.join(&sessions[0])), Some(ErrorKind::Closed));
    one.leave(&sessions[0]);
    assert_eq!(one.open_len(), 1);
}

#[test]
fn members_are_of_one_app() {
    let (here, elsewhere) = (sessions(1), sessions(1));
    let roster = roster(&here);
    assert_eq!(kind(roster.join(&elsewhere[0])), Some(ErrorKind::Config));
    assert_eq!(Arc::weak_count(&roster), 1, "the other session does not know of it");
    roster.leave(&here[0]);
    assert_eq!(kind(roster.join(&elsewhere[0])), None, "an empty group is any app's");
}

/// The lists of groups do not grow with those that are gone.
#[test]
fn a_group_that_is_dropped_is_forgotten() {
    let sessions = sessions(1);
    let (kept, gone) = (roster(&sessions), Arc::downgrade(&roster(&sessions)));
    assert_eq!((gone.strong_count(), gone.weak_count()), (0, 0));
    let next = roster(&sessions);
    drop(gone);
    assert!(sessions[0].end().is_some());
    assert_eq!((kept.open_len(), next.open_len()), (0, 0));
}

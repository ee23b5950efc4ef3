use std::sync::Arc;

use super::*;
use crate::clock::Clock;
use crate::session::link::Nowhere;
use crate::session::{Session, SessionIds};
use crate::wire::Wire;
use crate::{Dictionary, Json};

fn directory(rooms: usize, members: usize) -> Directory<&'static str, u32> {
    Directory::new(RoomLimits { rooms, members, spectators: 1, empty: None })
}

fn opening(id: u64, room: &'static str) -> Opening<&'static str, u32> {
    Opening { id: RoomId::from(id), room, name: Some(room.into()), info: 0, is_private: false }
}

fn sessions(count: usize) -> Vec<Session> {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let (ids, clock) = (SessionIds::new(), Arc::new(Clock::new()));
    let session = |_| {
        let (id, wire, clock) = (ids.next(), wire.clone(), clock.clone());
        Session::new(id, None, wire, Arc::<Nowhere>::default(), clock, Arc::default())
    };
    (0..count).map(session).collect()
}

#[test]
fn a_seat_goes_from_reserved_to_taken_to_free() {
    let (directory, sessions) = (directory(9, 2), sessions(3));
    let id = RoomId::from(1);
    directory.insert(opening(1, "a")).map_err(|(error, _)| error).expect("it opens");
    let members = || directory.info(id).expect("it is open").members;
    for session in &sessions[..2] {
        directory.reserve(id, Role::Member).expect("a seat");
        assert!(directory.assign(id, Role::Member, session.id()).expect("it is open").is_none());
    }
    let full = directory.reserve(id, Role::Member).expect_err("two seats");
    assert_eq!(full.kind(), ErrorKind::RoomFull);
    assert_eq!(directory.find(|_| true), None);

    // One is let in, the other is not.
    directory.seat(id, Role::Member, &sessions[0]).expect("it is open");
    directory.release(id, Role::Member, Some(sessions[1].id()));
    assert_eq!(members(), 1);
    assert!(directory.begin_exit(id, sessions[1].id()).is_none(), "it is not in");

    // It leaves once, and cannot have a seat again before its hooks have run.
    let exit = directory.begin_exit(id, sessions[0].id()).expect("it is in");
    assert_eq!((exit.room, exit.role, &exit.session), ("a", Role::Member, &sessions[0]));
    // A session that ends at this very moment waits for the hooks, which do not run yet.
    assert!(sessions[0].is_leaving().is_some());
    assert!(directory.begin_exit(id, sessions[0].id()).is_none());
    assert_eq!((members(), directory.role(id, sessions[0].id())), (0, Some(Role::Member)));
    directory.reserve(id, Role::Member).expect("a seat");
    assert!(directory.assign(id, Role::Member, sessions[0].id()).expect("it is open").is_some());
    directory.end_exit(id, sessions[0].id());
    assert!(directory.assign(id, Role::Member, sessions[0].id()).expect("it is open").is_none());
    drop(exit);
    assert!(sessions[0].is_leaving().is_none());
}

#[test]
fn a_room_that_closes_gives_up_its_sessions_and_keeps_its_name_to_the_end() {
    let (directory, sessions) = (directory(1, 9), sessions(3));
    let id = RoomId::from(1);
    directory.insert(opening(1, "a")).map_err(|(error, _)| error).expect("it opens");
    for session in &sessions {
        directory.reserve(id, Role::Member).expect("a seat");
        directory.assign(id, Role::Member, session.id()).expect("it is open");
    }
    for session in &sessions[..2] {
        directory.seat(id, Role::Member, session).expect("it is open");
    }
    assert!(directory.begin_close(id, true).is_none(), "it has members");
    let closing = directory.begin_close(id, false).expect("it was open");
    let out: Vec<_> = closing.exits.iter().map(|exit| &exit.session).collect();
    assert_eq!((closing.room, out), ("a", vec![&sessions[0], &sessions[1]]));
    assert!(directory.begin_close(id, false).is_none());

    // The third was on its way in.
    for refused in [
        directory.seat(id, Role::Member, &sessions[2]).expect_err("it is closing"),
        directory.reserve(id, Role::Spectator).expect_err("it is closing"),
    ] {
        assert_eq!(refused.kind(), ErrorKind::RoomClosed);
    }
    directory.release(id, Role::Member, Some(sessions[2].id()));
    assert!(directory.get(id).is_none() && directory.named("a").is_none());
    assert!(directory.list(|_, _| true).is_empty() && directory.len() == 1);
    let Err((refused, _)) = directory.insert(opening(2, "a")) else { panic!("it is there still") };
    assert_eq!(refused.kind(), ErrorKind::TooManyRooms);
    directory.remove(id);
    directory.insert(opening(2, "a")).map_err(|(error, _)| error).expect("its name is free");
}

#[test]
fn a_filter_that_panics_leaves_the_directory_as_it_was() {
    let directory = directory(9, 1);
    directory.insert(opening(1, "a")).map_err(|(error, _)| error).expect("it opens");
    let find = || directory.find(|_| panic!("a filter panics"));
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(find));
    assert!(found.is_err());
    assert_eq!(directory.find(|room| room.members == 0), Some("a"));
    let new = opening(2, "b");
    let opened = directory.find_or_insert(|_| true, new).map_err(|(error, _)| error);
    assert!(matches!(opened.expect("it opens"), Found::New), "the first is full");
    assert_eq!(directory.info(RoomId::from(2)).expect("it is open").members, 1);
}

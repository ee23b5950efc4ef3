//! Tests of the parts of a session that need no client.

use super::link::Nowhere;
use super::*;
use crate::serializer::Json;
use crate::wire::Dictionary;

/// Sessions of one app.
fn sessions() -> impl Iterator<Item = Session> {
    let wire = Arc::new(Wire::new(Json, Dictionary::default()));
    let (ids, clock) = (SessionIds::new(), Arc::new(Clock::new()));
    std::iter::repeat_with(move || {
        Session::new(
            ids.next(),
            None,
            wire.clone(),
            Arc::<Nowhere>::default(),
            clock.clone(),
            Default::default(),
        )
    })
}

#[test]
fn ids_are_unique_across_apps_and_fit_a_signed_integer() {
    let (one, other) = (SessionIds::new(), SessionIds::new());
    let (first, second) = (one.next().get(), one.next().get());
    assert_eq!(second, first + 1);
    assert_eq!(first & 0xffff_ffff, 1, "the lower half counts");
    assert_ne!(first >> 32, other.next().get() >> 32, "the upper half is the app's");
    assert!(i64::try_from(first).is_ok());
    assert_eq!(format!("{:?}", one.next()), format!("SessionId({})", first + 2));
}

#[test]
fn a_user_id_is_a_number_or_a_text() {
    let (number, text) = (Uid::from(7), Uid::from("7"));
    assert_eq!((number.as_i64(), number.as_str()), (Some(7), None));
    assert_eq!((text.as_i64(), text.as_str()), (None, Some("7")));
    assert_ne!(number, text);
}

#[test]
fn a_session_has_what_was_stored_and_not_removed() {
    let session = sessions().next().expect("a session");
    assert!(!session.has::<u8>());
    session.insert(7_u8);
    assert!(session.has::<u8>());
    assert!(!session.has::<i8>());
    assert_eq!(session.remove::<u8>(), Some(7));
    assert!(!session.has::<u8>());
}

#[test]
fn a_table_takes_each_session_once_and_none_after_its_end() {
    let table = SessionTable::default();
    let [one, other] = [(); 2].map(|()| sessions().next().expect("a session"));
    assert!(table.insert(&one));
    assert!(!table.insert(&one));
    assert_eq!(table.len(), 1);
    table.close();
    assert!(!table.insert(&other));
    table.remove(&other);
    assert_eq!(table.len(), 1, "it was none of them");
    table.remove(&one);
    assert_eq!(table.len(), 0);
}

#[test]
fn a_table_is_listed_in_parts_whoever_comes_and_goes_meanwhile() {
    let table = SessionTable::default();
    let all: Vec<Session> = sessions().take(10).collect();
    all.iter().for_each(|session| assert!(table.insert(session)));
    assert_eq!(table.part(None, 4), all[..4]);
    assert!(table.remove(&all[3]));
    assert_eq!(table.part(Some(all[3].id()), 4), all[4..8]);
    assert_eq!(table.part(Some(all[7].id()), 4), all[8..]);
    assert_eq!(table.part(Some(all[9].id()), 4), []);
    assert_eq!(table.get(all[2].id()), Some(all[2].clone()));
    assert_eq!(table.get(all[3].id()), None);
}

/// A reply that is open as long as it is held.
struct Held;

impl OpenReply for Held {
    fn is_open(&self) -> bool {
        true
    }

    fn fail(&self, _error: &Error) {}
}

#[test]
fn a_reply_that_is_gone_is_neither_late_nor_waited_for() {
    let [soon, later]: [Arc<dyn OpenReply>; 2] = [Arc::new(Held), Arc::new(Held)];
    let mut replies = Replies::default();
    replies.add(10, Arc::downgrade(&soon));
    replies.add(20, Arc::downgrade(&later));
    drop(soon);
    let (late, next) = replies.take_late(5);
    assert_eq!((late.len(), next), (0, Some(20)));
    let (late, next) = replies.take_late(20);
    assert_eq!((late.len(), next), (1, None));
}

//! Models of sessions that join and leave a group, or end, while others send to it, in every interleaving that loom finds:
//! `cargo xtask loom`.

use loom::thread;

use super::tests::sessions;
use super::*;
use crate::sync::{AtomicBool, Ordering};

fn is_listed(roster: &Roster, session: &Session) -> bool {
    roster.members().contains(session)
}

/// A session that has ended is in no group, whoever lets it join at that time.
#[test]
fn a_join_during_the_end_of_the_session_leaves_nothing() {
    loom::model(|| {
        let (roster, session) = (Arc::new(Roster::default()), sessions(1).remove(0));
        let joining = thread::spawn({
            let (roster, session) = (roster.clone(), session.clone());
            move || roster.join(&session)
        });
        let leaving = thread::spawn({
            let (roster, session) = (roster.clone(), session.clone());
            move || roster.leave(&session)
        });
        assert!(session.end().is_some());
        let _refused = joining.join().expect("no panic");
        leaving.join().expect("no panic");
        assert!(!roster.contains(session.id()) && !is_listed(&roster, &session));
    });
}

/// The session knows whether it is in the group, so that its end finds it there.
#[test]
fn a_session_that_joins_while_it_leaves_is_out_at_its_end() {
    loom::model(|| {
        let (roster, session) = (Arc::new(Roster::default()), sessions(1).remove(0));
        roster.join(&session).expect("an open group");
        let leaving = thread::spawn({
            let (roster, session) = (roster.clone(), session.clone());
            move || roster.leave(&session)
        });
        roster.join(&session).expect("an open group");
        leaving.join().expect("no panic");
        assert!(session.end().is_some());
        assert!(!roster.contains(session.id()));
    });
}

/// A group that is closed has no members, whoever joins at that time.
#[test]
fn a_join_during_the_close_of_the_group_leaves_nothing() {
    loom::model(|| {
        let (roster, session) = (Arc::new(Roster::default()), sessions(1).remove(0));
        let joining = thread::spawn({
            let (roster, session) = (roster.clone(), session.clone());
            move || roster.join(&session).is_ok()
        });
        roster.close();
        joining.join().expect("no panic");
        assert!(roster.is_empty() && roster.open_members().is_err());
        // The session knows nothing of it, either.
        assert_eq!(Arc::weak_count(&roster), 0);
    });
}

/// A broadcast reaches those who are members all the time, and nobody who had left before it began.
#[test]
fn a_broadcast_during_a_leave_reaches_the_others() {
    loom::model(|| {
        let sessions = sessions(3);
        let roster = Arc::new(Roster::default());
        sessions[..2].iter().for_each(|session| roster.join(session).expect("an open group"));
        let has_left = Arc::new(AtomicBool::new(false));
        let leaving = thread::spawn({
            let (roster, session, has_left) =
                (roster.clone(), sessions[0].clone(), has_left.clone());
            move || {
                roster.leave(&session);
                // The application learns of it in some way of its own.
                has_left.store(true, Ordering::Release);
            }
        });
        let joining = thread::spawn({
            let (roster, session) = (roster.clone(), sessions[2].clone());
            move || roster.join(&session).expect("an open group")
        });
        let had_left = has_left.load(Ordering::Acquire);
        let listed = roster.open_members().expect("an open group");
        assert!(listed.contains(&sessions[1]));
        assert!(!(had_left && listed.contains(&sessions[0])));
        leaving.join().expect("no panic");
        joining.join().expect("no panic");
        assert_eq!(*roster.members(), sessions[1..]);
    });
}

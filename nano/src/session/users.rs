//! The users of one node, and their sessions.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::PoisonError;

use super::Uid;
use super::burst;
use crate::sync::{Mutex, MutexGuard};

/// What becomes of a user's open sessions when another session is bound to the same user, for
/// [`App::duplicate_login`](crate::App::duplicate_login).
///
/// # Examples
///
/// ```
/// use nano::{App, DuplicateLogin};
///
/// let app = App::new().duplicate_login(DuplicateLogin::Replace);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DuplicateLogin {
    /// All are kept: a user may have several devices.
    #[default]
    Keep,
    /// The older ones are closed with [`CloseReason::Replaced`](crate::CloseReason::Replaced).
    Replace,
    /// The older one is kept, and the bind is refused with
    /// [`ErrorKind::AlreadyOnline`](crate::ErrorKind::AlreadyOnline).
    Refuse,
}

/// The sessions of each user, in the order in which they were bound.
///
/// It does not know what a session is: sessions themselves hold the table.
pub(crate) struct UserTable<S> {
    policy: DuplicateLogin,
    users: Mutex<HashMap<Uid, Vec<S>>>,
}

/// The user has an open session, and the policy is [`DuplicateLogin::Refuse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AlreadyOnline;

impl<S: Clone + PartialEq> UserTable<S> {
    pub(crate) fn new(policy: DuplicateLogin) -> Self {
        Self { policy, users: Mutex::default() }
    }

    fn users(&self) -> MutexGuard<'_, HashMap<Uid, Vec<S>>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a session of a user. Returns the sessions that it replaces, which are the user's no longer.
    ///
    /// `is_open` is called with the lock held.
    pub(crate) fn add(
        &self,
        uid: &Uid,
        session: &S,
        is_open: impl Fn(&S) -> bool,
    ) -> Result<Vec<S>, AlreadyOnline> {
        let mut users = self.users();
        let sessions = match users.entry(uid.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(vec![session.clone()]);
                return Ok(Vec::new());
            }
            Entry::Occupied(entry) => entry.into_mut(),
        };
        let replaced = match self.policy {
            // A session that is closing stays until it ends, and refuses nobody.
            DuplicateLogin::Refuse if sessions.iter().any(is_open) => return Err(AlreadyOnline),
            DuplicateLogin::Keep | DuplicateLogin::Refuse => Vec::new(),
            DuplicateLogin::Replace => std::mem::take(sessions),
        };
        sessions.push(session.clone());
        Ok(replaced)
    }

    /// Adds a session whose node has decided about the user's others.
    pub(crate) fn add_kept(&self, uid: &Uid, session: &S) -> crate::Result<Vec<S>> {
        self.users().entry(uid.clone()).or_default().push(session.clone());
        Ok(Vec::new())
    }

    /// Removes a session that has ended. One that was replaced is there no longer, and takes nothing with it.
    pub(crate) fn remove(&self, uid: &Uid, session: &S) {
        let mut users = self.users();
        let Some(sessions) = users.get_mut(uid) else { return };
        sessions.retain(|other| other != session);
        if sessions.is_empty() {
            users.remove(uid);
            burst::shrink(&mut users);
        }
    }

    /// Returns the sessions of a user, those that are closing included.
    pub(crate) fn sessions(&self, uid: &Uid) -> Vec<S> {
        self.users().get(uid).cloned().unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.users().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sessions are numbers here, and the even ones are open.
    fn add(table: &UserTable<u32>, session: u32) -> Result<Vec<u32>, AlreadyOnline> {
        table.add(&Uid::from(7), &session, |session| session % 2 == 0)
    }

    #[test]
    fn a_policy_decides_about_those_that_are_there() {
        let check = |policy, expected: [(u32, Result<&[u32], AlreadyOnline>); 4], left: &[u32]| {
            let table = UserTable::new(policy);
            for (session, expected) in expected {
                assert_eq!(add(&table, session), expected.map(<[u32]>::to_vec), "{policy:?}");
            }
            assert_eq!(table.sessions(&Uid::from(7)), left, "{policy:?}");
            assert!(table.sessions(&Uid::from("7")).is_empty(), "another user");
        };
        let none: Result<&[u32], AlreadyOnline> = Ok(&[]);
        let all = [(1, none), (2, none), (3, none), (4, none)];
        check(DuplicateLogin::Keep, all, &[1, 2, 3, 4]);
        let all = [(1, Ok(&[][..])), (2, Ok(&[1])), (3, Ok(&[2])), (4, Ok(&[3]))];
        check(DuplicateLogin::Replace, all, &[4]);
        let refused = Err(AlreadyOnline);
        let all = [(1, Ok(&[][..])), (2, Ok(&[])), (3, refused), (4, Err(AlreadyOnline))];
        check(DuplicateLogin::Refuse, all, &[1, 2]);
    }

    #[test]
    fn the_end_of_a_session_removes_it_alone_and_its_user_with_the_last() {
        let (table, uid) = (UserTable::new(DuplicateLogin::Keep), Uid::from(7));
        for session in [2, 4] {
            assert_eq!(add(&table, session), Ok(vec![]));
        }
        for (session, left) in [(6, &[2, 4][..]), (2, &[4]), (2, &[4]), (4, &[]), (4, &[])] {
            table.remove(&uid, &session);
            assert_eq!(table.sessions(&uid), left, "after {session}");
        }
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn the_memory_of_a_burst_is_given_back() {
        let table = UserTable::new(DuplicateLogin::Keep);
        let uids: Vec<Uid> = (0..20_000).map(Uid::from).collect();
        uids.iter().for_each(|uid| assert!(table.add(uid, &0, |_| true).is_ok()));
        uids.iter().for_each(|uid| table.remove(uid, &0));
        assert!(table.users().capacity() <= 2048, "{}", table.users().capacity());
    }
}

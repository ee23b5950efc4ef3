//! The users whom players at several gates log in as, and what is promised about them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::observe;
use super::world::World;
use crate::DuplicateLogin;
use crate::cluster::claims::{ClaimKind, name_of_user};

/// The users that players share.
pub(super) const USERS: usize = 12;

/// The time for which a gate may go on to claim a user after the client was told of an error: that the node of the handler
/// cannot be reached, for example.
const CLAIMING: Duration = Duration::from_secs(7);

const POLICIES: [DuplicateLogin; 3] =
    [DuplicateLogin::Replace, DuplicateLogin::Refuse, DuplicateLogin::Keep];

thread_local! {
    static LOGINS: RefCell<Logins> = RefCell::default();
}

/// The logins of each user.
#[derive(Default)]
struct Logins {
    policy: DuplicateLogin,
    of_users: BTreeMap<String, Vec<Login>>,
}

/// The login of a player.
struct Login {
    player: String,
    asked: Duration,
    /// The time when it is decided. `None` before the answer, and for ever when its gate was killed.
    decided: Option<Duration>,
}

/// Begins with no logins, under the policy of a seed.
pub(super) fn begin(seed: u64) {
    let policy = POLICIES[usize::try_from(seed % 3).unwrap_or_default()];
    LOGINS.set(Logins { policy, of_users: BTreeMap::new() });
}

/// What becomes of a user's sessions when there is another login.
pub(super) fn policy() -> DuplicateLogin {
    LOGINS.with_borrow(|logins| logins.policy)
}

/// Notes that a player logs in.
pub(super) fn asks(uid: &str, player: &str) {
    let login = Login { player: player.to_owned(), asked: observe::now(), decided: None };
    LOGINS.with_borrow_mut(|logins| {
        logins.of_users.entry(uid.to_owned()).or_default().push(login);
    });
}

/// Notes that a player's login is answered.
pub(super) fn answered(uid: &str, player: &str, is_bound: bool) {
    let late = if is_bound { Duration::ZERO } else { CLAIMING };
    LOGINS.with_borrow_mut(|logins| {
        let all = logins.of_users.entry(uid.to_owned()).or_default();
        if let Some(login) = all.iter_mut().find(|login| login.player == player) {
            login.decided = Some(observe::now() + late);
        }
    });
}

/// Checks that a player who was replaced has been by one who logged in later, or at the same time.
pub(super) fn replaced(uid: &str, player: &str) {
    let is_just = LOGINS.with_borrow(|logins| {
        let all = logins.of_users.get(uid).map_or(&[][..], Vec::as_slice);
        let own = all.iter().find(|login| login.player == player);
        let is_later = |other: &Login| {
            let asked = own.map_or(Duration::ZERO, |own| own.asked);
            other.player != player && other.decided.is_none_or(|decided| decided >= asked)
        };
        logins.policy == DuplicateLogin::Replace && all.iter().any(is_later)
    });
    if !is_just {
        observe::broken(format!("{player} is replaced, and nobody logged in as {uid} since"));
    }
}

/// Checks that a player who was refused has been for another one.
pub(super) fn refused(uid: &str, player: &str) {
    let is_just = LOGINS.with_borrow(|logins| {
        let all = logins.of_users.get(uid).map_or(&[][..], Vec::as_slice);
        let has_other = all.iter().any(|login| login.player != player);
        logins.policy == DuplicateLogin::Refuse && has_other
    });
    if !is_just {
        observe::broken(format!("{player} is refused, and nobody else is {uid}"));
    }
}

/// Returns what is odd about users: each open session has the claim of its user, and each claim is that of an open session.
pub(super) fn odd(world: &World, gates: &[&'static str], odd: &mut BTreeSet<String>) {
    if policy() == DuplicateLogin::Keep {
        return;
    }
    let master = world.of("master", |host| host.node.clone()).and_then(|node| node.master.clone());
    let Some(master) = master else { return };
    let claims: BTreeMap<_, _> = master.held(ClaimKind::User).into_iter().collect();
    let mut open = BTreeSet::new();
    for gate in gates {
        let Some(node) = world.of(gate, |host| host.node.clone()) else { continue };
        for session in node.sessions.list() {
            if session.link().owner().is_some() || session.is_closed() {
                continue;
            }
            let id = session.id().get();
            open.insert(id);
            let Some(uid) = session.uid() else { continue };
            let holder = claims.get(name_of_user(&uid).as_str());
            if holder.is_none_or(|holder| holder.id() != id) {
                odd.insert(format!("session {id} of {uid} at {gate} plays on without its claim"));
            }
        }
    }
    let lost = claims.iter().filter(|(_, holder)| !open.contains(&holder.id()));
    odd.extend(lost.map(|(name, holder)| {
        format!(
            "{name} is claimed by session {} of node {}, which is not open",
            holder.id(),
            holder.node()
        )
    }));
}

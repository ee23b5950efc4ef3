//! The expectations about the table at which a player sits, or looks on.
//!
//! Each entry that succeeds ends with one push `onOut`. A member, or a spectator, that was told anything by a table is told
//! of its end, too, before that push; only a table without members ends without a word.

use std::collections::{HashMap, HashSet};

use super::Request;
use crate::player::numbered::Numbered;
use crate::protocol::Out;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Member,
    Spectator,
}

/// The pushes of one table.
#[derive(Debug)]
struct Place {
    role: Role,
    all: Numbered,
    /// Those to the members only, or to the spectators only.
    own: Numbered,
}

/// The tables of a player: the one where it is, and those whose pushes may still come.
#[derive(Debug, Default)]
pub(in super::super) struct Tables {
    at: Option<u64>,
    places: HashMap<u64, Place>,
    /// Those that have told their end.
    closed: HashSet<u64>,
    /// Those that the player has left.
    left: HashSet<u64>,
    /// Entries without their `onOut`. An entry that fails may have one, which comes first and counts against it.
    due: HashMap<u64, i64>,
}

impl Tables {
    /// Returns the table where the player is.
    pub(in super::super) fn at(&self) -> Option<u64> {
        self.at
    }

    pub(in super::super) fn is_spectator(&self, table: u64) -> bool {
        self.places.get(&table).is_some_and(|place| place.role == Role::Spectator)
    }

    /// Returns `true` if it is known which push of a table was the first for the player.
    pub(in super::super) fn is_seated(&self, table: u64) -> bool {
        self.places.get(&table).is_some_and(|place| place.all.has_begun())
    }

    /// Returns a table where the player is no more, and whose `onOut` has not come.
    pub(super) fn awaited(&self) -> Option<u64> {
        self.due.keys().find(|table| self.at != Some(**table)).copied()
    }

    /// Returns the place at a table, or one for nothing at a table that has ended.
    fn place(&mut self, table: u64) -> Result<Option<&mut Place>, String> {
        match self.places.get_mut(&table) {
            Some(place) => Ok(Some(place)),
            None if self.closed.contains(&table) => Ok(None),
            None => Err("the player is not at this table".to_owned()),
        }
    }

    /// Checks a push of a table. `entering` is the role in which the player is on its way to one.
    pub(super) fn push(
        &mut self,
        name: &str,
        table: u64,
        n: u64,
        entering: Option<Role>,
    ) -> Result<(), String> {
        let place = match (self.places.get_mut(&table), entering) {
            (Some(place), _) => place,
            (None, Some(role)) if !self.closed.contains(&table) => {
                let place = Place { role, all: Numbered::default(), own: Numbered::default() };
                self.places.entry(table).or_insert(place)
            }
            _ => return Err("the player is not at this table".to_owned()),
        };
        match (name, place.role) {
            ("onTable" | "onTableClosed", _) => place.all.take(n)?,
            ("onMembers", Role::Member) | ("onSpectators", Role::Spectator) => place.own.take(n)?,
            (_, role) => return Err(format!("the player is there as a {role:?}")),
        }
        if name == "onTableClosed" {
            self.over(table);
        }
        Ok(())
    }

    fn over(&mut self, table: u64) {
        self.places.remove(&table);
        self.closed.insert(table);
        self.at = self.at.filter(|at| *at != table);
    }

    /// Checks that the player is out of a table. `entering` is the role in which it is on its way to one, and `quits` says
    /// that it asks to leave this one.
    pub(super) fn out(
        &mut self,
        table: u64,
        out: Out,
        entering: Option<Role>,
        quits: bool,
    ) -> Result<(), String> {
        let due = self.due.entry(table).or_default();
        if *due <= 0 && entering.is_none() {
            return Err("the player was not at this table".to_owned());
        }
        *due -= 1;
        if *due == 0 {
            self.due.remove(&table);
        }
        let place = self.places.get(&table);
        match out {
            // The answer tells how many pushes came before.
            Out::Left if quits => return Ok(()),
            Out::Left if self.left.remove(&table) => return Ok(()),
            Out::Closed if place.is_some_and(|place| place.all.has_any()) => {
                return Err("the table has not told that it closes".to_owned());
            }
            Out::Closed => {}
            Out::Deserted
                if place.map_or(entering, |place| Some(place.role)) == Some(Role::Spectator) => {}
            out => return Err(format!("a player that is open, {place:?}, is out by {out:?}")),
        }
        self.left.remove(&table);
        self.over(table);
        Ok(())
    }

    /// Checks the answer to an entry.
    pub(super) fn entered(&mut self, table: u64, role: Role) -> Result<(), String> {
        let others = |other: &&u64| **other != table && !self.due.contains_key(*other);
        if let Some(other) = self.places.keys().find(others) {
            return Err(format!("it entered table {table}, and received pushes of {other}"));
        }
        let due = self.due.entry(table).or_default();
        *due += 1;
        if *due == 0 {
            self.due.remove(&table);
        }
        if !self.closed.contains(&table) {
            let place = Place { role, all: Numbered::default(), own: Numbered::default() };
            self.places.entry(table).or_insert(place);
            self.at = Some(table);
        }
        Ok(())
    }

    /// Checks the error of an entry.
    pub(super) fn is_entry_refused(&mut self, code: &str, role: Role, is_draining: bool) -> bool {
        // The session is out of the last table only when its `onOut` has come.
        let is_in = self.due.values().any(|due| *due > 0);
        // An entry that is undone has had its `onOut`.
        self.due.retain(|_, due| *due > 0);
        let due = &self.due;
        self.places.retain(|table, _| due.contains_key(table));
        match code {
            "room_closed" => true,
            "already_in_room" => is_in,
            "no_table" => role == Role::Spectator,
            "draining" => is_draining,
            _ => false,
        }
    }

    /// Checks the answer to a request to a table, with the numbers of the last pushes to all and to the player's role.
    pub(super) fn answered(
        &mut self,
        request: Request,
        count: u64,
        own: u64,
    ) -> Result<(), String> {
        match request {
            Request::Sit(table) => {
                if let Some(place) = self.place(table)? {
                    place.all.begin(count)?;
                    place.own.begin(own)?;
                }
            }
            Request::Look(table) | Request::Move(table) => {
                if let Some(place) = self.place(table)? {
                    if matches!(request, Request::Move(_)) && place.role == Role::Spectator {
                        return Err("a spectator has moved".to_owned());
                    }
                    place.all.reached(count)?;
                    place.own.reached(own)?;
                }
            }
            // Its last push came before, unless another member had closed the table already.
            Request::Close(table) if !self.closed.contains(&table) => {
                return Err("the table has not told that it closes".to_owned());
            }
            Request::Quit(table) => {
                if let Some(place) = self.place(table)? {
                    place.all.ended(count)?;
                    place.own.ended(own)?;
                    if self.due.contains_key(&table) {
                        self.left.insert(table);
                    }
                }
                self.places.remove(&table);
                self.at = self.at.filter(|at| *at != table);
            }
            _ => {}
        }
        Ok(())
    }

    /// Checks the error of a request to a table.
    pub(super) fn is_refused(&mut self, request: Request, table: u64, code: &str) -> bool {
        match (code, request) {
            ("spectator", Request::Move(_) | Request::Close(_)) => {
                self.is_spectator(table) || !self.places.contains_key(&table)
            }
            // The last push of the table has come, or `onOut` says why there was none.
            ("room_closed" | "not_in_room", _) => {
                self.at = self.at.filter(|at| *at != table);
                self.closed.contains(&table) || self.due.contains_key(&table)
            }
            _ => false,
        }
    }

    /// Returns the table at which the player sits and has been told nothing of its end.
    pub(in super::super) fn is_forgotten_at(&self) -> Option<u64> {
        self.at.filter(|at| self.is_seated(*at) && !self.is_spectator(*at))
    }
}

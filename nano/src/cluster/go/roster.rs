//! The nodes that are registered at this one by Go nano's protocol, and what each of them was told of the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::wire::{Info, MOST_MEMBERS};

/// The time for which it is remembered what a node was told that has been given up: if its process stood still, it comes
/// back with a heartbeat, and knows what it knew.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// The nodes that another one was told of, each with the number of its start.
type Told = BTreeMap<String, u64>;

/// The registered nodes, by their addresses.
#[derive(Debug, Default)]
pub(super) struct Roster {
    seats: BTreeMap<String, Seat>,
    /// Those that were given up.
    gone: BTreeMap<String, Gone>,
    starts: u64,
}

#[derive(Debug)]
struct Seat {
    info: Arc<Info>,
    start: u64,
    /// Its last heartbeat. Go nano 0.5.0 sends none; later commits do.
    beaten: Option<Instant>,
    told: Told,
    /// It came by a heartbeat: an earlier start of this master has told it of the others.
    has_returned: bool,
}

#[derive(Debug)]
struct Gone {
    at: Instant,
    start: u64,
    told: Told,
}

/// What a node is to be told next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    Joined { address: String, start: u64, info: Bytes },
    Left { address: String },
}

/// There are too many nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Roster {
    /// Takes a node in that has started, and returns the number of its start and what it is told of the others.
    pub(super) fn register(&mut self, info: Info) -> Result<(u64, Vec<Bytes>), Full> {
        let address = info.address.clone();
        self.seats.remove(&address);
        self.gone.remove(&address);
        let told = self.seats.iter().map(|(address, seat)| (address.clone(), seat.start)).collect();
        let others = self.seats.values().map(|seat| seat.info.bytes.clone()).collect();
        let start = self.sit(info, told, None)?;
        Ok((start, others))
    }

    /// Notes a heartbeat. Returns the number of the start of a node that it brings back.
    pub(super) fn heartbeat(&mut self, info: Info, now: Instant) -> Result<Option<u64>, Full> {
        if let Some(seat) = self.seats.get_mut(&info.address) {
            seat.beaten = Some(now);
            return Ok(None);
        }
        self.forget(now);
        let address = info.address.clone();
        if let Some(Gone { start, told, .. }) = self.gone.remove(&address) {
            self.sit(info, told, Some(now))?;
            if let Some(seat) = self.seats.get_mut(&address) {
                seat.start = start;
            }
            return Ok(Some(start));
        }
        let returned = self.seats.iter().filter(|(_, seat)| seat.has_returned);
        let told = returned.map(|(address, seat)| (address.clone(), seat.start)).collect();
        let start = self.sit(info, told, Some(now))?;
        // They know each other.
        for (other, seat) in &mut self.seats {
            if seat.has_returned && *other != address {
                seat.told.insert(address.clone(), start);
            }
        }
        Ok(Some(start))
    }

    fn sit(&mut self, info: Info, told: Told, beaten: Option<Instant>) -> Result<u64, Full> {
        if self.seats.len() >= MOST_MEMBERS {
            return Err(Full);
        }
        self.starts += 1;
        let (address, start) = (info.address.clone(), self.starts);
        let (info, has_returned) = (Arc::new(info), beaten.is_some());
        let seat = Seat { info, start, beaten, told, has_returned };
        self.seats.insert(address, seat);
        Ok(start)
    }

    /// Takes a node out that ends. Returns `false` when it is not there.
    pub(super) fn unregister(&mut self, address: &str) -> bool {
        self.seats.remove(address).is_some()
    }

    /// Takes a start of a node out that does not answer any more. Returns `false` when it is not there.
    pub(super) fn give_up(&mut self, address: &str, start: u64, now: Instant) -> bool {
        self.forget(now);
        if self.seats.get(address).is_none_or(|seat| seat.start != start) {
            return false;
        }
        let Some(Seat { start, told, .. }) = self.seats.remove(address) else { return false };
        if self.gone.len() >= MOST_MEMBERS {
            let oldest = self.gone.iter().min_by_key(|(_, gone)| gone.at);
            if let Some(oldest) = oldest.map(|(address, _)| address.clone()) {
                self.gone.remove(&oldest);
            }
        }
        self.gone.insert(address.to_owned(), Gone { at: now, start, told });
        true
    }

    fn forget(&mut self, now: Instant) {
        self.gone.retain(|_, gone| now.saturating_duration_since(gone.at) < REMEMBERED);
    }

    /// Returns the time of a node's last heartbeat, if it sends any; `None` when this start of it is not there any more.
    pub(super) fn beaten(&self, address: &str, start: u64) -> Option<Option<Instant>> {
        self.seats.get(address).filter(|seat| seat.start == start).map(|seat| seat.beaten)
    }

    /// Returns what a node is to be told next: first of those that left, of which it would have two entries otherwise.
    pub(super) fn news(&self, address: &str) -> Option<News> {
        let seat = self.seats.get(address)?;
        let has_left = |(other, start): &(&String, &u64)| {
            self.seats.get(*other).is_none_or(|seat| seat.start != **start)
        };
        if let Some((other, _)) = seat.told.iter().find(has_left) {
            return Some(News::Left { address: other.clone() });
        }
        let others = self.seats.iter().filter(|(other, _)| *other != address);
        let mut new = others.filter(|(other, _)| !seat.told.contains_key(*other));
        new.next().map(|(other, seat)| News::Joined {
            address: other.clone(),
            start: seat.start,
            info: seat.info.bytes.clone(),
        })
    }

    /// Notes that this start of a node has been told.
    pub(super) fn told(&mut self, address: &str, start: u64, news: &News) {
        let seat = self.seats.get_mut(address).filter(|seat| seat.start == start);
        let Some(seat) = seat else { return };
        match news {
            News::Joined { address, start, .. } => {
                seat.told.insert(address.clone(), *start);
            }
            News::Left { address } => {
                seat.told.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests;

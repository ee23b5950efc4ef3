//! The type of a lost room.

use super::{LostRoom, Room};

impl LostRoom {
    /// Returns `true` if it was a room of this type.
    pub fn is_of<R: Room>(&self) -> bool {
        self.component() == R::NAME
    }
}

//! The commands of a tank: a bounded queue, from which the ticks take as many as a tank may follow.

use std::collections::VecDeque;

use super::angle::TURN;

/// Full speed.
pub(crate) const THROTTLE: i32 = 16;

/// The commands that wait at most.
const WAITING: usize = 12;
/// With more than so many waiting, a tick takes two, so that a burst does not become a delay.
const CALM: usize = 3;
/// The ticks after which one command too many is made up for: after so many with some left over, they only are a delay.
const WINDOW: u32 = 30;
/// The commands that a tank can make up for, after ticks in which none had come.
const CREDIT: usize = 6;

/// What a player wants for one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) seq: u32,
    pub(crate) heading: i32,
    pub(crate) throttle: i32,
    pub(crate) aim: i32,
    pub(crate) fire: bool,
}

/// Why a command is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A number is out of its range.
    OutOfRange,
    /// It does not follow the command before it.
    Stale,
    /// Too many wait.
    TooFast,
}

impl Command {
    /// Checks what a client sent.
    ///
    /// # Errors
    ///
    /// `Refusal::OutOfRange` for angles beyond a turn, and more than full speed.
    pub(crate) fn new(
        seq: u32,
        [heading, throttle, aim]: [u32; 3],
        fire: bool,
    ) -> Result<Self, Refusal> {
        let below = |value: u32, end: i32| {
            i32::try_from(value).ok().filter(|value| *value < end).ok_or(Refusal::OutOfRange)
        };
        Ok(Self {
            seq,
            heading: below(heading, TURN)?,
            throttle: below(throttle, THROTTLE + 1)?,
            aim: below(aim, TURN)?,
            fire,
        })
    }
}

/// The queue of one tank.
///
/// A tank moves by its commands, one for each tick: so its client can compute where it is, whenever they come. Who
/// sends more of them is not faster: commands cost credit, which only ticks give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands {
    waiting: VecDeque<Command>,
    credit: usize,
    /// The ticks of this window, and the commands that were left over in each of them.
    ticks: u32,
    spare: usize,
    /// The number of the last command that was taken from the queue.
    done: u32,
}

impl Commands {
    pub(super) fn add(&mut self, command: Command) -> Result<(), Refusal> {
        let last = self.waiting.back().map_or(self.done, |last| last.seq);
        if command.seq <= last {
            return Err(Refusal::Stale);
        }
        if self.waiting.len() == WAITING {
            return Err(Refusal::TooFast);
        }
        self.waiting.push_back(command);
        Ok(())
    }

    /// The number of commands that a tick, of which this is the call, carries out.
    pub(super) fn due(&mut self) -> usize {
        self.credit = (self.credit + 1).min(CREDIT);
        self.spare = self.spare.min(self.waiting.len().saturating_sub(1));
        self.ticks += 1;
        let is_delayed = self.ticks == WINDOW && self.spare > 0;
        if self.ticks == WINDOW {
            (self.ticks, self.spare) = (0, WAITING);
        }
        let wanted = if self.waiting.len() > CALM || is_delayed { 2 } else { 1 };
        wanted.min(self.credit).min(self.waiting.len())
    }

    pub(super) fn next(&mut self) -> Option<Command> {
        let command = self.waiting.pop_front()?;
        self.credit = self.credit.saturating_sub(1);
        self.done = command.seq;
        Some(command)
    }

    pub(super) fn done(&self) -> u32 {
        self.done
    }
}

#[cfg(test)]
mod tests;

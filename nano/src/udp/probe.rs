//! The parts of a listener that read datagrams, without a socket, for the fuzz target.

use std::net::{Ipv4Addr, SocketAddr};

use super::machine::Machine;
use super::newcomers::{Meeting, Newcomers};
use super::options::KcpOptions;

/// A listener without a socket, which has one conversation.
#[doc(hidden)]
#[derive(Debug)]
pub struct KcpProbe {
    newcomers: Newcomers,
    machine: Machine,
    now: u32,
}

impl KcpProbe {
    /// The number of the conversation.
    pub const CONV: u32 = 7;

    /// The number of segments in its window.
    pub const WINDOW: u16 = 16;

    /// A listener whose conversation has something under way.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let options = KcpOptions::new().receive_window(Self::WINDOW);
        let mut machine = Machine::new(Self::CONV, &options);
        machine.write(&[0; 5000]);
        machine.flush(0, &mut |_| {});
        Self { newcomers: Newcomers::new(Self::WINDOW), machine, now: 0 }
    }

    /// Lets time pass.
    pub fn pass(&mut self, milliseconds: u32) {
        self.now = self.now.wrapping_add(milliseconds);
    }

    /// Receives a datagram of a newcomer, and returns the length of the answer.
    pub fn meet(&mut self, datagram: &[u8]) -> usize {
        let peer: SocketAddr = (Ipv4Addr::LOCALHOST, 1).into();
        match self.newcomers.meet(peer, datagram, self.now) {
            Ok(Meeting::Asked { challenge, .. }) => challenge.len(),
            Ok(Meeting::Proven { key, .. }) => {
                self.newcomers.ended(key, self.now);
                0
            }
            Ok(Meeting::Ignored) | Err(_) => 0,
        }
    }

    /// Receives a datagram of the conversation, and returns the number of bytes that wait to be read.
    pub fn input(&mut self, datagram: &[u8]) -> usize {
        // What cannot be read is only told.
        let _ = self.machine.input(datagram, self.now);
        self.machine.readable().len()
    }

    /// Sends what is due, and returns the lengths of the datagrams.
    pub fn flush(&mut self) -> Vec<usize> {
        let mut sent = Vec::new();
        self.machine.flush(self.now, &mut |datagram| sent.push(datagram.len()));
        sent
    }

    /// Reads what has come.
    pub fn read(&mut self) {
        self.machine.take(self.machine.readable().len());
    }
}

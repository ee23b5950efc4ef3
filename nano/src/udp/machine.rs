//! The protocol of one conversation, without sockets and clocks.

use super::options::KcpOptions;
use super::packing::Packing;
use super::receiver::Receiver;
use super::segment::{Command, HEADER_LEN, Malformed, Segment, Segments};
use super::sender::Sender;

/// The number of unconfirmed segments at which the acks do not wait for the next look at the conversation.
const ACKS_AT_ONCE: usize = 16;

/// One side of a conversation. Times are milliseconds of one clock, and may wrap around.
#[derive(Debug)]
pub(super) struct Machine {
    conv: u32,
    mtu: usize,
    sender: Sender,
    receiver: Receiver,
}

impl Machine {
    pub(super) fn new(conv: u32, options: &KcpOptions) -> Self {
        let segment_len = options.mtu - HEADER_LEN;
        Self {
            conv,
            mtu: options.mtu,
            sender: Sender::new(options, segment_len),
            receiver: Receiver::new(options.receive_window, segment_len),
        }
    }

    /// A machine whose numbers begin elsewhere.
    #[cfg(test)]
    fn starting_at(number: u32, conv: u32, options: &KcpOptions) -> Self {
        let mut machine = Self::new(conv, options);
        machine.sender.start_at(number);
        machine.receiver.start_at(number);
        machine
    }

    /// Takes in a datagram: the segments up to the first that cannot be read.
    pub(super) fn input(&mut self, datagram: &[u8], now: u32) -> Result<(), Malformed> {
        let (mut latest, mut has_advanced) = (None, false);
        let taken = Segments(datagram).try_for_each(|segment| {
            let segment = segment?;
            if segment.conv != self.conv {
                return Err(Malformed::Mixed);
            }
            has_advanced |= self.sender.told(segment.window, segment.received);
            let Segment { number, time, .. } = segment;
            match segment.command {
                Command::Push => self.receiver.receive(&segment),
                Command::Ack => {
                    has_advanced |= self.sender.confirmed(number, time, now);
                    let (last, _) = *latest.get_or_insert((number, time));
                    if number.wrapping_sub(last) <= u32::MAX / 2 {
                        latest = Some((number, time));
                    }
                }
                Command::Ask => self.receiver.asked(),
                Command::Tell => {}
            }
            Ok(())
        });
        if let Some((number, sent)) = latest {
            self.sender.passed(number, sent);
        }
        if has_advanced {
            self.sender.advanced();
        }
        taken
    }

    /// Sends what may be sent, confirms what has come, and repeats what counts as lost.
    pub(super) fn flush(&mut self, now: u32, send: &mut dyn FnMut(&[u8])) {
        let base = Segment {
            conv: self.conv,
            command: Command::Ack,
            fragment: 0,
            window: self.receiver.room(),
            time: 0,
            number: 0,
            received: self.receiver.next(),
            data: &[],
        };
        let mut out = Packing::new(self.mtu, send);
        self.receiver.flush(base, &mut out);
        self.sender.flush(base, now, &mut out);
        out.finish();
    }

    /// Returns `true` if there is something that should not wait for the next look at the conversation.
    pub(super) fn is_urgent(&self) -> bool {
        self.sender.is_held_up() || self.receiver.unconfirmed() >= ACKS_AT_ONCE
    }

    /// Returns `true` if nothing happens before a datagram comes, or the application reads or writes.
    pub(super) fn is_idle(&self) -> bool {
        self.is_confirmed() && self.receiver.is_idle()
    }

    /// Returns `true` if the peer has everything that was written.
    pub(super) fn is_confirmed(&self) -> bool {
        self.sender.is_idle()
    }

    /// Returns `true` if the peer confirms nothing any more.
    pub(super) fn is_dead(&self) -> bool {
        self.sender.is_dead()
    }

    /// Returns the bytes that can be read.
    pub(super) fn readable(&self) -> &[u8] {
        self.receiver.readable()
    }

    /// Returns the number of bytes that can be written.
    pub(super) fn writable(&self) -> usize {
        self.sender.room()
    }

    /// Takes the first bytes away that can be read. Returns `true` if the peer, which had found no room, has to know: a
    /// [`flush`](Self::flush) tells it.
    pub(super) fn take(&mut self, len: usize) -> bool {
        self.receiver.take(len)
    }

    /// Takes bytes of the application, as many as there is room for, and returns their number. They go out with the next
    /// [`flush`](Self::flush).
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        self.sender.write(bytes)
    }
}

#[cfg(test)]
mod tests;

//! One conversation, shared by its stream and by the task of the socket.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::machine::Machine;
use super::options::KcpOptions;
use super::segment::{Key, Malformed};

/// The time for which the end of a stream is repeated to a peer that confirms nothing, in milliseconds. A peer that has
/// gone, too, never confirms it.
const FAREWELL_TIME: u32 = 3_000;

/// A socket, as its conversations reach it.
#[derive(Debug)]
pub(super) struct Port {
    socket: UdpSocket,
    start: Instant,
    /// The conversations that the socket's task has to look at; `None` when the task is gone.
    calls: Mutex<Option<Vec<Arc<Conversation>>>>,
    called: Notify,
}

impl Port {
    pub(super) fn new(socket: UdpSocket) -> Self {
        let (calls, called) = (Mutex::new(Some(Vec::new())), Notify::new());
        Self { socket, start: Instant::now(), calls, called }
    }

    pub(super) fn socket(&self) -> &UdpSocket {
        &self.socket
    }

    /// Returns the time in milliseconds, which wraps around.
    pub(super) fn now(&self) -> u32 {
        self.start.elapsed().as_millis() as u32
    }

    /// Sends a datagram, or loses it: there is another one, if it is missed.
    pub(super) fn send(&self, datagram: &[u8], peer: SocketAddr) {
        if let Err(error) = self.socket.try_send_to(datagram, peer) {
            tracing::debug!(%error, %peer, "a datagram could not be sent");
        }
    }

    /// Waits until there are conversations to look at.
    pub(super) async fn called(&self) {
        self.called.notified().await;
    }

    /// Takes the conversations to look at.
    pub(super) fn take_calls(&self) -> Vec<Arc<Conversation>> {
        self.calls().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Notes that the socket's task is gone: what waits for it would keep the socket for ever.
    pub(super) fn abandon(&self) {
        let calls = self.calls().take();
        drop(calls);
    }

    fn call(&self, conversation: Arc<Conversation>) {
        if let Some(calls) = self.calls().as_mut() {
            calls.push(conversation);
            self.called.notify_one();
        }
    }

    fn calls(&self) -> MutexGuard<'_, Option<Vec<Arc<Conversation>>>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One conversation.
#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) key: Key,
    port: Arc<Port>,
    state: Mutex<State>,
}

/// The state of a conversation, under its lock.
#[derive(Debug)]
pub(super) struct State {
    pub(super) machine: Machine,
    pub(super) phase: Phase,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
    /// The task of the socket looks at it each interval, or is called to do so.
    is_watched: bool,
}

/// The life of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Open,
    /// Nothing more is written: the peer has to confirm the rest.
    Finishing {
        since: u32,
    },
    /// The peer has everything, or is given up.
    Finished,
    /// The stream is gone, and nothing is received any more.
    Dropped,
}

impl Conversation {
    pub(super) fn new(key: Key, port: Arc<Port>, options: &KcpOptions) -> Self {
        let state = State {
            machine: Machine::new(key.conv, options),
            phase: Phase::Open,
            reader: None,
            writer: None,
            is_watched: false,
        };
        Self { key, port, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> u32 {
        self.port.now()
    }

    /// Sends what is due, and has the conversation watched if something is left to be done.
    pub(super) fn flush(self: &Arc<Self>, state: &mut State) {
        self.send(state, self.now());
        if !state.is_watched && !state.machine.is_idle() {
            state.is_watched = true;
            self.port.call(self.clone());
        }
    }

    fn send(&self, state: &mut State, now: u32) {
        state.machine.flush(now, &mut |datagram| self.port.send(datagram, self.key.peer));
    }

    /// Ends the conversation with its stream.
    pub(super) fn drop_stream(self: &Arc<Self>) {
        let mut state = self.state();
        state.phase = Phase::Dropped;
        (state.reader, state.writer) = (None, None);
        drop(state);
        self.port.call(self.clone());
    }

    /// Takes in a datagram, up to what cannot be read. Returns `true` if the conversation is to be watched from now on.
    pub(super) fn input(&self, datagram: &[u8], now: u32) -> (bool, Result<(), Malformed>) {
        let mut state = self.state();
        if state.phase == Phase::Dropped {
            return (false, Ok(()));
        }
        let taken = state.machine.input(datagram, now);
        if state.machine.is_urgent() {
            self.send(&mut state, now);
        }
        let begins = !state.is_watched && !state.machine.is_idle();
        state.is_watched |= begins;
        wake(state);
        (begins, taken)
    }

    /// Does what is due. Returns `true` if the conversation is to be watched further.
    pub(super) fn look(&self, now: u32) -> bool {
        let mut state = self.state();
        if let Phase::Finishing { since } = state.phase
            // The end may have begun after `now` was taken.
            && (FAREWELL_TIME..=u32::MAX / 2).contains(&now.wrapping_sub(since))
        {
            state.phase = Phase::Finished;
        }
        let is_over = matches!(state.phase, Phase::Finished | Phase::Dropped);
        if !is_over {
            self.send(&mut state, now);
        }
        let goes_on = !is_over && !state.machine.is_idle() && !state.machine.is_dead();
        state.is_watched = goes_on;
        wake(state);
        goes_on
    }

    pub(super) fn is_dropped(&self) -> bool {
        self.state().phase == Phase::Dropped
    }
}

/// Wakes the stream if there is something for it, without the lock.
fn wake(mut state: MutexGuard<'_, State>) {
    let machine = &state.machine;
    let is_over = machine.is_dead() || state.phase == Phase::Finished;
    let can_read = is_over || !machine.readable().is_empty();
    let can_write = is_over
        || match state.phase {
            Phase::Open => machine.writable() > 0,
            _ => machine.is_confirmed(),
        };
    let reader = if can_read { state.reader.take() } else { None };
    let writer = if can_write { state.writer.take() } else { None };
    drop(state);
    [reader, writer].into_iter().flatten().for_each(Waker::wake);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_end_that_begins_behind_the_time_of_a_look_is_not_over() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let peer = socket.local_addr().expect("an address");
        let key = Key { peer, conv: 7 };
        let conversation = Conversation::new(key, Arc::new(Port::new(socket)), &KcpOptions::new());
        // The time wraps around.
        for since in [5, u32::MAX - 1] {
            let finishing = Phase::Finishing { since };
            conversation.state().phase = finishing;
            for (now, phase) in [
                (since.wrapping_sub(1), finishing),
                (since, finishing),
                (since.wrapping_add(FAREWELL_TIME - 1), finishing),
                (since.wrapping_add(FAREWELL_TIME), Phase::Finished),
            ] {
                conversation.look(now);
                assert_eq!(conversation.state().phase, phase, "{since}, and then {now}");
            }
        }
    }
}

//! Two machines over a network that loses, repeats and delays, and machines whose peer lies.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::udp::segment::CHALLENGE_NUMBER;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// Returns a number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }
}

/// A network whose datagrams take 20 to 60 milliseconds, so that they overtake one another.
struct Network {
    dice: Dice,
    /// Of so many datagrams one is lost, and one comes twice.
    loss: u64,
    under_way: BTreeMap<(u64, u64), (usize, Vec<u8>)>,
    sent: u64,
    bytes: usize,
}

impl Network {
    fn new(seed: u64, loss: u64) -> Self {
        let under_way = BTreeMap::new();
        Self { dice: Dice(seed), loss, under_way, sent: 0, bytes: 0 }
    }

    fn send(&mut self, to: usize, datagram: &[u8], now: u64) {
        self.bytes += datagram.len();
        let copies = match self.dice.roll(self.loss) {
            0 => 0,
            1 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            self.sent += 1;
            let at = now + 20 + self.dice.roll(40);
            self.under_way.insert((at, self.sent), (to, datagram.to_vec()));
        }
    }

    /// Takes a datagram that has arrived.
    fn arrived(&mut self, now: u64) -> Option<(usize, Vec<u8>)> {
        let first = self.under_way.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(first.remove())
    }
}

/// Bytes of which no two places look alike.
fn text(len: usize, seed: u64) -> Vec<u8> {
    let mut dice = Dice(seed);
    (0..len).map(|_| dice.roll(256) as u8).collect()
}

fn read(machine: &mut Machine, out: &mut Vec<u8>, most: usize) {
    let len = machine.readable().len().min(most);
    out.extend_from_slice(&machine.readable()[..len]);
    machine.take(len);
}

/// Sends texts in both directions, and returns the milliseconds until both have arrived and are confirmed.
#[track_caller]
fn exchange(options: [KcpOptions; 2], loss: u64, start: u32, lengths: [usize; 2]) -> u64 {
    let mut network = Network::new(7, loss);
    let mut machines = options.map(|options| Machine::starting_at(start, 5, &options));
    let texts = [text(lengths[0], 1), text(lengths[1], 2)];
    let (mut written, mut received) = ([0, 0], [Vec::new(), Vec::new()]);
    for now in 0..120_000 {
        let clock = |now: u64| start.wrapping_add(now as u32);
        while let Some((to, datagram)) = network.arrived(now) {
            machines[to].input(&datagram, clock(now)).expect("what the other side sent");
        }
        for (side, machine) in machines.iter_mut().enumerate() {
            written[side] += machine.write(&texts[side][written[side]..]);
            // A slow reader, so that windows close.
            read(machine, &mut received[side], 300);
            if now % 10 == 0 || machine.is_urgent() {
                machine.flush(clock(now), &mut |datagram| network.send(1 - side, datagram, now));
            }
            assert!(!machine.is_dead(), "at {now} ms");
        }
        let lens = [received[1].len(), received[0].len()];
        if lens == lengths && machines.iter().all(Machine::is_idle) {
            assert!(received[1] == texts[0] && received[0] == texts[1], "the same bytes");
            return now;
        }
    }
    panic!("{lengths:?} bytes do not arrive: {:?}", received.map(|bytes| bytes.len()));
}

#[test]
fn streams_arrive_whole_over_a_bad_network() {
    let (fast, careful) = (KcpOptions::new(), KcpOptions::new().congestion_control(true));
    let slow = KcpOptions::new().nodelay(false).resend(0).interval(Duration::from_millis(40));
    let tiny = KcpOptions::new().mtu(256).send_window(8).receive_window(8);
    let lengths = [60_000, 40_000];
    for (options, loss) in [
        ([fast, fast], 1000),
        ([fast, fast], 5),
        ([careful, careful], 10),
        ([slow, fast], 10),
        ([tiny, tiny], 10),
        ([tiny, fast], 5),
    ] {
        exchange(options, loss, 0, lengths);
    }
    // One side only reads, the other one only writes.
    exchange([fast, fast], 5, 0, [0, 100_000]);
}

#[test]
fn numbers_and_times_wrap_around() {
    let options = [KcpOptions::new(), KcpOptions::new()];
    exchange(options, 5, u32::MAX - 20, [60_000, 40_000]);
}

#[test]
fn what_is_lost_is_repeated_long_before_tcp_would() {
    let options = [KcpOptions::new(), KcpOptions::new()];
    let whole = exchange(options, u64::MAX, 0, [6_000, 0]);
    let lossy = exchange(options, 5, 0, [6_000, 0]);
    assert!(lossy < whole + 400, "{whole} ms without a loss, {lossy} ms with one in five");
}

/// What a machine sends.
fn flush(machine: &mut Machine, now: u32) -> Vec<Vec<u8>> {
    let mut sent = Vec::new();
    machine.flush(now, &mut |datagram| sent.push(datagram.to_vec()));
    sent
}

fn segment(command: Command, number: u32, data: &[u8]) -> Segment<'_> {
    let (conv, fragment, window, time, received) = (5, 0, 128, 0, 0);
    Segment { conv, command, fragment, window, time, number, received, data }
}

fn datagram(segments: &[Segment<'_>]) -> Vec<u8> {
    let parts = segments.iter().map(|segment| [&segment.header()[..], segment.data].concat());
    parts.collect::<Vec<_>>().concat()
}

#[test]
fn a_peer_that_ignores_the_window_fills_no_memory() {
    let options = KcpOptions::new().receive_window(16);
    let mut machine = Machine::new(5, &options);
    let data = [7; 1400];
    // In order, beyond the window, and from behind.
    let numbers = (0..500).chain((0..500).rev()).chain([u32::MAX, u32::MAX / 2, 1 << 31]);
    for number in numbers {
        let datagram = datagram(&[segment(Command::Push, number, &data)]);
        machine.input(&datagram, 0).expect("a valid datagram");
        assert!(machine.readable().len() <= 2 * 16 * 1500, "{}", machine.readable().len());
    }
    let acks: usize = flush(&mut machine, 0).iter().map(Vec::len).sum();
    assert!(acks <= 128 * 24, "{acks} bytes of acks");
}

#[test]
fn what_is_repeated_is_confirmed_by_no_more_than_came() {
    let mut machine = Machine::new(5, &KcpOptions::new());
    let push = datagram(&[segment(Command::Push, 0, b"x")]);
    let mut sent = 0;
    for _ in 0..1000 {
        machine.input(&push, 0).expect("a valid datagram");
        sent += flush(&mut machine, 0).iter().map(Vec::len).sum::<usize>();
    }
    assert_eq!(machine.readable(), b"x");
    assert_eq!(sent, 1000 * 24);
}

#[test]
fn lies_about_what_was_received_change_nothing() {
    let mut machine = Machine::new(5, &KcpOptions::new());
    machine.write(b"one");
    assert_eq!(flush(&mut machine, 0).len(), 1);
    let lies = [1, 2, 77, u32::MAX / 2, 1 << 31, CHALLENGE_NUMBER];
    for number in lies {
        let ack = Segment { time: number, ..segment(Command::Ack, number, b"") };
        let una = Segment { received: number.max(2), ..segment(Command::Tell, 0, b"") };
        machine.input(&datagram(&[ack, una]), 1000).expect("a valid datagram");
    }
    assert!(!machine.is_confirmed());
    let again = flush(&mut machine, 1000);
    assert!(again[0].ends_with(b"one"), "{again:?}");
    machine.input(&datagram(&[segment(Command::Ack, 0, b"")]), 1001).expect("a valid datagram");
    assert!(machine.is_confirmed());
}

#[test]
fn a_peer_without_room_is_asked_and_one_that_is_gone_is_given_up() {
    let mut machine = Machine::new(5, &KcpOptions::new());
    let full = Segment { window: 0, ..segment(Command::Tell, 0, b"") };
    machine.input(&datagram(&[full]), 0).expect("a valid datagram");
    machine.write(b"waits");
    let sent: Vec<u8> = (0..=1000).flat_map(|now| flush(&mut machine, now)).flatten().collect();
    let asked: Vec<_> = Segments(&sent).map(|segment| segment.map(|one| one.command)).collect();
    assert_eq!(asked, [Ok(Command::Ask)], "after half a second, and not all the time");

    machine.input(&datagram(&[segment(Command::Tell, 0, b"")]), 1000).expect("a valid datagram");
    let mut sends = 0;
    for now in (1000..2_000_000).step_by(10) {
        sends += flush(&mut machine, now).len();
    }
    assert!(machine.is_dead());
    assert_eq!(sends, 20, "and nothing after that");
}

#[test]
fn made_up_datagrams_cost_no_more_than_their_bytes() {
    let mut dice = Dice(11);
    let options = KcpOptions::new().receive_window(16);
    for _ in 0..300 {
        let mut machine = Machine::new(5, &options);
        machine.write(&text(5000, 3));
        let (mut now, mut input) = (u32::MAX - 1000, 0);
        let mut sent: usize = flush(&mut machine, now).iter().map(Vec::len).sum();
        for _ in 0..40 {
            // Headers that are nearly right lead further than noise.
            let commands = [Command::Push, Command::Ack, Command::Ask, Command::Tell];
            let near = |dice: &mut Dice| match dice.roll(4) {
                0 => dice.roll(1 << 32) as u32,
                _ => (dice.roll(24) as u32).wrapping_sub(4),
            };
            let data = text(dice.roll(40) as usize, 5);
            let segment = Segment {
                window: dice.roll(200) as u16,
                time: near(&mut dice).wrapping_add(now),
                received: near(&mut dice),
                ..segment(commands[dice.roll(4) as usize], near(&mut dice), &data)
            };
            let mut datagram = datagram(&[segment]);
            if dice.roll(4) == 0 {
                let at = dice.roll(datagram.len() as u64) as usize;
                datagram[at] = dice.roll(256) as u8;
            }
            input += datagram.len();
            // What cannot be read is told.
            let _ = machine.input(&datagram, now);
            sent += flush(&mut machine, now).iter().map(Vec::len).sum::<usize>();
            assert!(machine.readable().len() <= 2 * 16 * 1500);
            now = now.wrapping_add(dice.roll(100) as u32);
        }
        // What it writes itself may be repeated; everything else is less than what came.
        assert!(sent <= input + 20 * (5000 + 5 * 24), "{input} bytes are answered by {sent}");
    }
}

#[test]
fn a_datagram_is_taken_in_up_to_what_cannot_be_read() {
    let mut machine = Machine::new(5, &KcpOptions::new());
    let mut bytes = datagram(&[segment(Command::Push, 0, b"good")]);
    bytes.extend(datagram(&[Segment { conv: 6, ..segment(Command::Push, 1, b"other") }]));
    assert_eq!(machine.input(&bytes, 0), Err(Malformed::Mixed));
    assert_eq!(machine.readable(), b"good");
}

//! Any client over any transport: what it is told, and that its connection ends.

use super::*;

/// Cases, each with a seed of its own.
const CASES: u64 = 2000;

/// Any connection is over by then: opening, silence, a write per batch, handlers and linger.
const END: Duration = Duration::from_secs(60);

/// A small generator of numbers, for cases that a seed repeats.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % bound
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    fn steps(&mut self, lengths: &[usize], last: &[Step]) -> Vec<Step> {
        let count = self.below(12);
        let mut steps: Vec<Step> = (0..count)
            .map(|_| match self.below(4) {
                0 => Step::Wait(self.below(30)),
                _ => Step::Bytes(self.one_of(lengths)),
            })
            .collect();
        steps.push(self.one_of(last));
        steps
    }
}

/// What a client says, and what is to be expected of it.
struct Case {
    input: Vec<u8>,
    /// The ids of its requests, and of those whose handlers take turns.
    requests: Vec<u64>,
    in_turn: Vec<u64>,
    is_legal: bool,
    is_kicked: bool,
}

const ALL: usize = usize::MAX;

fn case(dice: &mut Dice) -> Case {
    let mut case = Case {
        input: opening(),
        requests: vec![],
        in_turn: vec![],
        is_legal: true,
        is_kicked: false,
    };
    for n in 1..=dice.below(20) {
        let (route, is_in_turn) = match dice.below(20) {
            0..8 => ("desk.now", true),
            8..14 => ("desk.soon", true),
            14..18 => ("desk.beside", false),
            18 => ("desk.nobody", true),
            _ if dice.below(4) == 0 => {
                case.is_kicked = true;
                ("desk.kick", true)
            }
            _ => ("desk.now", true),
        };
        case.requests.push(n);
        case.in_turn.extend(is_in_turn.then_some(n));
        case.input.extend(request(n, route, n));
        if dice.below(8) == 0 {
            case.input.extend(packet(PacketKind::Heartbeat, b""));
        }
    }
    match dice.below(12) {
        0 => {
            case.is_legal = false;
            case.input.extend([99, 0, 0, 0]);
        }
        1 => {
            // It ends within a packet, or before its opening is complete.
            let len = dice.below(case.input.len() as u64) as usize;
            case.input.truncate(len);
            case.is_legal = false;
        }
        _ => {}
    }
    case
}

#[tokio::test(start_paused = true)]
async fn every_connection_ends_and_is_told_everything_once_and_in_order() {
    let (app, log) = start().await;
    let mut all_answered = 0;
    for seed in 0..CASES {
        let dice = &mut Dice(seed);
        let case = case(dice);
        let reads = dice.steps(&[1, 3, 40, ALL], &[Step::Bytes(1), Step::Bytes(ALL)]);
        let ends = [Step::End, Step::End, Step::End, Step::Stuck, Step::Broken, Step::Violation];
        let (end, after) = (dice.one_of(&ends), dice.below(100));
        let lasts = [Step::Bytes(1), Step::Bytes(100), Step::Bytes(ALL), Step::Bytes(ALL)];
        let is_taken = dice.below(3) > 0;
        let refusals = [Step::Stuck, Step::Broken];
        let writes = dice.steps(&[1, 7, 100, ALL], if is_taken { &lasts } else { &refusals });
        let finish = dice.steps(&[0], &[Step::Bytes(0), Step::Stuck, Step::Broken]);

        let input = case.input.len();
        let mut script = smooth(case.input);
        // All of the input comes before the end does.
        let mut reads = reads;
        let left = match reads.pop() {
            Some(Step::Bytes(1)) => vec![Step::Bytes(1); input],
            _ => vec![Step::Bytes(ALL)],
        };
        reads.extend(left);
        reads.extend([Step::Wait(after), end]);
        if end == Step::Violation {
            // A transport reports it once, and skips what comes behind it.
            reads.push(dice.one_of(&[Step::Stuck, Step::End]));
        }
        script.reads = Steps::new(reads);
        script.writes = Steps::new(writes);
        script.finish = Steps::new(finish);
        let sent = script.sent.clone();
        let pump = pump(&app, script);
        let session = pump.session().clone();
        let running = tokio::spawn(pump);
        let close = dice.below(6) == 0;
        if close {
            sleep(Duration::from_millis(dice.below(60))).await;
            session.close();
        }
        let ended = timeout(END, running).await;
        ended.unwrap_or_else(|_| panic!("seed {seed}: it does not end")).expect("no panic");
        assert_eq!(app.server().sessions(), 0, "seed {seed}");

        let seen = log.take();
        let opened = seen.iter().filter(|line| *line == "opened").count();
        assert!(opened <= 1 && seen.len() == 2 * opened, "seed {seed}: {seen:?}");

        let told = told(&sent);
        let first = |n: usize| told.iter().skip(n);
        assert!(!first(1).any(|told| *told == Told::Handshake), "seed {seed}: {told:?}");
        let kick = told.iter().position(|told| matches!(told, Told::Kick(_)));
        assert!(kick.is_none_or(|at| at + 1 == told.len()), "seed {seed}: {told:?}");
        let replies: Vec<u64> = told
            .iter()
            .filter_map(|told| match told {
                Told::Reply(id, _) => Some(*id),
                _ => None,
            })
            .collect();
        let in_turn: Vec<u64> =
            replies.iter().copied().filter(|id| case.in_turn.contains(id)).collect();
        assert!(in_turn.is_sorted_by(|a, b| a < b), "seed {seed}: {told:?}");
        let mut sorted = replies.clone();
        sorted.sort_unstable();
        assert!(sorted.is_sorted_by(|a, b| a < b), "seed {seed}: {told:?}");
        let pushes: Vec<u64> = told
            .iter()
            .filter_map(|told| match told {
                Told::Push(body) => Some(body.parse().expect("a number")),
                _ => None,
            })
            .collect();
        assert!(pushes.is_sorted_by(|a, b| a < b), "seed {seed}: {told:?}");
        // A push of a handler comes before its reply, and after the reply of the one before.
        for (at, told_here) in told.iter().enumerate() {
            let Told::Push(n) = told_here else { continue };
            let n: u64 = n.parse().expect("a number");
            let early =
                told[..at].iter().any(|told| matches!(told, Told::Reply(id, _) if *id == n));
            assert!(!early, "seed {seed}: {told:?}");
        }
        let is_undisturbed = case.is_legal && !case.is_kicked && is_taken && !close;
        if is_undisturbed && matches!(end, Step::End) {
            assert_eq!(sorted, case.requests, "seed {seed}: {told:?}");
            all_answered += 1;
        }
    }
    assert!(all_answered > CASES / 8, "{all_answered} cases were answered in full");
}

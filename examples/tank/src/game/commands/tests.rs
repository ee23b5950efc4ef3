//! Tests of what is taken from a client, and how fast.

use super::*;

fn command(seq: u32) -> Command {
    Command { seq, ..Command::default() }
}

#[test]
fn commands_out_of_range_are_refused() {
    let check = |numbers, is_good: bool| {
        let made = Command::new(1, numbers, true);
        assert_eq!(made.is_ok(), is_good, "{numbers:?}");
        assert!(is_good || made == Err(Refusal::OutOfRange));
    };
    check([0, 0, 0], true);
    check([1023, 16, 1023], true);
    check([1024, 0, 0], false);
    check([0, 17, 0], false);
    check([0, 0, 1024], false);
    check([u32::MAX, 0, 0], false);
    check([0, u32::MAX, 0], false);
    check([0, 0, 1 << 31], false);
}

#[test]
fn commands_come_in_their_order_and_do_not_pile_up() {
    let mut commands = Commands::default();
    assert_eq!(commands.add(command(0)), Err(Refusal::Stale));
    assert_eq!(commands.add(command(5)), Ok(()));
    assert_eq!(commands.add(command(5)), Err(Refusal::Stale));
    assert_eq!(commands.add(command(4)), Err(Refusal::Stale));
    for seq in 6..17 {
        assert_eq!(commands.add(command(seq)), Ok(()), "{seq}");
    }
    assert_eq!(commands.add(command(17)), Err(Refusal::TooFast));
    assert_eq!((commands.next(), commands.done()), (Some(command(5)), 5));
    // What was followed does not come again.
    while commands.next().is_some() {}
    assert_eq!(commands.add(command(16)), Err(Refusal::Stale));
    assert_eq!(commands.add(command(u32::MAX)), Ok(()));
}

/// Lets ticks pass, before each of which so many commands come, and returns how many each of them follows.
fn followed(coming: &[u32]) -> Vec<usize> {
    let (mut commands, mut seq) = (Commands::default(), 0);
    let tick = |&count: &u32| {
        for _ in 0..count {
            seq += 1;
            // Those that are too many are refused.
            let _ = commands.add(command(seq));
        }
        let due = commands.due();
        for _ in 0..due {
            commands.next().expect("one that waits");
        }
        due
    };
    coming.iter().map(tick).collect()
}

#[test]
fn a_late_burst_is_made_up_for_and_a_fast_client_is_not_faster() {
    // A steady client, whose commands may come in pairs.
    assert_eq!(followed(&[1, 1, 1, 1]), [1, 1, 1, 1]);
    assert_eq!(followed(&[0, 2, 0, 2, 0]), [0, 1, 1, 1, 1]);
    // After a pause of four ticks, it catches up.
    assert_eq!(followed(&[1, 0, 0, 0, 0, 5, 1, 1, 1]), [1, 0, 0, 0, 0, 2, 2, 1, 1]);
    // What is left over then is made up for as well, one by one.
    let late = followed(&[&[0, 0, 0, 4][..], &[1; 200]].concat());
    assert_eq!(late.iter().filter(|&&due| due == 2).count(), 3, "{late:?}");
    // One that sends three times as many moves as far as the others, but for the credit that it began with.
    let fast: usize = followed(&[3; 100]).iter().sum();
    assert!((100..=100 + CREDIT).contains(&fast), "{fast}");
    // Credit does not grow without end.
    let mut paused = [0; 1000];
    paused[999] = 12;
    let after: usize = followed(&[&paused[..], &[3; 30]].concat()).iter().sum();
    assert!(after <= 31 + CREDIT, "{after}");
}

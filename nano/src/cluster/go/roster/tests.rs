use super::*;

fn info(address: &str) -> Info {
    Info {
        bytes: Bytes::copy_from_slice(address.as_bytes()),
        label: String::new(),
        address: address.to_owned(),
        services: Vec::new(),
        native: None,
    }
}

/// Tells all nodes all news but for `deaf`, and returns what was told in order: `b+a` is `b`, told of `a`.
fn tell(roster: &mut Roster, deaf: &[&str]) -> Vec<String> {
    let mut told = Vec::new();
    let nodes: Vec<String> = roster.seats.keys().cloned().collect();
    for node in nodes.iter().filter(|node| !deaf.contains(&node.as_str())) {
        while let Some(news) = roster.news(node) {
            let start = roster.seats[node].start;
            roster.told(node, start, &news);
            told.push(match news {
                News::Joined { address, .. } => format!("{node}+{address}"),
                News::Left { address } => format!("{node}-{address}"),
            });
        }
    }
    told
}

fn register(roster: &mut Roster, address: &str) -> Vec<String> {
    let (_, others) = roster.register(info(address)).expect("room");
    others.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect()
}

/// Gives a node up, in the start that it is in.
fn lose(roster: &mut Roster, address: &str, now: Instant) {
    let start = roster.seats.get(address).map_or(0, |seat| seat.start);
    roster.give_up(address, start, now);
}

#[tokio::test(start_paused = true)]
async fn all_learn_of_all_also_of_two_that_register_at_once() {
    let mut roster = Roster::default();
    assert!(register(&mut roster, "a").is_empty());
    // Nobody is told before both have their answers.
    assert_eq!(register(&mut roster, "b"), ["a"]);
    assert_eq!(register(&mut roster, "c"), ["a", "b"]);
    assert_eq!(tell(&mut roster, &[]), ["a+b", "a+c", "b+c"]);
    assert!(tell(&mut roster, &[]).is_empty(), "once");
    assert!(roster.unregister("b") && !roster.unregister("b"));
    assert_eq!(tell(&mut roster, &[]), ["a-b", "c-b"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_hears_nothing_delays_nobody_and_is_told_later() {
    let mut roster = Roster::default();
    for address in ["a", "b"] {
        register(&mut roster, address);
    }
    assert_eq!(register(&mut roster, "c"), ["a", "b"]);
    assert_eq!(tell(&mut roster, &["a"]), ["b+c"]);
    roster.unregister("c");
    assert_eq!(tell(&mut roster, &["a"]), ["b-c"]);
    assert_eq!(tell(&mut roster, &[]), ["a+b"], "what has passed needs no word");
}

#[tokio::test(start_paused = true)]
async fn one_that_starts_again_is_taken_out_first() {
    let mut roster = Roster::default();
    for address in ["a", "b"] {
        register(&mut roster, address);
    }
    tell(&mut roster, &[]);
    assert_eq!(register(&mut roster, "b"), ["a"]);
    assert_eq!(tell(&mut roster, &[]), ["a-b", "a+b"]);
}

#[tokio::test(start_paused = true)]
async fn two_that_die_together_are_both_gone_and_come_back_as_they_were() {
    let (mut roster, now) = (Roster::default(), Instant::now());
    for address in ["a", "b", "c"] {
        register(&mut roster, address);
    }
    tell(&mut roster, &[]);
    lose(&mut roster, "b", now);
    lose(&mut roster, "c", now);
    assert_eq!(tell(&mut roster, &[]), ["a-b", "a-c"]);
    let later = now + Duration::from_secs(60);
    assert!(roster.heartbeat(info("b"), later).expect("room").is_some());
    assert_eq!(tell(&mut roster, &[]), ["a+b", "b-c"], "it had stood still, and knows `a` still");
    assert_eq!(roster.heartbeat(info("b"), later), Ok(None));
    // Much later it must have been another process.
    lose(&mut roster, "b", now);
    assert!(roster.heartbeat(info("b"), now + REMEMBERED).expect("room").is_some());
    assert_eq!(tell(&mut roster, &[]), ["a-b", "a+b", "b+a"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_of_the_master_only_pairs_with_newcomers_are_introduced() {
    let (mut roster, now) = (Roster::default(), Instant::now());
    assert!(roster.heartbeat(info("a"), now).expect("room").is_some());
    assert_eq!(register(&mut roster, "new"), ["a"]);
    assert!(roster.heartbeat(info("b"), now).expect("room").is_some());
    assert_eq!(tell(&mut roster, &[]), ["a+new", "b+new", "new+b"]);
}

#[tokio::test(start_paused = true)]
async fn peers_cannot_fill_the_roster() {
    let (mut roster, now) = (Roster::default(), Instant::now());
    let taken = (0..1000).filter(|at| roster.register(info(&at.to_string())).is_ok()).count();
    assert_eq!(taken, MOST_MEMBERS);
    assert_eq!(roster.heartbeat(info("x"), now), Err(Full));
    for at in 0..1000 {
        lose(&mut roster, &at.to_string(), now);
        let _ = roster.register(info(&format!("{at}'")));
        lose(&mut roster, &format!("{at}'"), now);
    }
    assert!(roster.gone.len() <= MOST_MEMBERS);
}

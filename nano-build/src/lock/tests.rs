use super::*;

fn routes(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn codes_are_appended_and_never_used_again() {
    let lock = Lock::default().with(routes(&["b", "d"])).expect("codes");
    assert_eq!((lock.code("b"), lock.code("d")), (Some(1), Some(2)));
    // `d` is gone and others are new: the old codes stay as they are.
    let lock = Lock::parse("routes.lock", &lock.text()).expect("what was written");
    let lock = lock.with(routes(&["a", "b", "c"])).expect("codes");
    let codes = ["a", "b", "c", "d"].map(|route| lock.code(route));
    assert_eq!(codes, [Some(3), Some(1), Some(4), Some(2)]);
    assert!(lock.text().ends_with("1 b\n2 d\n3 a\n4 c\n"), "{}", lock.text());
}

#[test]
fn routes_may_hold_anything_but_a_line_break() {
    let lock = Lock::default().with(routes(&["a b", " c", "#d", "é"])).expect("codes");
    assert_eq!(Lock::parse("routes.lock", &lock.text()).expect("what was written"), lock);
}

#[test]
fn f0_routes_of_three_parts_join_a_lock_from_before() {
    // `connector.entry` is the handler of an older release, and one with a space can no longer be made.
    let text = format!("{HEAD}1 connector.entry\n2 room.say it\n4 onChat\n");
    let lock = Lock::parse("routes.lock", &text).expect("a lock from before");
    let found = ["connector.entry", "connector.entry.entry", "connector.entryHandler.entry"];
    let lock = lock.with(routes(&found)).expect("codes");
    let expected = format!("{text}5 connector.entry.entry\n6 connector.entryHandler.entry\n");
    assert_eq!(lock.text(), expected);
    assert_eq!(Lock::parse("routes.lock", &expected).expect("what was written"), lock);
}

#[test]
fn a_full_lock_says_so() {
    let lock = Lock::parse("routes.lock", "65535 last\n").expect("a lock");
    let error = lock.with(routes(&["next"])).expect_err("no code is left");
    assert_eq!(error.to_string(), "`next` gets no code: all 65535 are given out");
}

#[test]
fn all_faults_are_reported_with_their_lines() {
    for (text, expected) in [
        ("1 a\n1 b\n", &["routes.lock:2:1: code 1 is given twice, to `a` and `b`"][..]),
        ("1 a\n2 a\n", &["routes.lock:2:1: `a` has two codes, 1 and 2"]),
        ("0 a\n", &["routes.lock:1:1: `0 a` is not a code from 1 to 65535"]),
        ("65536 a\n", &["routes.lock:1:1: `65536 a` is not a code"]),
        ("a\n\nx y\n", &["routes.lock:1:1: `a` is not", "routes.lock:3:1: `x y` is not"]),
        (
            "1 a\n<<<<<<< ours\n2 b\n=======\n2 c\n>>>>>>> theirs\n",
            &[
                "routes.lock:2:1: a merge was left half done",
                "routes.lock:5:1: code 2 is given twice, to `b` and `c`",
            ],
        ),
    ] {
        let error = Lock::parse("routes.lock", text).expect_err("a fault");
        let problems = error.problems();
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, expected) in problems.iter().zip(expected) {
            assert!(problem.starts_with(expected), "{problem}");
        }
    }
}

#[test]
fn the_version_follows_names_and_codes() {
    let version = |codes: &[(&'static str, u16)]| dict_version(codes.iter().copied());
    assert_eq!(version(&[("a", 1)]), version(&[("a", 1)]));
    assert_ne!(version(&[("a", 1)]), version(&[("a", 2)]));
    assert_ne!(version(&[("a", 1)]), version(&[("b", 1)]));
}

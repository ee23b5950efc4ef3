//! The presence under loom, which runs each model once for every interleaving of its threads: `cargo xtask loom`.

use std::sync::Arc;

use loom::thread;

use super::*;

/// The time of the return, which is that of the visit, too.
const RETURN: u64 = 100;
const PATIENCE: u64 = 3;

/// A visit, as `Local` makes it.
fn visit(presence: &Presence) {
    let status = presence.status();
    if !status.is_lost() && presence.seen() + PATIENCE < RETURN {
        presence.fall_silent(status);
    }
}

/// The time of its absence is no silence, whether the visit comes before the loss, in between or after the return.
#[test]
fn a_client_that_is_back_is_not_silent() {
    loom::model(|| {
        let presence = Arc::new(Presence::new(0));
        presence.set_present(0);
        let visited = presence.clone();
        let visitor = thread::spawn(move || visit(&visited));
        presence.set_lost();
        presence.set_present(RETURN);
        visitor.join().unwrap();
        assert!(!presence.is_silent());
    });
}

#[test]
fn a_client_that_is_there_and_says_nothing_is_silent() {
    loom::model(|| {
        let presence = Arc::new(Presence::new(0));
        presence.set_present(0);
        let visited = presence.clone();
        let visitor = thread::spawn(move || visit(&visited));
        visitor.join().unwrap();
        assert!(presence.is_silent());
    });
}

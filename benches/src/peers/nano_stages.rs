//! nano with stages around messages, which look at what passes and change nothing.

use nano::{App, Error};

use super::nano::{Echo, unlimited};

/// The longest body that the stages let pass.
const LONGEST: usize = 64 * 1024;

pub(super) fn app() -> App {
    let checked = |len| match len {
        0..=LONGEST => Ok(()),
        _ => Err(Error::reject("too_long", "the body is too long")),
    };
    unlimited()
        .inbound(move |message| checked(message.body().len()))
        .outbound(move |_, message| checked(message.body().len()))
        .component(Echo)
}

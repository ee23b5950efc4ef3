//! The traces of the server's stages: each message of a session has passed one for all and one of its own, and is the next
//! that did.

use super::Checks;
use crate::protocol::SEAL;

/// The bytes that the stage of a session puts behind a body: the user, and a number.
const SUFFIX: usize = 8;

impl Checks {
    /// Takes off what the stages have put behind a body. Those of pushes that may be dropped are not the next ones.
    pub(in super::super) fn passed(
        &mut self,
        body: &mut Vec<u8>,
        is_droppable: bool,
        is_push: bool,
    ) -> Result<(), String> {
        let end = body.len().checked_sub(SUFFIX).ok_or("it has not passed the session's stage")?;
        let suffix = body.split_off(end);
        let number = |at| {
            let bytes: Result<[u8; 4], _> = suffix[at..at + 4].try_into();
            bytes.map(u32::from_be_bytes).unwrap_or_default()
        };
        let (uid, number) = (number(0), number(4));
        if body.pop() != Some(SEAL) {
            return Err("it has not passed the shared stage".to_owned());
        }
        if body.last() == Some(&SEAL) {
            return Err("it has passed the shared stage twice".to_owned());
        }
        if u64::from(uid) != self.uid {
            return Err(format!("the stage of the session of user {uid} has passed it"));
        }
        if is_droppable {
            return Ok(());
        }
        let last = std::mem::replace(&mut self.passed, number);
        if number == last + 1 {
            return Ok(());
        }
        let fault = format!("message {number} of the session came after {last}");
        if is_push || number <= last {
            return Err(fault);
        }
        // A session that is closing refuses a push behind its stages. Nothing follows but the last answers.
        self.closes(fault, false);
        Ok(())
    }
}

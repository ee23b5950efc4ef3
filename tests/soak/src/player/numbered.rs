//! The pushes of a room or channel, which are numbered without a gap.

/// The numbers that a member has seen.
#[derive(Debug, Default)]
pub(super) struct Numbered {
    first: Option<u64>,
    last: Option<u64>,
    has_begun: bool,
}

impl Numbered {
    /// Takes the next push.
    pub(super) fn take(&mut self, n: u64) -> Result<(), String> {
        if let Some(last) = self.last
            && n != last + 1
        {
            return Err(format!("push {n} came after {last}"));
        }
        self.first.get_or_insert(n);
        self.last = Some(n);
        Ok(())
    }

    /// Notes that the member was there when the last push was `n`. The next ones may have come already.
    pub(super) fn begin(&mut self, n: u64) -> Result<(), String> {
        self.has_begun = true;
        match (self.first, self.last) {
            (Some(first), Some(last)) if first > n + 1 || last < n => {
                Err(format!("it is a member since push {n}, and has received {first} to {last}"))
            }
            (Some(_), _) => Ok(()),
            (None, _) => {
                self.last = Some(n);
                Ok(())
            }
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Returns `true` if a push has come, or it is known which one would be the next.
    pub(super) fn has_any(&self) -> bool {
        self.last.is_some()
    }

    /// Notes that push `n` was sent before this moment.
    pub(super) fn reached(&self, n: u64) -> Result<(), String> {
        match self.last {
            Some(last) if last < n => {
                Err(format!("push {n} was sent, and {last} is the last to arrive"))
            }
            _ => Ok(()),
        }
    }

    /// Notes that the member was out before any push behind `n`.
    pub(super) fn ended(&self, n: u64) -> Result<(), String> {
        match self.last {
            Some(last) if last != n => {
                Err(format!("it left after push {n}, and {last} is the last to arrive"))
            }
            _ => Ok(()),
        }
    }
}

//! The pushes that a session may receive.

use super::{Checks, Request};
use crate::protocol::{Event, REMINDERS};

/// The pushes to the session alone, with numbers of their own.
const COUNTED: [&str; 3] = ["onWhisper", "onLatest", "onLossy"];

impl Checks {
    /// Checks a push.
    pub(in super::super) fn push(&mut self, name: &str, body: &[u8]) -> Result<(), String> {
        let event: Event =
            serde_json::from_slice(body).map_err(|error| format!("{name}: {error}"))?;
        if let Some(closing) = &self.closing {
            return Err(format!("{name} {} of {} came {closing}", event.n, event.source));
        }
        let told = format!("{name} {} of {}", event.n, event.source);
        self.event(name, &event).map_err(|fault| format!("{told}: {fault}"))
    }

    fn event(&mut self, name: &str, event: &Event) -> Result<(), String> {
        let Event { source, n, .. } = *event;
        let entering = self.open.iter().find_map(|open| open.request.entering());
        match name {
            "onTable" | "onTableClosed" | "onMembers" | "onSpectators" => {
                self.tables.push(name, source, n, entering)?;
            }
            "onOut" => {
                self.is_own(event)?;
                let quits = self.is_open(|request| request == Request::Quit(source));
                let out = event.out.ok_or("it has no reason")?;
                self.tables.out(source, out, entering, quits)?;
            }
            "onReminder" => {
                self.is_own(event)?;
                let Some(last) = self.reminders.get_mut(&source).filter(|last| n == **last + 1)
                else {
                    return Err(format!("{:?} is the last", self.reminders.get(&source)));
                };
                *last = n;
                if n == REMINDERS {
                    self.reminders.remove(&source);
                }
            }
            "onChannel" => {
                let is_joining = self.is_open(|request| request == Request::Join(source));
                if !is_joining && !self.channels.contains_key(&source) {
                    return Err("the player is not in this channel".to_owned());
                }
                self.channels.entry(source).or_default().take(n)?;
            }
            "onMail" => {
                let (to, life) = event.mail.unwrap_or_default();
                if to != self.uid {
                    return Err(format!("it is for user {to}, and {} received it", self.uid));
                }
                if let Some(last) = self.mails.insert((source, life), n)
                    && n != last + 1
                {
                    return Err(format!("it came after {last}"));
                }
            }
            _ => {
                let at = COUNTED.iter().position(|known| *known == name);
                let at = at.ok_or("no such push is known")?;
                self.is_own(event)?;
                let last = &mut self.pushed[at];
                let is_due = if name == "onWhisper" { n == *last + 1 } else { n > *last };
                if !is_due {
                    return Err(format!("it came after {last}"));
                }
                *last = n;
            }
        }
        Ok(())
    }

    /// Checks that a push to one session came to that one.
    fn is_own(&self, event: &Event) -> Result<(), String> {
        if event.secret == self.secret {
            return Ok(());
        }
        Err(format!("it has the secret `{}`, not `{}`", event.secret, self.secret))
    }
}

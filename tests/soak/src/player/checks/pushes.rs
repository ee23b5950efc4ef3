//! The pushes that a session may receive.

use super::{Checks, Request};
use crate::protocol::Event;

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
        match name {
            "onTable" | "onTableClosed" => {
                let is_finding = self.is_open(|request| request == Request::Find);
                if !is_finding && !self.tables.contains_key(&source) {
                    return Err("the player is not at this table".to_owned());
                }
                self.tables.entry(source).or_default().take(n)?;
                if name == "onTableClosed" {
                    self.tables.remove(&source);
                    self.closed.insert(source);
                    self.table = self.table.filter(|table| *table != source);
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
            "onWhisper" | "onLatest" | "onLossy" => {
                if event.secret != self.secret {
                    return Err(format!(
                        "it has the secret `{}`, not `{}`",
                        event.secret, self.secret
                    ));
                }
                let at =
                    ["onWhisper", "onLatest", "onLossy"].iter().position(|known| *known == name);
                let last = &mut self.pushed[at.expect("one of the three")];
                let is_due = if name == "onWhisper" { n == *last + 1 } else { n > *last };
                if !is_due {
                    return Err(format!("it came after {last}"));
                }
                *last = n;
            }
            _ => return Err("no such push is known".to_owned()),
        }
        Ok(())
    }
}

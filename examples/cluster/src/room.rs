//! A room of the chat. It is on one of the backends; its members come from all gates.

use std::collections::VecDeque;

use nano::{Context, Error, Result, Session, component};

use crate::messages::{Line, Member, RoomPush, View};

const LONGEST_TEXT: usize = 500;
const HISTORY: usize = 50;

#[derive(Default)]
pub(crate) struct Room {
    lines: VecDeque<Line>,
}

/// Returns what the gate has noted of the session.
fn member(session: &Session) -> Result<Member> {
    session.data().get("member")?.ok_or_else(|| Error::reject("no_name", "enter with a name"))
}

fn members(ctx: &Context<Room>) -> Vec<Member> {
    ctx.members().members().iter().filter_map(|session| member(session).ok()).collect()
}

#[component(room)]
impl Room {
    /// Answers with who is here and what was said lately.
    #[handler]
    fn look(&self, ctx: &Context<Self>) -> Result<View> {
        let members = members(ctx);
        RoomPush::to(ctx.members()).members(&members)?;
        Ok(View { members, lines: self.lines.iter().cloned().collect() })
    }

    /// Says something to all members.
    #[handler]
    fn say(&mut self, session: &Session, text: String, ctx: &Context<Self>) -> Result<()> {
        let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
        if text.is_empty() {
            return Ok(());
        }
        let line = Line { from: member(session)?.name, text };
        if self.lines.len() == HISTORY {
            self.lines.pop_front();
        }
        self.lines.push_back(line.clone());
        RoomPush::to(ctx.members()).line(&line)
    }

    #[on(leave)]
    fn left(&self, ctx: &Context<Self>) -> Result<()> {
        RoomPush::to(ctx.members()).members(&members(ctx))
    }
}

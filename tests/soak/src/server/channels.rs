//! Channels: groups that sessions join and leave.

use nano::{Group, Result, Session, component};

use super::Fault;
use super::known::Asked;
use crate::protocol::{Answer, Ask, Event, SoakPush};

struct Channel {
    members: Group,
    /// The number of its last push.
    n: u64,
}

impl Channel {
    fn tell(&mut self, about: u64, fault: Option<Fault>) -> Result<()> {
        self.n += 1;
        let event = Event::of(about, self.n);
        if fault == Some(Fault::Push) && self.n.is_multiple_of(10) {
            let members = self.members.members();
            let unlucky = members.last().map(Session::id);
            let lucky = self.members.filter(|member| Some(member.id()) != unlucky);
            return SoakPush::to(&lucky).channel(&event);
        }
        SoakPush::to(&self.members).channel(&event)
    }
}

pub(super) struct Channels {
    channels: Vec<Channel>,
    fault: Option<Fault>,
}

impl Channels {
    pub(super) fn new(groups: &[Group], fault: Option<Fault>) -> Self {
        let channels = groups.iter().map(|members| Channel { members: members.clone(), n: 0 });
        Self { channels: channels.collect(), fault }
    }

    fn channel(&mut self, ask: &Ask) -> &mut Channel {
        let at = ask.about as usize % self.channels.len();
        &mut self.channels[at]
    }
}

#[component]
impl Channels {
    #[cron("*/2 * * * * *")]
    fn tick(&mut self) -> Result<()> {
        let fault = self.fault;
        (0..).zip(&mut self.channels).try_for_each(|(at, channel)| channel.tell(at, fault))
    }

    /// With a fault, some of those who are told to come back later are not.
    #[on(drain)]
    fn drain(&mut self) {
        if self.fault == Some(Fault::Farewell) {
            self.channels[0].members.members().iter().for_each(Session::close);
        }
    }

    #[handler]
    fn join(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let channel = self.channel(&asked.ask);
        channel.members.add(session)?;
        Ok(asked.answer(channel.n))
    }

    #[handler]
    fn part(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let channel = self.channel(&asked.ask);
        channel.members.leave(session);
        Ok(asked.answer(channel.n))
    }

    #[handler]
    fn say(&mut self, session: &Session, ask: Ask) -> Result<Answer> {
        let asked = Asked::new(session, ask)?;
        let fault = self.fault;
        let channel = self.channel(&asked.ask);
        channel.tell(asked.ask.about, fault)?;
        Ok(asked.answer(channel.n))
    }
}

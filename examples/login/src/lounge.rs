//! The lounge: who is here, and a report that takes its time.

use std::collections::BTreeSet;

use nano::{Context, Group, Reply, Result, Session, component, push};
use serde::{Deserialize, Serialize};

use crate::database::Database;

/// The players that are signed in, and those who wait for the report.
pub(crate) struct Lounge {
    database: Database,
    members: Group,
    /// The replies that one query will answer.
    waiting: Vec<Reply<Report>>,
    /// The number of queries so far.
    queries: u32,
}

impl Lounge {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, members: Group::new(), waiting: Vec::new(), queries: 0 }
    }

    fn names(&self) -> People {
        let names: BTreeSet<_> = self.members.uids().iter().map(ToString::to_string).collect();
        People { names: names.into_iter().collect() }
    }
}

/// The names of the players that are signed in.
#[derive(Deserialize, Serialize)]
pub(crate) struct People {
    pub(crate) names: Vec<String>,
}

/// The players with the most visits.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Report {
    pub(crate) players: Vec<Visits>,
    /// The number of queries that were made for reports.
    pub(crate) queries: u32,
}

/// A player's visits.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Visits {
    name: String,
    visits: i64,
}

/// The messages that the server pushes to clients.
#[push]
pub(crate) trait LoungePush {
    /// Somebody came or left.
    #[push(name = "onPeople")]
    fn people(people: People);
}

#[component]
impl Lounge {
    /// Counts visits. The query runs on a task of its own, while this session and all others go on; the reply is sent
    /// from there. Whoever asks meanwhile is answered by the same query.
    #[handler(rate = "20/m")]
    fn report(&mut self, reply: Reply<Report>, ctx: &Context<Self>) {
        self.waiting.push(reply);
        if self.waiting.len() > 1 {
            return;
        }
        let (database, lounge) = (self.database.clone(), ctx.handle());
        tokio::spawn(async move {
            let visits = database.most_visits().await;
            // Back in the lounge, alone with its state.
            lounge.call(|lounge| lounge.answer(visits)).await
        });
    }

    /// The state of the lounge, which is asked for while the report is being made.
    #[handler]
    fn people(&self) -> People {
        self.names()
    }

    #[on(session_bound)]
    fn arrived(&mut self, session: &Session) -> Result<()> {
        self.members.add(session)?;
        LoungePush::to(&self.members).people(&self.names())
    }

    /// The session has left the group already.
    #[on(session_closed)]
    fn left(&mut self, session: &Session) -> Result<()> {
        match session.uid() {
            Some(_) => LoungePush::to(&self.members).people(&self.names()),
            None => Ok(()),
        }
    }
}

impl Lounge {
    /// Sends the report to all who wait for it.
    fn answer(&mut self, visits: Result<Vec<(String, i64)>>) {
        self.queries += 1;
        let waiting = std::mem::take(&mut self.waiting);
        match visits {
            Ok(visits) => {
                let players =
                    visits.into_iter().map(|(name, visits)| Visits { name, visits }).collect();
                let report = Report { players, queries: self.queries };
                waiting.into_iter().for_each(|reply| reply.send(report.clone()));
            }
            Err(error) => {
                tracing::error!(?error, "no report");
                // A reply that is dropped tells its client so.
            }
        }
    }
}

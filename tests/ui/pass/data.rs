//! The session's stored values as parameters, and handlers whose callers do not wait.

#![deny(warnings)]

use nano::client::Client;
use nano::{Context, Data, Reply, Result, Session, component};

#[derive(Clone)]
struct Player {
    name: String,
}

#[derive(Clone, Copy)]
struct Team(u8);

struct Game {
    steps: u32,
}

#[component]
impl Game {
    #[handler]
    fn name(&self, player: Data<Player>) -> String {
        player.name.clone()
    }

    #[handler(notify)]
    fn step(&mut self, Data(player): nano::Data<Player>, step: u32, team: Data<Team>) -> Result<()> {
        self.steps += step + u32::from(team.0.0);
        drop(player.name);
        Ok(())
    }

    #[handler(notify, concurrent)]
    async fn shout(&self, context: &Context<Self>, player: Data<Player>) -> Result<()> {
        let _ = (context, &player.name);
        Ok(())
    }

    #[handler(notify)]
    fn nothing(&self) {}

    #[handler]
    async fn later(&mut self, team: Data<Team>, session: &Session, reply: Reply<u8>) {
        let _ = session;
        reply.send(team.0.0);
    }
}

/// A payload of one's own may be called `Data`.
#[derive(serde::Deserialize, serde::Serialize)]
struct Score(u32);

mod own {
    use nano::component;

    type Data = super::Score;

    struct Scores;

    #[component]
    impl Scores {
        #[handler]
        fn add(&self, score: Data) {
            let _ = score.0;
        }
    }

    pub(super) fn new() {
        let _ = Scores;
    }
}

async fn call(client: &Client) -> Result<()> {
    let game = GameClient::new(client);
    game.step(&1).await?;
    game.shout().await?;
    game.nothing().await?;
    let _: u8 = game.later().await?;
    let _: String = game.name().await?;
    Ok(())
}

fn main() {
    let _ = (call, Game { steps: 0 }, Player { name: String::new() }, own::new);
}

//! A tug of war: two sides pull a rope.

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use axum::response::Html;
use axum::{Router, routing::get};
use nano::{App, Context, Data, Group, Result, Session, component, push};
use serde::{Deserialize, Serialize};

/// A side that has pulled the rope so far has won.
const STEPS: i32 = 10;

const PAGE: &str = include_str!("../web/index.html");

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Side {
    Left,
    Right,
}

/// The state of the game, as all players see it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Rope {
    position: i32,
    winner: Option<Side>,
}

/// The messages that the server sends on its own.
#[push]
trait ArenaPush {
    #[push(name = "onRope", class = latest)]
    fn rope(rope: Rope);
}

#[derive(Default)]
struct Arena {
    players: Group,
    rope: Rope,
}

#[component] // routes: arena.join, arena.pull
impl Arena {
    /// Puts the player on a side, and answers with it.
    #[handler]
    fn join(&mut self, session: &Session) -> Result<Side> {
        if let Some(side) = session.get::<Side>() {
            return Ok(side); // the player is here already
        }
        let side = if self.players.len().is_multiple_of(2) { Side::Left } else { Side::Right };
        session.insert(side); // this value goes with the session
        self.players.add(session)?;
        self.show()?;
        Ok(side)
    }

    /// Pulls once. Only for sessions that have a side.
    #[handler(rate = "20/s")]
    fn pull(&mut self, side: Data<Side>, ctx: &Context<Self>) -> Result<()> {
        if self.rope.winner.is_some() {
            return Ok(());
        }
        self.rope.position += if *side == Side::Left { -1 } else { 1 };
        if self.rope.position.abs() == STEPS {
            self.rope.winner = Some(*side);
            ctx.after(Duration::from_secs(3), |arena| arena.restart());
        }
        self.show()
    }
}

impl Arena {
    fn show(&self) -> Result<()> {
        ArenaPush::to(&self.players).rope(&self.rope)
    }

    fn restart(&mut self) {
        self.rope = Rope::default();
        if let Err(error) = self.show() {
            tracing::error!(%error, "the new round is not told");
        }
    }
}

/// The app without its sockets: the tests start it, too.
fn app() -> App {
    App::new().component(Arena::default()).push(ArenaPush)
}

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt::init(); // prints the log
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3250".into());
    let server = app().start().await?;
    let site = Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .merge(nano::axum_client()) // nano.js, which the page imports
        .route("/nano", server.axum_route()); // the game
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!("http://{}/", listener.local_addr()?);

    let http = axum::serve(listener, site.into_make_service_with_connect_info::<SocketAddr>());
    tokio::select! {
        ran = server.run() => ran, // until Ctrl-C
        served = http => Ok(served?),
    }
}

#[cfg(test)]
mod tests;

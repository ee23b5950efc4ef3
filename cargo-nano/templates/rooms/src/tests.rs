//! The game over connections in memory.

use nano::Result;
use nano::client::Client;
use nano::testing::{TestApp, assert_routes};
use tokio::sync::watch;

use super::app;
use crate::lobby::{LobbyClient, PlayRequest};
use crate::table::{Mark, TableClient, TablePush, View};

#[test]
fn the_client_of_the_page_knows_all_routes() {
    assert_routes(&app());
}

/// A player, and the latest of what the page would show.
struct Player {
    client: Client,
    view: watch::Receiver<Option<View>>,
}

impl Player {
    async fn new(app: &TestApp, name: &str) -> Result<Self> {
        let (seen, view) = watch::channel(None);
        let client = app.connect().await;
        TablePush::on(&client).view(move |view| {
            seen.send_replace(Some(view));
        });
        LobbyClient::new(&client)
            .play(&PlayRequest {
                name: name.to_owned(),
            })
            .await?;
        Ok(Self { client, view })
    }

    async fn sees(&mut self, wanted: impl Fn(&View) -> bool) -> View {
        let view = self
            .view
            .wait_for(|view| view.as_ref().is_some_and(&wanted))
            .await;
        view.expect("a connection").clone().expect("it is wanted")
    }

    async fn mark(&self, cell: usize) -> Result<()> {
        TableClient::new(&self.client).mark(&Mark { cell }).await
    }
}

#[tokio::test]
async fn two_play_until_one_wins() -> Result<()> {
    let app = TestApp::start(app()).await;
    let mut ann = Player::new(&app, "Ann").await?;
    let mut bob = Player::new(&app, "Bob").await?;
    ann.sees(|view| view.turn == Some(0)).await;
    let error = bob.mark(0).await.expect_err("it is Ann's turn");
    assert_eq!(error.code(), Some("not_your_turn"));
    for (player, cell) in [(&ann, 0), (&bob, 3), (&ann, 1), (&bob, 4), (&ann, 2)] {
        player.mark(cell).await?;
    }
    let view = bob.sees(|view| view.winner.is_some()).await;
    assert_eq!((view.winner, view.you, view.turn), (Some(0), 1, None));
    Ok(())
}

#[tokio::test]
async fn a_third_player_sits_at_another_table() -> Result<()> {
    let app = TestApp::start(app()).await;
    let (_ann, _bob) = (
        Player::new(&app, "Ann").await?,
        Player::new(&app, "Bob").await?,
    );
    let mut cid = Player::new(&app, "Cid").await?;
    assert_eq!(cid.sees(|_| true).await.players, ["Cid"]);
    Ok(())
}

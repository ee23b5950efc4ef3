//! Tests of the bots.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use nano::{Server, Tcp};
use tokio::time::timeout;

use super::*;
use crate::pond::proto::{Moves, Position, Welcome};

#[test]
fn a_bot_knows_when_it_is_spoken_to() {
    let check =
        |text: &str, expected: bool| assert_eq!(is_addressed("Pip", text), expected, "{text:?}");
    check("hello Pip", true);
    check("PIP!", true);
    check("pip, are you there?", true);
    check("hello", false);
    check("what a pipe", false);
    check("", false);
}

#[test]
fn names_are_different_and_short_enough() {
    let names: BTreeSet<String> = (0..crate::MOST_BOTS).map(name).collect();
    assert_eq!(names.len(), usize::from(crate::MOST_BOTS));
    assert!(names.iter().all(|name| (1..=20).contains(&name.len())), "{names:?}");
}

#[test]
fn a_bot_stays_near_and_keeps_to_the_speed() {
    fastrand::seed(7);
    let mut body = Body::new(Position::default(), 260.0);
    let mut farthest = 0.0_f32;
    for _ in 0..20 * 60 * 10 {
        let before = body.position();
        body.swim(TICK);
        let after = body.position();
        let way = (after.x - before.x).hypot(after.y - before.y);
        assert!(way <= 260.0 * TICK.as_secs_f32(), "{before:?} {after:?}");
        farthest = farthest.max(after.x.hypot(after.y));
    }
    assert!((400.0..900.0).contains(&farthest), "{farthest}");
}

async fn serve(address: SocketAddr) -> (Server, String) {
    let server = crate::app().listen(Tcp::bind(address.to_string())).start().await.unwrap();
    let url = format!("tcp://{}", server.addresses()[0]);
    (server, url)
}

/// Enters, and waits until `count` tadpoles are known and `movers` others have moved.
async fn sees(url: &str, count: usize, movers: usize) {
    let (sender, mut moved) = mpsc::channel(64);
    let builder = Client::builder().serializer(Protobuf);
    PondPush::on(&builder).tadpoles_moved(move |Moves { moves }| {
        let _ = sender.try_send(moves);
    });
    let client = builder.connect(url).await.unwrap();
    let ann = PondClient::new(&client);
    let enter = Enter { name: "Ann".to_owned(), hue: 0 };
    let Welcome { id, tadpoles, .. } = ann.enter(&enter).await.unwrap();
    let mut known: BTreeSet<u32> = tadpoles.iter().map(|tadpole| tadpole.id).collect();
    let mut seen = BTreeSet::new();
    while known.len() < count || seen.len() < movers {
        let moves = moved.recv().await.expect("a connection");
        seen.extend(moves.iter().map(|step| step.id).filter(|&mover| mover != id));
        known.extend(&seen);
    }
}

#[tokio::test]
async fn bots_swim_come_back_after_a_restart_and_end_when_dropped() {
    let (server, url) = serve(([127, 0, 0, 1], 0).into()).await;
    let address = server.addresses()[0];
    let bots = tokio::spawn(swim(3, url.clone()));
    let limit = Duration::from_secs(60);
    timeout(limit, sees(&url, 4, 3)).await.expect("three bots that swim");

    server.shutdown().await;
    let (server, url) = serve(address).await;
    timeout(limit, sees(&url, 4, 3)).await.expect("three bots that have come back");

    bots.abort();
    let all_gone = async {
        while server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(limit, all_gone).await.expect("connections that ended with the bots");
    server.shutdown().await;
}

//! Tests of the bots.

use std::collections::BTreeSet;

use nano::{Server, Tcp};

use super::*;
use crate::game::{Point, TILE};

#[test]
fn names_are_different_and_short_enough() {
    let names: BTreeSet<String> = (0..200).map(name).collect();
    assert_eq!(names.len(), 200);
    assert!(names.iter().all(|name| (1..=16).contains(&name.len())), "{names:?}");
}

#[test]
fn a_way_leads_around_walls() {
    let rows = ["#######", "#s.#..#", "#..#..#", "#.....#", "#######"];
    let map = Map::new(rows.map(str::to_owned).to_vec()).expect("a map");
    let middle = |x: i32, y: i32| Point { x: x * TILE + TILE / 2, y: y * TILE + TILE / 2 };
    let (mut at, end) = (middle(1, 1), middle(5, 1));
    let mut steps = 0;
    while let Some(next) = route::next(&map, at, end) {
        assert!(map.has_room(next), "{next:?}");
        at = next;
        steps += 1;
        assert!(steps < 20, "it gets there");
    }
    assert_eq!((at, steps), (end, 8));
    assert_eq!(route::next(&map, middle(1, 1), middle(3, 1)), None, "into a wall");
}

async fn serve() -> (Server, String) {
    let server =
        crate::app(Map::arena()).listen(Tcp::bind("127.0.0.1:0")).start().await.expect("a server");
    let url = format!("tcp://{}", server.addresses()[0]);
    (server, url)
}

/// The bots, and somebody who looks on from a tank that does nothing, until one of them has destroyed another.
#[tokio::test]
async fn bots_find_and_fight_one_another_and_end_when_dropped() {
    let (server, url) = serve().await;
    let bots = tokio::spawn(drive(6, url.clone()));
    let (killed, mut kills) = tokio::sync::mpsc::channel(64);
    let (seen, mut states) = watch::channel(State::default());
    let builder = Client::builder().serializer(Protobuf);
    ArenaPush::on(&builder).state(move |state| drop(seen.send_replace(state))).killed(
        move |kill| {
            let _ = killed.try_send(kill);
        },
    );
    let client = builder.connect(&url).await.expect("a connection");
    let play = Play { name: "Ann".to_owned(), hue: 0, arena: 0 };
    LobbyClient::new(&client).play(&play).await.expect("a place");

    let limit = Duration::from_secs(120);
    let all = states.wait_for(|state| state.tanks.len() == 7);
    timeout(limit, all).await.expect("seven tanks").expect("a connection");
    let kill = timeout(limit, kills.recv()).await.expect("a fight").expect("a connection");
    assert_ne!(kill.by, 0);

    client.close().await;
    bots.abort();
    let all_gone = async {
        while server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    };
    timeout(limit, all_gone).await.expect("connections that ended with the bots");
    server.shutdown().await;
}

//! Random scripts: to any bytes in any pieces, the server answers or closes in time.

use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, Reply, Session, component};
use proptest::prelude::*;
use proptest::test_runner::Config;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout};

use super::packet;

struct Game;

#[component]
impl Game {
    #[handler]
    fn add(&self, (a, b): (i32, i32)) -> i64 {
        i64::from(a) + i64::from(b)
    }

    #[handler]
    async fn slow(&mut self, seconds: u8) {
        sleep(Duration::from_secs(seconds.into())).await;
    }

    #[handler]
    fn feed(&self, session: &Session) -> nano::Result<()> {
        session.push_bytes("onFood", &[0; 10_000])
    }

    #[handler]
    fn leak(&self, reply: Reply<u8>) {
        std::mem::forget(reply);
    }

    #[handler]
    fn panic(&self) {
        panic!("this handler panics")
    }

    #[handler]
    fn leave(&self, session: &Session) {
        session.kick("enough");
    }
}

/// One action of a peer.
#[derive(Clone, Debug)]
enum Act {
    Send(Vec<u8>),
    Wait(Duration),
    /// Reads what is there.
    Read,
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    let route = prop_oneof![
        4 => Just("game.add"),
        1 => Just("game.slow"),
        2 => Just("game.feed"),
        1 => Just("game.leak"),
        1 => Just("game.panic"),
        1 => Just("game.leave"),
        1 => Just("game.nothing"),
    ];
    let body = prop_oneof![
        4 => Just(b"[1,2]".to_vec()),
        2 => Just(b"3".to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop_oneof![
        8 => (any::<bool>(), 0..127_u8, route, body).prop_map(|(request, id, route, body)| {
            let head = if request { vec![0, id] } else { vec![2] };
            let len = u8::try_from(route.len()).expect("a short route");
            [&head[..], &[len], route.as_bytes(), &body].concat()
        }),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        12 => message().prop_map(|body| packet(4, body)),
        2 => Just(packet(3, "")),
        1 => Just(packet(1, "{}")),
        1 => Just(packet(2, "")),
        1 => (any::<u8>(), prop::collection::vec(any::<u8>(), 0..20))
            .prop_map(|(kind, body)| packet(kind, body)),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

/// The stream of a peer, cut anywhere, with pauses; most do the handshake.
fn script() -> impl Strategy<Value = Vec<Act>> {
    let opening = prop_oneof![
        6 => Just([packet(1, "{}"), packet(2, "")].concat()),
        1 => Just(packet(1, "{}")),
        1 => Just(Vec::new()),
    ];
    let rest = prop::collection::vec(bytes(), 0..20);
    let cuts = prop::collection::vec((1..200_usize, 0..10_u8, 0..5000_u64), 0..20);
    (opening, rest, cuts).prop_map(|(opening, rest, cuts)| {
        let mut stream = [opening, rest.concat()].concat();
        let mut acts = Vec::new();
        for (len, act, time) in cuts {
            let tail = stream.split_off(len.min(stream.len()));
            acts.push(Act::Send(std::mem::replace(&mut stream, tail)));
            match act {
                0 => acts.push(Act::Wait(Duration::from_millis(time))),
                1..4 => acts.push(Act::Read),
                _ => {}
            }
        }
        acts.push(Act::Send(stream));
        acts
    })
}

/// Plays the script against a new app. After its end the peer reads, and sends nothing.
async fn play(acts: Vec<Act>) {
    let app = App::new()
        .component(Game)
        .heartbeat(Duration::from_secs(2))
        .handshake_timeout(Duration::from_secs(3))
        .handler_timeout(Duration::from_secs(4))
        .write_timeout(Duration::from_secs(3))
        .outbound_limit(150_000);
    let app = TestApp::start(app).await;
    let bystander = app.connect().await;
    let (mut read, mut write) = tokio::io::split(app.pipe());
    let mut buf = vec![0; 4096];
    for act in acts {
        match act {
            Act::Wait(time) => sleep(time).await,
            Act::Read => drop(timeout(Duration::from_millis(1), read.read(&mut buf)).await),
            Act::Send(bytes) => {
                // The server closes, reads, or breaks off a peer that does not read either.
                let written = timeout(Duration::from_secs(60), write.write_all(&bytes)).await;
                if written.expect("the server reads or closes").is_err() {
                    break;
                }
            }
        }
    }
    // At most 20 messages wait for a handler of 4 s each; then silence ends the session.
    let since = Instant::now();
    let end = async { while read.read(&mut buf).await.is_ok_and(|read| read > 0) {} };
    timeout(Duration::from_secs(20 * 4 + 10), end).await.expect("the server closes in time");
    let sum: i64 = bystander.request("game.add", &(40, 2)).await.expect("the bystander is served");
    assert_eq!(sum, 42);
    drop((read, write));
    sleep(Duration::from_secs(8)).await;
    assert_eq!(app.server().sessions(), 1, "after {:?}", since.elapsed());
    timeout(Duration::from_secs(20), app.shutdown()).await.expect("the app ends in time");
}

proptest! {
    #![proptest_config(Config { cases: 512, failure_persistence: None, ..Config::default() })]

    #[test]
    fn no_script_hangs_the_server(acts in script()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(play(acts));
    }
}

//! Outbound stages: what they see, what they cost a broadcast, and their failures.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use nano::testing::TestApp;
use nano::{App, Error, ErrorKind, OutboundKind, OutboundMessage};
use serde_json::json;

use super::{Room, ask, open};
use crate::promises::support::code_of;

/// Puts a mark in front of a body.
fn mark(message: &mut OutboundMessage<'_>, mark: &str) {
    let marked = [mark.as_bytes(), message.body()].concat();
    message.set_body(marked);
}

#[tokio::test(start_paused = true)]
async fn outbound_stages_see_every_reply_error_and_push() {
    let app = App::new()
        .component(Room::default())
        .outbound(|session, message| {
            mark(message, if session.is_closed() { "closed " } else { "own " });
            Ok(())
        })
        .outbound_shared(|message| {
            let seen = format!("{:?} {} ", message.kind(), message.route());
            mark(message, &seen);
            Ok(())
        });
    let app = TestApp::start(app).await;
    let mut client = open(&app).await;
    let mut check = async |route: &str, body: &str, expected: &[&str]| {
        client.request(1, route, body).await;
        for expected in expected {
            let body = client.message().await.body;
            assert_eq!(String::from_utf8_lossy(&body), *expected, "{route}");
        }
    };
    // Stock clients get text that they can read, and bytes of a stage as they are.
    check("room.echo", "\"\u{1f600}\"", &["own Reply room.echo \"\\ud83d\\ude00\""]).await;
    let full = r#"own Error room.fail {"code":500,"error":{"code":"full","msg":"8 players"}}"#;
    check("room.fail", "null", &[full]).await;
    check("room.join", "null", &["own Reply room.join {}"]).await;
    check("room.later", "null", &["own Reply room.later 7"]).await;
    let sent = "own Reply room.say \"sent\"";
    check("room.say", "\"hi\"", &["own Push onSay \"hi\"", sent]).await;
    check("room.say", "\"to me: hi\"", &["own Push onSay \"hi\"", sent]).await;
}

/// A broadcast to 16 members, of two dialects.
async fn broadcast(app: App) -> Vec<String> {
    let app = TestApp::start(app.component(Room::default())).await;
    let mut members = Vec::new();
    for n in 0..16 {
        let mut client = app.raw();
        client
            .open_as(if n % 2 == 0 {
                json!({})
            } else {
                json!({ "sys": { "features": ["zlib"] } })
            })
            .await;
        client.request(1, "room.join", "null").await;
        client.message().await;
        members.push(client);
    }
    members[0].request(2, "room.say", "\"\u{1f600}\"").await;
    let mut bodies = Vec::new();
    for client in &mut members {
        let push = client.message().await;
        assert_eq!(push.route, "onSay");
        bodies.push(String::from_utf8_lossy(&push.body).into_owned());
    }
    bodies
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_passes_shared_stages_once_and_those_of_each_session_for_each() {
    let (shared, own) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = shared.clone();
    let with_shared = App::new().outbound_shared(move |message| {
        if message.kind() == OutboundKind::Push {
            count.fetch_add(1, Ordering::Relaxed);
        }
        mark(message, "s");
        Ok(())
    });
    let bodies = broadcast(with_shared).await;
    assert_eq!(bodies, ["s\"\\ud83d\\ude00\""; 16]);
    assert_eq!(shared.load(Ordering::Relaxed), 1);

    let (counts, per_session) = (shared.clone(), own.clone());
    let with_both = App::new()
        .outbound(move |session, message| {
            let n = per_session.fetch_add(1, Ordering::Relaxed);
            mark(message, &format!("{}:{n} ", session.id().get() % 2));
            Ok(())
        })
        .outbound_shared(move |message| {
            if message.kind() == OutboundKind::Push {
                counts.fetch_add(1, Ordering::Relaxed);
            }
            mark(message, "s");
            Ok(())
        });
    let mut bodies = broadcast(with_both).await;
    assert_eq!(shared.load(Ordering::Relaxed), 2);
    bodies.sort();
    bodies.dedup();
    assert_eq!(bodies.len(), 16, "each has its own: {bodies:?}");
    assert!(bodies.iter().all(|body| body.ends_with("s\"\\ud83d\\ude00\"")), "{bodies:?}");
}

/// A stage that fails or panics costs the message: the push fails, the request has one answer.
#[tokio::test(start_paused = true)]
async fn a_failing_outbound_stage_costs_its_message_only() {
    for panics in [false, true] {
        let stage = move |message: &mut OutboundMessage<'_>| {
            let bad = message.body().windows(3).any(|part| part == b"bad");
            match (bad, panics) {
                (false, _) => Ok(()),
                (true, false) => Err(Error::reject("unsendable", "a stage refuses")),
                (true, true) => panic!("a stage panics"),
            }
        };
        let shared = App::new().outbound_shared(stage);
        let own = App::new().outbound(move |_, message| stage(message));
        for app in [shared, own] {
            let app = TestApp::start(app.component(Room::default())).await;
            let mut client = open(&app).await;
            ask(&mut client, "room.join", "null").await;
            let kind = if panics { ErrorKind::Internal } else { ErrorKind::Rejected };
            for body in ["\"to me: bad\"", "\"bad\""] {
                let said = ask(&mut client, "room.say", body).await;
                assert_eq!(said, json!(format!("{kind:?}")), "{body}");
            }
            assert_eq!(code_of(&ask(&mut client, "room.echo", "\"bad\"").await), "internal");
            assert_eq!(ask(&mut client, "room.echo", "\"good\"").await, json!("good"));
        }
    }
    // Even when no error passes.
    let app = App::new().outbound_shared(|message| match message.kind() {
        OutboundKind::Push => Ok(()),
        _ => Err(Error::internal("nothing passes")),
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let answer = ask(&mut open(&app).await, "room.echo", "\"x\"").await;
    let fixed = json!({ "code": 500, "error": { "code": "internal", "msg": "internal error" } });
    assert_eq!(answer, fixed);
}

#[tokio::test(start_paused = true)]
async fn the_packet_limit_holds_for_what_stages_make_of_a_body() {
    let app = App::new().packet_limit(1024).outbound_shared(|message| {
        let grown = message.body().repeat(100);
        message.set_body(if message.body().len() > 20 { message.body().to_vec() } else { grown });
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let mut client = open(&app).await;
    client.request(1, "room.echo", format!("\"{}\"", "x".repeat(15))).await;
    let answer = client.message().await.json();
    assert_eq!(code_of(&answer), "internal");
}

/// The stage of a session that sends would wait for itself, or for one that waits for it.
#[tokio::test(start_paused = true)]
async fn a_stage_that_sends_gets_an_error() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let errors = seen.clone();
    let app = App::new().outbound(move |session, _| {
        let error = session.push("onStage", &1).expect_err("it is within a stage");
        errors.lock().unwrap().push(error.kind());
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    assert_eq!(ask(&mut open(&app).await, "room.echo", "\"x\"").await, json!("x"));
    assert_eq!(*seen.lock().unwrap(), [ErrorKind::Internal]);
}

/// What passes a session's stage first goes out first, from whichever thread.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counting_stages_count_in_the_order_of_the_wire() {
    #[derive(Clone, Default)]
    struct Count(usize);
    let app = App::new().outbound(|session, message| {
        let next = |Count(count): &mut Count| {
            *count += 1;
            *count
        };
        let count = session.update(next).unwrap_or_default();
        message.set_body(count.to_string());
        Ok(())
    });
    let app = TestApp::start(app.component(Room::default())).await;
    let mut client = open(&app).await;
    client.request(1, "room.join", "null").await;
    client.message().await;
    let session = app.server().component::<Room>().expect("a room");
    let session = session.call(|room| room.members.members().remove(0)).await.expect("a member");
    session.insert(Count::default());
    let pushers: Vec<_> = (0..4)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move {
                for _ in 0..250 {
                    session.push("onCount", &0).expect("it is open");
                }
            })
        })
        .collect();
    for n in 1..=1000 {
        assert_eq!(client.message().await.json(), json!(n));
    }
    for pusher in pushers {
        pusher.await.expect("no panic");
    }
}

//! `cargo nano load`.

use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use crate::support::{ARENA, ROOM, Ran, arena, nano, room};

const SCRIPT: &str = r#"
user = { token = "robot" }

[[first]]
request = "room.join"
body = { name = "robot-{robot}" }

[[step]]
request = "room.token"

[[step]]
notify = "room.shout"
body = "{letters:5}"

[[step]]
wait = "onJoined"

[[step]]
think = "1ms..5ms"
"#;

/// Writes a script, and returns its path.
fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file");
    path.display().to_string()
}

fn results(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn robots_go_through_the_steps_of_a_script() {
    let room = room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = script(folder.path(), "room.toml", SCRIPT);
    for url in [&room.tcp, &room.ws, &room.kcp] {
        let load = ["load", url, "--script", &path, "--robots", "5", "--ramp", "100ms"];
        let more = ["--duration", "2s", "--json", "--manifest", ROOM, "--fail-errors", "0"];
        let ran = nano(&[&load[..], &more].concat());
        ran.succeeded();
        let results = results(&ran);
        assert_eq!((&results["robots"], &results["errors"]), (&5.into(), &0.into()), "{results}");
        assert!(results["rounds"].as_u64() > Some(0), "{results}");
        assert!(results["pushes"].as_u64() > results["rounds"].as_u64(), "{results}");
        // Robots say goodbye where the connection cannot.
        while room.server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
        let routes: Vec<_> =
            results["routes"].as_array().expect("routes").iter().map(|row| &row["route"]).collect();
        assert_eq!(routes, ["room.join", "room.token", "room.shout"]);
        assert!(results["routes"][1]["p99"].as_f64() > Some(0.0), "{results}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept() {
    let room = room().await;
    let load = ["load", &room.tcp, "--request", "room.token", "--robots", "3"];
    let ran = nano(&[&load[..], &["--rate", "50", "--duration", "1s", "--json"]].concat());
    ran.succeeded();
    let replies = results(&ran)["replies"].as_u64().expect("a number");
    // A busy machine may leave some of the last ones unanswered. Without the rate there are thousands.
    assert!((10..=51).contains(&replies), "{replies} replies in a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_measured_from_the_time_at_which_it_was_due() {
    let room = room().await;
    let load = ["load", &room.tcp, "--request", "room.nap", "--robots", "1", "--rate", "50"];
    let ran = nano(&[&load[..], &["--duration", "1s", "--json"]].concat());
    ran.succeeded();
    // Five times as many are due as the robot can make: each waits longer than the one before.
    let longest = results(&ran)["routes"][0]["longest"].as_f64();
    assert!(longest > Some(0.3), "{longest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_protobuf_are_made_from_json() {
    let arena = arena().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"{"step": [{"request": "arena.enter", "body": {"name": "{a|b}{round}", "team": "TEAM_RED"}},
        {"wait": "onEntered"}]}"#;
    let path = script(folder.path(), "arena.json", text);
    let load = ["load", &arena.ws, "--script", &path, "--manifest", ARENA, "--robots", "2"];
    let ran = nano(
        &[&load[..], &["--duration", "300ms", "--fail-errors", "0%", "--fail-p99", "1m"]].concat(),
    );
    ran.succeeded();
    assert!(ran.out.contains("arena.enter ") && ran.out.contains("2 robots, "), "{}", ran.out);

    let load =
        ["load", &arena.tcp, "--request", "arena.enter", "--body", "{}", "--manifest", ARENA];
    let ran = nano(&[&load[..], &["--duration", "200ms", "--fail-errors", "1%"]].concat());
    ran.failed(1, &["error: 100.000 % of the requests failed, more than 1 %"]);
    assert!(ran.out.contains(" x arena.enter: bad_name"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_enough_for_messages_of_random_values() {
    let (room, arena) = (room().await, arena().await);
    let load = ["load", &room.tcp, "--request", "room.join", "--manifest", ROOM];
    let ran = nano(&[&load[..], &["--duration", "200ms", "--fail-errors", "0"]].concat());
    ran.succeeded();
    // The test's server has one of its handlers only.
    let load = ["load", &arena.tcp, "--manifest", ARENA, "--robots", "1", "--json"];
    let ran = nano(&[&load[..], &["--duration", "2s", "--timeout", "1s"]].concat());
    ran.succeeded();
    let results = results(&ran);
    let routes = results["routes"].as_array().expect("routes").iter();
    let replies = |row: &Value| row["replies"].as_u64().filter(|replies| *replies > 0);
    let answered: Vec<_> =
        routes.filter(|row| replies(row).is_some()).map(|row| &row["route"]).collect();
    assert_eq!(answered, ["arena.enter"], "{results}");
    assert!(results["reasons"]["arena.echo: not_found"].as_u64() > Some(0), "{results}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_ci_that_the_server_is_too_slow_or_wrong() {
    let room = room().await;
    let load = |arguments: &[&str]| {
        let common = ["load", &room.tcp, "--duration", "200ms", "--robots", "2"];
        nano(&[&common[..], arguments].concat())
    };
    let ran = load(&["--request", "room.token", "--fail-p99", "1ns"]);
    ran.failed(1, &["error: the p99 of room.token is ", ", more than "]);
    assert!(ran.out.contains("room.token "), "the results are printed first: {}", ran.out);
    let ran = load(&["--request", "room.full", "--fail-errors", "0.1%"]);
    ran.failed(1, &["error: 100.000 % of the requests failed, more than 0.1 %"]);
    assert!(ran.out.contains(" x room.full: room_full"), "{}", ran.out);
    load(&["--request", "room.full"]).succeeded();
    let ran = load(&["--request", "room.full", "--fail-p99", "1m"]);
    ran.failed(1, &["error: room.full has no p99: ", " requests failed"]);

    // Those that are thrown out are counted; when nobody is left, the run ends.
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[[step]]\nnotify = \"room.leave\"\n[[step]]\nthink = \"1m\"\n";
    let path = script(folder.path(), "leave.toml", text);
    let ran = nano(&["load", &room.tcp, "--script", &path, "--duration", "1m", "--robots", "2"]);
    ran.failed(3, &["all connections are lost", "thrown out"]);
    assert!(ran.out.contains("2 x connection lost: kicked: "), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_answering_is_found_out_after_the_end() {
    let room = room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[[step]]\nrequest = \"room.token\"\n[[step]]\nrequest = \"room.hang\"\n";
    let path = script(folder.path(), "hang.toml", text);
    let load = ["load", &room.tcp, "--script", &path, "--robots", "2", "--duration", "1s"];
    let ran = nano(&[&load[..], &["--timeout", "3s", "--fail-errors", "0"]].concat());
    ran.failed(1, &["% of the requests failed"]);
    assert!(ran.out.contains("2 x room.hang: no reply in time"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_no_time_does_not_stop_the_clock() {
    let room = room().await;
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[[step]]\nnotify = \"room.shout\"\nbody = \"x\"\n[[step]]\nthink = \"0s\"\n";
    let path = script(folder.path(), "think.toml", text);
    nano(&["load", &room.tcp, "--script", &path, "--robots", "1", "--duration", "100ms"])
        .succeeded();
}

#[test]
fn a_wrong_script_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    let url = format!("tcp://{free}");
    let check = |text: &str, texts: &[&str]| {
        let path = script(folder.path(), "script.toml", text);
        let ran = nano(&["load", &url, "--script", &path, "--manifest", ROOM]);
        ran.failed(2, &[&["script.toml: "], texts].concat());
    };
    check("[[step]]\nreqest = \"room.join\"", &["unknown field `reqest`"]);
    check("[[step]]\nrequest = \"room.jion\"", &["help: did you mean `room.join`?"]);
    check("[[step]]\nrequest = \"room.join\"", &["help: room.join takes {name: string}"]);
    check(
        "[[step]]\nrequest = \"room.shout\"\nbody = \"a\"",
        &["`room.shout` has no reply", "notify ="],
    );
    check(
        "[[step]]\nrequest = \"room.join\"\nbody = { name = \"{robto}\" }",
        &["{robto}", "{robot}"],
    );
    check("[[step]]\nthink = \"soon\"", &["think: ", "expected a time"]);
    check("[[step]]\nthink = \"2s..1s\"", &["2s..1s ends before it begins"]);
    check("[[step]]\nnotify = \"room.leave\"", &["the steps have no end"]);
    check(
        "[[step]]\nthink = \"1s\"\nwait = \"onJoined\"",
        &["one of request, notify, wait and think"],
    );

    nano(&["load", &url, "--request", "room.token"])
        .failed(3, &["refused", "help: `cargo nano call`"]);
    nano(&["load", &format!("kcp://{free}"), "--request", "room.token"]).failed(3, &["refused"]);
    nano(&["load", &url]).failed(2, &["nothing to do", "help: --script names a file"]);
    nano(&["load", "room", "--request", "a.b"]).failed(2, &["it begins with none of tcp://"]);
    nano(&["load", &url, "--request", "a.b", "--fail-errors", "lots"]).failed(2, &["such as 0.1%"]);
}

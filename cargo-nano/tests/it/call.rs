//! `cargo nano call`.

use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use crate::support::{ARENA, ROOM, arena, nano, nano_with, patient_room, room};

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_is_printed_as_it_came() {
    let room = room().await;
    let reply = "{\"name\":\"Ann\",\"members\":1}\n";
    for url in [&room.tcp, &room.ws, &room.kcp] {
        let ran = nano(&["call", url, "room.join", r#"{"name":"Ann"}"#]);
        ran.succeeded();
        assert_eq!(ran.out, reply);
        // The session of the last call must be over: its member is counted.
        while room.server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
        let ran = nano_with(
            "{\"name\": \"Ann\"}\n",
            &["call", url, "room.join", "-", "--manifest", ROOM],
        );
        ran.succeeded();
        assert_eq!(ran.out, reply);
        while room.server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    }
    let token = ["--user", r#"{"token":"abc"}"#];
    let ran = nano(&[&["call", &room.tcp, "room.token"][..], &token].concat());
    ran.succeeded();
    assert_eq!(ran.out, "\"abc\"\n");

    // The log of a CI has no secrets.
    let typo = ["--user", r#"{"token":"s3cret""#];
    let ran = nano(&[&["call", &room.tcp, "room.token"][..], &typo].concat());
    ran.failed(2, &["error: --user is not JSON: ", "in single quotes for the shell"]);
    assert!(!ran.err.contains("s3cret"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_goodbye_also_after_an_error() {
    let room = patient_room().await;
    nano(&["call", &room.tcp, "room.jion"]).failed(1, &["not_found"]);
    let gone = async {
        while room.server.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    };
    // Without a goodbye the session waits for a minute.
    tokio::time::timeout(Duration::from_secs(30), gone).await.expect("its session has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn pushes_are_printed_while_it_listens() {
    let room = room().await;
    let join = ["call", &room.ws, "room.join", r#"{"name":"Ann"}"#];
    let ran = nano(&[&join[..], &["--listen", "300ms"]].concat());
    ran.succeeded();
    assert_eq!(ran.out, "onJoined \"Ann\"\n{\"name\":\"Ann\",\"members\":1}\n");
    // The kick ends it long before the minute is over.
    let leave = ["call", &room.tcp, "room.leave", "--notify", "--listen", "1m"];
    nano(&leave).failed(3, &["error: the server closed the connection: thrown out"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_protobuf_are_typed_and_printed_as_json() {
    let arena = arena().await;
    let call = |body: &str| {
        nano(&["call", &arena.tcp, "arena.enter", body, "--manifest", ARENA, "--listen", "300ms"])
    };
    let ran = call(r#"{"name":"Ann","team":"TEAM_BLUE"}"#);
    ran.succeeded();
    let fighter = r#"{"id":"1152921504606846976","name":"Ann","team":"TEAM_BLUE"}"#;
    assert_eq!(ran.out, format!("onEntered {fighter}\n{{\"you\":{fighter},\"others\":[]}}\n"));
    call("{}").failed(1, &["error: bad_name: a name is missing"]);
    call(r#"{"nam":"Ann"}"#).failed(2, &["nam", "help: arena.enter takes {name: string, team: "]);
    let ran = nano(&["call", &arena.tcp, "arena.enter", "{}"]);
    ran.failed(3, &["server speaks protobuf", "help: name the server's manifest by --manifest"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_to_do_next() {
    let (room, arena) = (room().await, arena().await);
    let check = |arguments: &[&str], status: i32, texts: &[&str]| {
        let ran = nano(&[&["call"], arguments].concat());
        ran.failed(status, texts);
        assert_eq!(ran.out, "");
    };
    // The server says no.
    check(&[&room.tcp, "room.full"], 1, &["error: room_full: the room\\u{1b}[2J holds 8\n"]);
    check(&[&room.tcp, "room.jion"], 1, &["error: not_found: ", "help: did you mean `room.join`?"]);
    let takes = "help: room.join {name: string} -> {name: string, members: integer}";
    let number = [&room.tcp, "room.join", "5", "--manifest", ROOM];
    check(&number, 1, &["error: bad_request", takes]);
    check(&number[..3], 1, &["error: bad_request", "--manifest shows it"]);
    let user = ["--user", r#"{"token":"bad"}"#];
    check(
        &[&[&room.tcp, "room.full"][..], &user].concat(),
        1,
        &["the server refuses this client: bad_token: log in again", "help: ", "--user"],
    );
    // The command line is wrong; nothing is sent.
    check(&[&room.tcp, "room.join", "Ann"], 2, &["the message is not JSON", r#"'"hello"'"#]);
    check(&[&room.tcp, "room.jion", "--manifest", ROOM], 2, &["did you mean `room.join`?"]);
    check(
        &[&room.tcp, "a.b", "--manifest", "none.json"],
        2,
        &["none.json: ", "help: a build script writes it when the server is built"],
    );
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/../clients/js/package.json");
    check(
        &[&room.tcp, "a.b", "--manifest", other],
        2,
        &["this is no manifest of nano-build", "help: ", "build the server again"],
    );
    check(&["http://127.0.0.1", "a.b"], 2, &["expected tcp://host:port or ws://host:port/path"]);
    check(&[&room.tcp, "a.b", "--timeout", "soon"], 2, &["expected a time such as 500ms"]);
    // The way is wrong.
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port");
    check(
        &[&format!("tcp://{free}"), "a.b"],
        3,
        &["nothing listens there", "help: is the server running"],
    );
    check(&["tcp://no-host.invalid:1", "a.b"], 3, &["no host has this name"]);
    let other_path = room.ws.replace("/nano", "/");
    check(&[&other_path, "a.b"], 3, &["HTTP 404", "help: the WebSocket has another path"]);
    let as_tcp = room.ws.replace("ws:", "tcp:").replace("/nano", "");
    check(&[&as_tcp, "a.b"], 3, &["cannot connect", "help: ", "ws://"]);
    let as_ws = room.tcp.replace("tcp:", "ws:");
    check(&[&as_ws, "a.b"], 3, &["cannot connect", "help: ", "tcp://"]);
    let as_tls = room.tcp.replace("tcp:", "tls:");
    check(&[&as_tls, "a.b", "--timeout", "2s"], 3, &["cannot connect", "help: "]);
    check(&[&arena.tcp, "room.join", "{}", "--manifest", ROOM], 3, &["server speaks protobuf"]);
    // Nobody reads there, and UDP tells nothing of it.
    let silent = UdpSocket::bind("127.0.0.1:0").expect("a port");
    let as_kcp = format!("kcp://{}", silent.local_addr().expect("an address"));
    check(&[&as_kcp, "a.b", "--timeout", "300ms"], 3, &["cannot connect", "help: ", "UDP"]);
}

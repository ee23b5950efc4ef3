//! Tests of the command line.

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(std::iter::once("nano-bench").chain(line.split_whitespace()))
}

fn echo(line: &str) -> echo::Options {
    match parse(line).expect("a command line").command {
        Command::Echo(options) => options,
        other => panic!("{other:?}"),
    }
}

fn names(peers: &[PeerSpec]) -> Vec<String> {
    peers.iter().map(PeerSpec::to_string).collect()
}

#[test]
fn the_definition_is_sound() {
    use clap::CommandFactory as _;
    Cli::command().debug_assert();
}

#[test]
fn peers_have_the_runtime_that_they_name() {
    let options = echo("echo --peers nano,nano-json:multi,raw");
    let peers = options.common.peers(Work::Echo).expect("they echo");
    assert_eq!(names(&peers), ["nano", "nano-json:multi", "raw"]);

    let options = echo("echo --peers nano,nano-json:current,raw --runtime multi");
    let peers = options.common.peers(Work::Echo).expect("they echo");
    assert_eq!(names(&peers), ["nano:multi", "nano-json:current", "raw:multi"]);

    let options = echo("echo --peers nano,tcp:127.0.0.1:3250,pinus --runtime multi");
    let peers = options.common.peers(Work::Echo).expect("they echo");
    assert_eq!(names(&peers), ["nano:multi", "tcp:127.0.0.1:3250", "pinus"]);

    let options = echo("echo --peers nano,nano-json:current,raw --runtime threads");
    let peers = options.common.peers(Work::Echo).expect("they can do it");
    assert_eq!(names(&peers), ["nano:threads", "nano-json:current", "raw"]);
}

#[test]
fn by_default_nano_runs_beside_the_raw_peer_of_the_transport() {
    for (line, work, expected) in [
        ("echo", Work::Echo, &["nano", "raw"][..]),
        ("echo --transport ws", Work::Echo, &["nano", "raw-ws"]),
        ("echo --transport tls", Work::Push, &["nano", "raw"]),
        ("echo --transport wss", Work::Echo, &["nano", "raw-ws"]),
        ("echo", Work::Broadcast, &["nano", "raw-broadcast"]),
        ("echo --transport ws", Work::Broadcast, &["nano", "raw-broadcast"]),
    ] {
        let peers = echo(line).common.peers(work).expect("they can do it");
        assert_eq!(names(&peers), expected, "{line} {work:?}");
    }
}

#[test]
fn mistakes_are_named() {
    for (line, expected) in [
        ("echo --peers nanoo", "no peer is named `nanoo`; there are: nano, nano-json, "),
        ("echo --peers tcp:3250", "`tcp:3250` has no address and port: write tcp:127.0.0.1:3250"),
        (
            "echo --peers nano:fast",
            "no runtime is named `fast`: use current, multi, fair or threads",
        ),
        ("echo --payload 10", "a body must have 42 to 60000 bytes"),
        ("echo --rounds 0", "0 is not in 1.."),
        ("echo --seconds two", "`two` is not a number of seconds"),
        ("echo --seconds -1", "unexpected argument '-1'"),
        ("echo --messages 5 --seconds 1", "cannot be used with"),
        ("echo --rate 5 --in-flight 2", "cannot be used with"),
        ("idle --in-flight 2", "unexpected argument '--in-flight'"),
        ("ecko", "unrecognized subcommand 'ecko'"),
    ] {
        let error = parse(line).expect_err(line).to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
    for (line, expected) in [
        ("echo --server-core 1", "server and load generator cannot share core 1"),
        (
            "echo --transport ws --peers nano,raw",
            "the peer `raw` has no echo over WebSocket; these have: nano, nano-json, nano-async, nano-mut, nano-stages, nano-protobuf, raw-ws, \
             ws, pinus, colyseus",
        ),
        ("echo --peers raw:threads", "the peer `raw` has no threads of its own"),
        ("echo --peers pinus:multi", "the peer `pinus` has no runtime to choose"),
        ("echo --peers ws:127.0.0.1:1", "the peer `ws:127.0.0.1:1` has no echo over TCP"),
        ("broadcast --peers raw", "the peer `raw` has no broadcast over TCP"),
        ("idle --connections 4000000000", "connections need 4000000164 open files, and the limit"),
    ] {
        let error = parse(line).expect("it parses").run().expect_err(line).to_string();
        assert!(error.contains(expected), "{line}: {error}");
    }
}

#[test]
fn a_server_is_started_with_the_options_of_its_round() {
    for peer in ["nano:multi", "nano:threads", "raw-ws"] {
        for core in [None, Some(3)] {
            let peer = peer.parse().expect("a peer");
            let certificate = core.map(|_| "certificate".into());
            let options = ServeOptions { peer, transport: Transport::Wss, core, certificate };
            let line = format!("serve {}", options.arguments().join(" "));
            match parse(&line).expect("a command line").command {
                Command::Serve(parsed) => assert_eq!(parsed, options, "{line}"),
                other => panic!("{other:?}"),
            }
        }
    }
}

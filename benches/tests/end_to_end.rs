//! The command, with every peer: a few hundred messages, each checked by the load generator.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Output, Stdio};

fn nano_bench(line: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nano-bench"))
        .args(line.split_whitespace())
        .output()
        .expect("the command starts")
}

/// Runs a scenario, and checks that its table has a line for each peer.
fn report(line: &str, peers: &[&str]) -> String {
    let output = nano_bench(&format!("{line} --rounds 2 --no-pinning --peers {}", peers.join(",")));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {errors}");
    let report = String::from_utf8(output.stdout).expect("text");
    for peer in peers {
        assert!(report.contains(&format!("\n| {peer} ")), "{line}, {peer}:\n{report}");
    }
    report
}

#[test]
fn every_peer_echoes() {
    let line = "echo --connections 8 --in-flight 5 --messages 300 --warm-up 0";
    let report = report(
        line,
        &["nano", "nano:multi", "nano:fair", "nano:threads", "nano-json", "nano-async", "raw"],
    );
    self::report(line, &["nano-mut", "nano-stages", "nano-protobuf", "raw:multi"]);
    assert!(report.contains("echo over TCP: 8 connections, 5 in flight"), "{report}");
    assert!(report.contains("Linux"), "{report}");
    assert!(report.contains("to raw"), "{report}");
}

#[test]
fn every_peer_echoes_over_websocket() {
    // Bodies that need the longer form of a frame's length.
    let line = "echo --transport ws --connections 8 --in-flight 5 --messages 300 --warm-up 0 --payload 500";
    report(line, &["nano", "nano-json", "nano-async", "raw-ws", "raw-ws:multi"]);
}

#[test]
fn long_bodies_arrive_in_pieces() {
    let line = "echo --connections 2 --in-flight 8 --messages 100 --warm-up 0 --payload 60000";
    report(line, &["nano", "raw"]);
    report(&format!("{line} --transport ws"), &["nano", "raw-ws"]);
}

#[test]
fn an_open_loop_keeps_its_rate() {
    let line = "echo --connections 10 --rate 2000 --seconds 0.5 --warm-up 0.1";
    let report = report(line, &["nano", "raw"]);
    assert!(report.contains("2000 messages/s in an open loop"), "{report}");
}

#[test]
fn messages_pass_over_tls() {
    let line = "echo --connections 8 --in-flight 5 --messages 300 --warm-up 0 --payload 5000";
    report(&format!("{line} --transport tls"), &["nano", "nano:threads", "raw"]);
    report(&format!("{line} --transport wss"), &["nano", "raw-ws"]);
    report("idle --connections 20 --seconds 0 --transport tls", &["nano", "raw"]);
}

#[test]
fn messages_pass_over_kcp() {
    let line = "echo --transport kcp --connections 8 --in-flight 5 --messages 300 --warm-up 0 --payload 5000";
    let report = report(line, &["nano", "nano:threads"]);
    assert!(report.contains("echo over KCP"), "{report}");
}

#[test]
fn notifies_are_pushed_back() {
    let line = "echo --push --connections 4 --in-flight 3 --messages 200 --warm-up 0";
    let report = report(line, &["nano", "nano-stages", "raw"]);
    assert!(report.contains("notify to push over TCP"), "{report}");
    self::report(&format!("{line} --transport ws"), &["nano", "raw-ws"]);
}

#[test]
fn all_clients_come_back() {
    report("storm --connections 200", &["nano", "raw"]);
    for transport in ["tcp", "tls", "wss"] {
        let raw = if transport == "wss" { "raw-ws" } else { "raw" };
        let line = format!("storm --reconnect --connections 100 --transport {transport}");
        let report = report(&line, &["nano", raw]);
        assert!(report.contains("100 clients, 100 at once"), "{report}");
    }
}

#[test]
fn clients_that_are_not_let_in_come_again() {
    use nano_bench::Transport;
    use nano_bench::generator::{Exchange, Generator, Pace, Target, Template, Traffic};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = std::thread::spawn(move || {
        drop(listener.accept().expect("the first try"));
        let (mut stream, _) = listener.accept().expect("the second try");
        let reply = br#"{"code":200}"#;
        stream.write_all(&[&[1, 0, 0, 12], &reply[..]].concat()).expect("an open connection");
        stream
    });
    let message = Template::new("echo.say", b"{}");
    let mut load = Traffic::new(message, Exchange::Request, Pace::InFlight(1));
    let mut generator = Generator::new(Target::new(address, Transport::Tcp)).expect("a poller");
    generator.allow_retries(1);
    generator.connect(1, 1, &mut load).expect("the second try is let in");
    assert_eq!(generator.retries(), 1);
    // An open connection that ends is a fault.
    drop(server.join().expect("the server has no fault"));
    let error = generator.run_until(&mut load, |_| false).expect_err("it is closed");
    assert!(format!("{error:#}").starts_with("connection 0: "), "{error:#}");
}

#[test]
fn idle_connections_answer_at_the_end() {
    report("idle --connections 20 --seconds 0", &["nano", "raw"]);
    report("idle --connections 20 --seconds 0 --transport ws", &["nano", "raw-ws"]);
}

#[test]
fn a_group_hears_what_is_said() {
    let line = "broadcast --members 20 --burst 3 --messages 300 --warm-up 0";
    report(line, &["nano", "raw-broadcast"]);
    report(&format!("{line} --transport ws"), &["nano", "raw-broadcast"]);
}

#[test]
fn messages_pass_through_gates() {
    let line = "echo --connections 8 --in-flight 5 --messages 300 --warm-up 0";
    report(line, &["nano-gate", "raw-gate", "raw-unary"]);
    // Clients of four gates hear one another.
    let line = "broadcast --members 20 --burst 3 --messages 300 --warm-up 0";
    report(line, &["nano-gates", "raw-broadcast"]);
}

#[test]
fn idle_links_stand() {
    let report = report("links --links 5 --seconds 0.5", &["nano-node", "raw-node"]);
    assert!(report.contains("idle links: 5 nodes that are linked to one"), "{report}");
}

#[test]
fn users_of_four_gates_are_bound_and_found() {
    let output = nano_bench("users --users 400 --finds 40");
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("there is no etcd") {
        let _ = writeln!(std::io::stderr(), "skipped: {errors}");
        return;
    }
    assert!(output.status.success(), "{errors}");
    let report = String::from_utf8_lossy(&output.stdout);
    assert!(report.contains("400 users in memory log in at 4 gates"), "{report}");
    assert!(report.contains("| logins/transaction |"), "{report}");
}

#[test]
fn members_that_do_not_read_hold_up_nobody() {
    let line = "slow --members 10 --stalled 3 --rate 200 --seconds 0.3 --payload 5000";
    let report = report(line, &["nano", "raw-broadcast"]);
    assert!(report.contains("10 members that read and 3 that do not"), "{report}");
}

#[test]
fn a_rate_that_cannot_be_reached_ends() {
    let line = "echo --connections 10 --rate 1000000 --seconds 0.1 --warm-up 0 --rounds 1 --no-pinning \
                --peers raw";
    let output = nano_bench(line);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn rooms_push_at_their_rate() {
    let output = nano_bench("rooms --rooms 50 --rate 20 --seconds 0.5 --workers 1");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report = String::from_utf8(output.stdout).expect("text");
    assert!(
        report.contains("rooms in memory: 50 of 4 members, 20 pushes a second each"),
        "{report}"
    );
    assert!(report.contains("(4000/s)"), "{report}");
    assert!(report.contains("| between pushes: p50 |"), "{report}");
}

#[test]
fn a_server_of_somebody_else_is_loaded() {
    let mut server = Command::new(env!("CARGO_BIN_EXE_nano-bench"))
        .args(["serve", "nano", "--transport", "tcp"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut address = String::new();
    let stdout = server.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut address).expect("a line");
    let peer = format!("tcp:{}", address.trim());
    let line = "echo --connections 4 --messages 200 --warm-up 0 --route echo.say";
    let report = report(line, &[&peer, "raw"]);
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    // Its process was found, so that its CPU time is known.
    assert!(!report.contains("| - "), "{report}");
}

#[test]
fn servers_on_node_are_compared_or_left_out() {
    let line = "echo --transport ws --connections 4 --in-flight 3 --seconds 0.3 --warm-up 0.1 \
                --rounds 1 --no-pinning --peers raw-ws,ws,pinus,colyseus";
    let output = nano_bench(line);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report = String::from_utf8(output.stdout).expect("text");
    for peer in ["ws", "pinus", "colyseus"] {
        let is_left_out = report.contains(&format!("`{peer}` is left out: "));
        assert_ne!(report.contains(&format!("\n| {peer} ")), is_left_out, "{report}");
    }
}

#[test]
fn a_core_that_does_not_exist_is_named() {
    let output = nano_bench("echo --generator-core 1000");
    assert!(!output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("error: cannot run on core 1000: choose other cores"), "{errors}");
}

#[test]
fn a_report_keeps_what_it_has() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
    let line = |only: &str| {
        let folder = folder.path().display();
        format!("report --quick --no-pinning --folder {folder} --only {only}")
    };
    let run = |line: &str| {
        let output = nano_bench(line);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {errors}");
    };
    run(&line("push,echo-tls"));
    let (first, table) = (read("push.json"), read("README.md"));
    assert!(table.contains("\n| nano "), "{table}");
    assert!(table.contains("nano-bench -- echo --push "), "{table}");
    assert!(read("share-of-raw.svg").contains("Notify to push"));

    run(&format!("{} --resume", line("push,echo-tls")));
    assert_eq!(read("push.json"), first);
    // What is not measured this time stays in the table.
    run(&line("push"));
    assert_ne!(read("push.json"), first);
    assert!(read("README.md").contains("over TLS"));

    let output = nano_bench(&line("pull"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("no scenario is named `pull`; there are: echo-tcp, "), "{errors}");
}

#[test]
fn positions_arrive_on_a_line_that_loses_packets() {
    let output = nano_bench("age --rounds 1 --seconds 1 --clients 2 --loss 10 --delay 5");
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("are needed") || errors.contains("is needed") {
        // Without root there is no such line.
        let _ = writeln!(std::io::stderr(), "skipped: {errors}");
        return;
    }
    assert!(output.status.success(), "{errors}");
    let report = String::from_utf8_lossy(&output.stdout);
    for way in ["WebSocket", "WebTransport, stream", "WebTransport, datagrams"] {
        assert!(report.contains(&format!("\n| {way} ")), "{way}:\n{report}");
    }
    assert!(report.contains("5 ms and 10 % of lost packets"), "{report}");
}

//! The client and the server of `tests/kcp`, which speak by kcp-go: `cargo xtask kcp` builds and runs them.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use nano::client::Client;
use nano::{App, KcpOptions};

use super::proxy::Proxy;
use super::{echoes, start};
use crate::promises::support::in_time;

/// The program, from the variable that `cargo xtask kcp` sets.
fn program() -> Command {
    let path = env::var_os("NANO_KCP_GO").expect("`cargo xtask kcp` sets NANO_KCP_GO");
    Command::new(path)
}

async fn client_passes(address: std::net::SocketAddr) {
    let run = move || program().arg("client").arg(address.to_string()).output();
    let output = tokio::task::spawn_blocking(run).await.expect("no panic").expect("it starts");
    let (said, errors) = (output.stdout, String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said == b"PASS\n", "{errors}");
}

#[tokio::test]
#[ignore = "needs Go: `cargo xtask kcp`"]
async fn a_client_of_kcp_go_plays_here() {
    for options in [KcpOptions::new(), KcpOptions::new().congestion_control(true).mtu(500)] {
        let (app, address, _) = start(App::new(), options).await;
        client_passes(address).await;
        in_time("the shutdown", app.shutdown()).await;
    }
}

#[tokio::test]
#[ignore = "needs Go: `cargo xtask kcp`"]
async fn a_client_of_kcp_go_plays_here_over_a_bad_network() {
    let (_app, address, _) = start(App::new(), KcpOptions::new()).await;
    let proxy = Proxy::start(address, 3).await;
    client_passes(proxy.address()).await;
    assert!(proxy.lost() > 10, "{} datagrams were lost", proxy.lost());
}

/// Ends its process when it is dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
#[ignore = "needs Go: `cargo xtask kcp`"]
async fn the_client_plays_with_a_server_of_kcp_go() {
    let server = program().arg("server").stdout(Stdio::piped()).spawn().expect("it starts");
    let mut server = Ended(server);
    let mut address = String::new();
    let mut said = BufReader::new(server.0.stdout.take().expect("a pipe"));
    said.read_line(&mut address).expect("its address");
    let url = format!("kcp://{}", address.trim());
    // Once for each of its settings.
    for _ in 0..3 {
        let client = in_time("a connection", Client::connect(&url)).await.expect("it answers");
        for len in [0, 1, 1176, 1177, 20_000, 60_000] {
            echoes(&client, len).await;
        }
        in_time("the end", client.close()).await;
    }
}

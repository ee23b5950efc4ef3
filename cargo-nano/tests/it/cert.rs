//! `cargo nano cert`: its files let a server and its clients trust each other.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use nano::{App, Cluster, NodeTls, Tcp, Tls};

use crate::support::{nano, nano_in, room_app};

#[tokio::test(flavor = "multi_thread")]
async fn clients_trust_a_server_by_its_authority() {
    let folder = tempfile::tempdir().expect("a folder");
    let cert = |arguments: &[&str]| nano_in(folder.path(), &[&["cert"], arguments].concat());
    cert(&["server", "localhost"]).failed(
        2,
        &["certs/ca.pem: ", "help: make an authority first: cargo nano cert ca --out certs"],
    );
    cert(&["ca"]).succeeded();
    let ran = cert(&["server", "localhost", "127.0.0.1"]);
    ran.succeeded();
    assert!(ran.out.contains(r#"Tls::pem("certs/server.pem", "certs/server.key")"#), "{}", ran.out);
    let path = |name: &str| folder.path().join("certs").join(name);
    for (name, expected) in
        [("ca.key", 0o600), ("server.key", 0o600), ("ca.pem", 0o644), ("server.pem", 0o644)]
    {
        let mode = fs::metadata(path(name)).expect("a file").permissions().mode() & 0o777;
        // The user's mask may take more away.
        assert_eq!(mode & !expected, 0, "{name}: {mode:o}");
    }

    let tls = Tls::pem(path("server.pem"), path("server.key"));
    let app = room_app().listen(tls.over(Tcp::bind("127.0.0.1:0")));
    let server = app.start().await.expect("the files work");
    let address = server.addresses()[0];
    let authority = path("ca.pem").display().to_string();
    for url in [format!("tls://{address}"), format!("tls://localhost:{}", address.port())] {
        let ran = nano(&["call", &url, "room.token", "--ca", &authority]);
        ran.succeeded();
        assert_eq!(ran.out, "null\n");
    }
    let url = format!("tls://{address}");
    nano(&["call", &url, "room.token"])
        .failed(3, &["cannot connect", "help: --ca names the certificates to trust"]);

    let load = ["load", &url, "--request", "room.token", "--duration", "200ms", "--ca", &authority];
    nano(&load).succeeded();

    // Only clients of the authority are let in.
    cert(&["client", "tool-1"]).succeeded();
    let ran = cert(&["node", "gate-1", "10.0.0.1"]);
    assert!(
        ran.out.contains(r#"NodeTls::files("certs/ca.pem", "certs/gate-1.pem""#),
        "{}",
        ran.out
    );
    let strict = Tls::pem(path("gate-1.pem"), path("gate-1.key")).client_ca(path("ca.pem"));
    let app = room_app().listen(strict.over(Tcp::bind("127.0.0.1:0")));
    app.start().await.expect("the files of a node work for a server, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_trust_each_other_by_their_authority() {
    let folder = tempfile::tempdir().expect("a folder");
    let cert = |arguments: &[&str]| nano_in(folder.path(), &[&["cert"], arguments].concat());
    cert(&["ca"]).succeeded();
    let tls = |name: &str| {
        cert(&["node", name, "127.0.0.1"]).succeeded();
        let path = |file: String| folder.path().join("certs").join(file);
        NodeTls::files(
            path("ca.pem".into()),
            path(format!("{name}.pem")),
            path(format!("{name}.key")),
        )
        .check_names()
    };
    let bind = |number| Cluster::bind("127.0.0.1:0").number(number);
    let backend = bind(1).member(2, "127.0.0.1:1").tls(tls("room-1"));
    let backend = room_app().cluster(backend).start().await.expect("the files work");
    let address = backend.cluster_address().expect("a node").to_string();
    let gate = bind(2).member(1, address).tls(tls("gate-1"));
    let gate = App::new().listen(Tcp::bind("127.0.0.1:0")).cluster(gate);
    let gate = gate.start().await.expect("the files work");
    let url = format!("tcp://{}", gate.addresses()[0]);
    // The gate learns the route with the link, which takes a moment.
    let ran = (0..50).map(|_| nano(&["call", &url, "room.token"])).find(|ran| ran.out == "null\n");
    ran.expect("the nodes are linked").succeeded();
}

#[test]
fn nothing_is_replaced_unless_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let cert = |arguments: &[&str]| nano_in(folder.path(), &[&["cert"], arguments].concat());
    cert(&["ca", "--out", "a"]).succeeded();
    let key = || fs::read_to_string(folder.path().join("a/ca.key")).expect("a key");
    let first = key();
    cert(&["ca", "--out", "a"])
        .failed(2, &["exists already", "help: --replace makes a new one: what the old"]);
    assert_eq!(key(), first);
    cert(&["ca", "--out", "a", "--replace"]).succeeded();
    assert_ne!(key(), first);
    cert(&["node", "../x", "--out", "a"]).failed(2, &["`../x` cannot be the name of files"]);
    cert(&["node", "ca", "--out", "a"]).failed(2, &["the name of the authority"]);
    cert(&["server", "exämple.org", "--out", "a"])
        .failed(2, &["cannot be in a certificate", "xn--"]);
    fs::write(folder.path().join("a/ca.key"), "no key").expect("a file");
    cert(&["server", "localhost", "--out", "a"]).failed(2, &["the authority in a cannot be used"]);
    assert!(!folder.path().join("a/server.key").exists());
}

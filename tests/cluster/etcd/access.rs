//! An etcd that lets in only those who have a password, or a certificate.

use std::time::Duration;

use nano::{App, Cluster, Etcd};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;
use tokio::time::sleep;

use super::server::Server;
use super::world::{Seen, World, node};
use crate::wait::until;

async fn refused(etcd: Etcd, text: &str) {
    let cluster = Cluster::bind("127.0.0.1:0").registry(etcd);
    let error = App::new().cluster(cluster).start().await.expect_err("it is not let in");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(cause.contains(text) && !cause.contains("SECRET"), "{cause}");
}

/// An etcd that lets in only `root`, with the password `SECRET`.
async fn with_a_password() -> Server {
    let etcd = Server::start().await;
    etcd.post("auth/user/add", &json!({ "name": "root", "password": "SECRET" })).await;
    etcd.post("auth/role/add", &json!({ "name": "root" })).await;
    etcd.post("auth/user/grant", &json!({ "user": "root", "role": "root" })).await;
    etcd.post("auth/enable", &json!({})).await;
    etcd
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn nodes_go_on_when_etcd_has_forgotten_that_it_has_let_them_in() {
    let mut etcd = with_a_password().await;
    let world = World::start(|| Etcd::new([etcd.url()]).user("root", "SECRET")).await;
    // It keeps its tokens in memory.
    etcd.kill();
    etcd.run().await;
    let late = node("late", Etcd::new([etcd.url()]).user("root", "SECRET"), &Seen::default()).await;
    until("all see it", async || world.seen.iter().all(|seen| seen.numbers("late").len() == 1))
        .await;
    // Longer than a lease: they have renewed theirs.
    sleep(Duration::from_secs(9)).await;
    world.is_as_before();
    late.shutdown().await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn a_user_is_let_in_by_its_password() {
    let etcd = with_a_password().await;
    let of = |password: &str| Etcd::new([etcd.url()]).user("root", password);
    refused(Etcd::new([etcd.url()]), "user name is empty").await;
    refused(of("SECRET2"), "authentication failed").await;
    let node = node("one", of("SECRET"), &Seen::default()).await;
    node.shutdown().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn etcd_over_tls_asks_for_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let key = || KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, key()).expect("a root");
    let write = |name: &str, text: String| std::fs::write(path(name), text).expect("a folder");
    write("ca.pem", issuer.pem());
    for name in ["etcd", "game"] {
        let (params, key) =
            (CertificateParams::new(["127.0.0.1".to_owned()]).expect("names"), key());
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        write(&format!("{name}.pem"), certificate.pem());
        write(&format!("{name}.key"), key.serialize_pem());
    }
    let options =
        [("--cert-file", "etcd.pem"), ("--key-file", "etcd.key"), ("--trusted-ca-file", "ca.pem")];
    let mut options: Vec<String> =
        options.into_iter().flat_map(|(option, file)| [option.to_owned(), path(file)]).collect();
    options.push("--client-cert-auth".into());
    let etcd = Server::start_with(&options).await;
    refused(Etcd::new([etcd.url()]), "needs `.authorities(").await;
    let of = Etcd::new([etcd.url()])
        .authorities(path("ca.pem"))
        .certificate(path("game.pem"), path("game.key"));
    let node = node("one", of, &Seen::default()).await;
    node.shutdown().await;
}

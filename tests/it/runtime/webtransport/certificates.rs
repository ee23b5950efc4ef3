//! Certificates of authorities, on both sides.

use nano::App;
use nano::testing::RawClient;
use rustls::version::TLS13;

use super::browser::{Browser, native};
use super::{Desk, start};
use crate::promises::support::{Log, in_time, sessions};
use crate::runtime::tls::authority::Authority;

#[tokio::test(flavor = "multi_thread")]
async fn only_clients_with_a_certificate_of_the_authority_are_let_in() {
    let (server, partners, log) = (Authority::new(), Authority::new(), Log::default());
    server.sign("127.0.0.1");
    server.write("clients.pem", partners.root());
    let everybody = server.tls();
    let tls = server.tls().client_ca(server.path("clients.pem"));

    let app = start(App::new().component(Desk(log.clone())), &everybody).await;
    let stranger = Browser::with_tls(server.client(&[&TLS13]));
    drop(stranger.open(&app, "/nano").await);
    app.shutdown().await;

    let app = start(App::new().component(Desk(log.clone())), &tls).await;
    for refused in [server.client(&[&TLS13]), server.client_of(&server, 4000).0] {
        let connected = Browser::with_tls(refused);
        let connected = in_time("an end", connected.connect(&app, "/nano", None)).await;
        assert!(connected.is_err());
    }
    let partner = Browser::with_tls(server.client_of(&partners, 4000).0);
    let mut stream = partner.open(&app, "/nano").await;
    let mut raw = RawClient::new(stream.io());
    raw.open_as(native(&[])).await;
    // Its certificate is a value of the session.
    log.reached("opened true true").await;
    sessions(&app, 1).await;
}

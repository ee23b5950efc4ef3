//! TLS between nodes.

use std::sync::Arc;

use nano::{App, Cluster, NodeTls, Server, component};
use rcgen::ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::super::tls::authority::Authority;
use crate::promises::support::{Logged, in_time};

struct Desk;

#[component]
impl Desk {
    #[handler]
    fn echo(&self, text: String) -> String {
        text
    }
}

/// The node 1, to which the node 2 connects.
async fn first(tls: Option<NodeTls>) -> Server {
    let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    start(App::new().component(Desk), node, tls).await
}

async fn second(first: &Server, tls: Option<NodeTls>) -> Server {
    let address = first.cluster_address().expect("a node").to_string();
    start(App::new(), Cluster::bind("127.0.0.1:0").number(2).member(1, address), tls).await
}

async fn start(app: App, node: Cluster, tls: Option<NodeTls>) -> Server {
    let node = tls.into_iter().fold(node, Cluster::tls);
    app.cluster(node).start().await.expect("it starts")
}

/// Waits until a node reaches the component of another.
async fn linked(node: &Server) {
    let desk = DeskClient::new(&node.node().any());
    let text = "x".repeat(50_000);
    in_time("a link", async {
        loop {
            match desk.echo(&text).await {
                Ok(echo) => return assert_eq!(echo, text),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
}

/// Waits until all of these texts are in warnings.
async fn warned(logged: &Logged, texts: &[&str]) {
    let is_told = |text: &&str| logged.of("WARN").iter().any(|line| line.contains(*text));
    let told = async {
        while !texts.iter().all(&is_told) {
            tokio::task::yield_now().await;
        }
    };
    let waiting = tokio::time::timeout(std::time::Duration::from_secs(10), told).await;
    waiting.unwrap_or_else(|_| panic!("not all of {texts:?} in {:#?}", logged.of("WARN")));
    let is_linked = |line: &String| line.contains("a node is linked");
    assert!(!logged.of("INFO").iter().any(is_linked), "they are not linked");
}

#[tokio::test]
async fn nodes_whose_certificates_do_not_fit_say_why_in_the_log_of_the_side_that_knows() {
    let (own, other) = (Authority::new(), Authority::new());
    let node = |name: &str| Some(own.node(name, 4000, &own));
    let named = |name: &str| Some(own.node(name, 4000, &own).check_names());
    let refused = async |one: Option<NodeTls>, two: Option<NodeTls>, texts: &[&str]| {
        let logged = Logged::above_debug();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let one = first(one).await;
        let two = second(&one, two).await;
        warned(&logged, texts).await;
        two.shutdown().await;
        one.shutdown().await;
    };
    let refuses = "a connection to the address for other nodes is refused";
    // The one that is not taken learns no more than that.
    let is_told = "CertificateUnknown: the node does not take this certificate";
    let expired = Some(own.node("two", 2021, &own));
    refused(node("one"), expired, &[refuses, "certificate expired", is_told]).await;
    // Those of servers and of clients are of the same authority, and are not for nodes.
    for uses in [[ClientAuth], [ServerAuth]] {
        let other = || Some(own.node_used_as(&uses));
        refused(node("one"), other(), &[refuses, "invalid peer certificate: ", is_told]).await;
        refused(other(), node("two"), &["invalid peer certificate: "]).await;
    }
    let foreign = Some(other.node("two", 4000, &own));
    refused(node("one"), foreign, &["invalid peer certificate: ", is_told]).await;
    // The other way round, the side that connects refuses.
    let expired = Some(own.node("one", 2021, &own));
    refused(
        expired,
        node("two"),
        &["TLS handshake failed: invalid peer certificate: certificate expired"],
    )
    .await;
    refused(node("one"), Some(other.node("two", 4000, &other)), &["a node is refused", refuses])
        .await;
    refused(node("one"), None, &["it does not speak TLS, as this node does"]).await;
    let texts =
        ["it speaks TLS, and this node does not", "a node without `Cluster::tls` ends it so"];
    refused(None, node("two"), &texts).await;
    // Their names are their addresses.
    let texts = ["its certificate is not that of the node `127.0.0.1:1`: invalid peer certificate"];
    refused(named("127.0.0.1"), node("two"), &texts).await;
    let texts =
        ["the TLS handshake failed: invalid peer certificate: certificate not valid for name"];
    refused(node("one"), named("127.0.0.1"), &texts).await;
}

#[tokio::test]
async fn fault_22_who_has_no_certificate_or_speaks_an_older_tls_is_refused() {
    let own = Authority::new();
    let refused = async |version: u8, text: &str| {
        let logged = Logged::above_debug();
        let _guard = tracing::subscriber::set_default(logged.clone());
        let node = first(Some(own.node("one", 4000, &own))).await;
        let address = node.cluster_address().expect("a node");
        let mut stream = TcpStream::connect(address).await.expect("the port is open");
        let mut answer = Vec::new();
        if version == 3 {
            let name = ServerName::try_from("one").expect("a name");
            let mut config = own.client(&[&TLS13]);
            config.alpn_protocols = vec![b"h2".to_vec()];
            let connector = TlsConnector::from(Arc::new(config));
            // The server looks for a certificate when the client has connected already.
            let mut stream = connector.connect(name, stream).await.expect("a server");
            let _ = stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
            let read = in_time("the end", stream.read_to_end(&mut answer)).await;
            assert!(read.is_err_and(|error| error.to_string().contains("alert")));
        } else {
            stream.write_all(&hello(version)).await.expect("the node reads");
            let _ = in_time("the end", stream.read_to_end(&mut answer)).await;
            assert_eq!(answer.first(), Some(&0x15), "an alert, and no more: {answer:?}");
        }
        assert!(answer.len() < 32, "nothing of HTTP/2 is told");
        warned(&logged, &[text]).await;
    };
    refused(3, "peer sent no certificates").await;
    refused(2, "nodes speak TLS 1.3").await;
}

/// A hello of a client that speaks up to this version of TLS 1, without any extension.
fn hello(version: u8) -> Vec<u8> {
    let mut hello = vec![3, version + 1];
    hello.extend([7; 32]);
    hello.push(0);
    hello.extend([0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0]);
    let length = u8::try_from(hello.len()).expect("it is short");
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    record
}

#[tokio::test]
async fn new_certificates_are_taken_without_a_restart() {
    let (old, new) = (Authority::new(), Authority::new());
    let write = |authority: &Authority, roots: String| {
        authority.sign("127.0.0.1");
        for name in ["cert.pem", "key.pem"] {
            let text = std::fs::read(authority.path(name)).expect("it was written");
            old.write(&format!("node-{name}"), text);
        }
        old.write("ca.pem", roots);
    };
    write(&old, old.root());
    let files = ["ca.pem", "node-cert.pem", "node-key.pem"].map(|name| old.path(name));
    let [authority, certificate, key] = files;
    let tls = NodeTls::files(authority, certificate, key);
    let one = first(Some(tls.clone())).await;
    let gate = second(&one, Some(old.node("two", 4000, &old))).await;
    linked(&gate).await;
    assert!(!tls.reload().await.expect("they are still good"), "nothing has changed");
    write(&new, old.root() + &new.root());
    assert!(tls.reload().await.expect("they are good"));
    linked(&gate).await;
    gate.shutdown().await;
    // It knows nothing of the old authority.
    let gate = second(&one, Some(new.node("two", 4000, &new))).await;
    linked(&gate).await;
    old.write("ca.pem", "none");
    assert!(tls.reload().await.is_err(), "the certificates stay");
    linked(&gate).await;
    gate.shutdown().await;
    one.shutdown().await;
}

/// The master takes five seconds to start.
#[tokio::test]
async fn a_node_joins_a_master_over_tls_as_itself_only() {
    let own = Authority::new();
    let node = |name: &str, as_name: &str| {
        let tls = own.node(as_name, 4000, &own).check_names();
        Cluster::bind("127.0.0.1:0").name(name).tls(tls)
    };
    // Others have the master's address, and know it by its name.
    let tls = own.node_with(&["master", "127.0.0.1"]).check_names();
    let master = Cluster::bind("127.0.0.1:0").name("master").tls(tls).master();
    let master = App::new().component(Desk).cluster(master).start().await.expect("it starts");
    let address = master.cluster_address().expect("a node").to_string();
    let gate = node("gate", "gate").join(address.clone());
    let gate = App::new().cluster(gate).start().await.expect("it is let in");
    linked(&gate).await;
    let other = App::new().cluster(node("gate-2", "gate").join(address)).start().await;
    let error = other.expect_err("it is another node");
    let causes = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(causes.contains("not that of the node `gate-2`"), "{causes}");
    gate.shutdown().await;
    master.shutdown().await;
}

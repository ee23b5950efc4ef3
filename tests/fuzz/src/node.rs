//! A node of a cluster, which is sent what a fuzzer makes up.

use std::time::Duration;

use bytes::Bytes;
use nano::testing::TestApp;
use nano::{App, Cluster};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::LIMIT;
use crate::payloads::Payloads;

/// The methods of a node, and of a master.
pub const LINK: &str = "/nano.cluster.v1.Node/Link";
pub const REGISTRY: &str = "/nano.registry.v1.Registry/Attend";

/// The name of the cluster.
const NAME: &str = "nano";

/// A node that is a master as well, and one with a list of members.
pub struct World {
    runtime: Runtime,
    member: TestApp,
    master: TestApp,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    pub fn new() -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .expect("a runtime needs no more than memory");
        let start = async |node: Cluster| {
            TestApp::start(App::new().component(Payloads).packet_limit(LIMIT).cluster(node)).await
        };
        let bind = || Cluster::bind("127.0.0.1:0").cluster_name(NAME);
        let (member, master) = runtime.block_on(async {
            let member = bind().number(1).member(2, "127.0.0.1:1");
            (start(member.behind_proxy()).await, start(bind().master()).await)
        });
        Self { runtime, member, master }
    }

    /// Calls a method with these bytes and nothing more. The node has to end the call, and to serve the next one.
    pub fn send(&self, method: &str, bytes: &[u8]) {
        let app = if method == LINK { &self.member } else { &self.master };
        self.runtime.block_on(async {
            let (client, connection) =
                h2::client::handshake(app.node_pipe()).await.expect("the node speaks HTTP/2");
            let driver = tokio::spawn(connection);
            let call = call(client, method, bytes);
            timeout(Duration::from_secs(60), call).await.expect("the node ends the call");
            driver.abort();
            // At least once: the node's end of the connection goes meanwhile, which would count as a leak when the process ends.
            let gone = async {
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    if app.server().sessions() == 0 {
                        break;
                    }
                }
            };
            timeout(Duration::from_secs(60), gone).await.expect("the sessions of a lost gate end");
        });
    }
}

async fn call(client: h2::client::SendRequest<Bytes>, method: &str, bytes: &[u8]) {
    let request = http::Request::post(format!("http://node{method}"))
        .header("content-type", "application/grpc")
        .body(())
        .expect("a request");
    let mut client = client.ready().await.expect("the first stream");
    let (answer, mut send) = client.send_request(request, false).expect("the first stream");
    // The node may have ended the stream before it has read everything.
    let _ = send.send_data(Bytes::copy_from_slice(bytes), true);
    if let Ok(mut answer) = answer.await {
        while let Some(Ok(data)) = answer.body_mut().data().await {
            let _ = answer.body_mut().flow_control().release_capacity(data.len());
        }
    }
}

/// The first messages of the node 2: its greeting, and no routes.
pub fn greeting() -> Vec<u8> {
    let mut hello = vec![0x08, 1, 0x10, 1, 0x1a, NAME.len() as u8];
    hello.extend(NAME.as_bytes());
    hello.extend([0x20, 2, 0x2a, 4]);
    hello.extend(b"json");
    let frame = [&[0x0a, hello.len() as u8][..], &hello].concat();
    [message(&frame), message(&[0x12, 0])].concat()
}

/// A message with its head.
pub fn message(body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("it is short");
    [&[0], &length.to_be_bytes()[..], body].concat()
}

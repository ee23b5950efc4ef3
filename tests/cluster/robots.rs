//! Many clients in memory, of a node in the same process.

use std::ops::Range;

use nano::client::Client;
use nano::{Json, Server};
use tokio::task::JoinSet;

/// The clients that begin at a time.
const AT_ONCE: i64 = 500;

/// The bytes that a connection holds in each direction.
const PIPE: usize = 8 * 1024;

/// Connects a client for each number, which asks with it. Returns when all have been answered.
pub(crate) async fn connect(
    server: &Server,
    route: &str,
    numbers: Range<i64>,
) -> Vec<Client<Json>> {
    let mut clients = Vec::new();
    let mut start = numbers.start;
    while start < numbers.end {
        let end = (start + AT_ONCE).min(numbers.end);
        let mut connecting = JoinSet::new();
        for number in start..end {
            let (near, far) = tokio::io::duplex(PIPE);
            server.serve(far);
            let route = route.to_owned();
            connecting.spawn(async move {
                let client = Client::builder().over(near).await.expect("the node takes it");
                let answer = client.request_with(&route, &number).await;
                answer.unwrap_or_else(|error| panic!("{route} {number}: {error:?}"));
                client
            });
        }
        clients.extend(connecting.join_all().await);
        start = end;
    }
    clients
}

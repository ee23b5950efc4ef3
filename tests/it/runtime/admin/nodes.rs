//! The nodes of a cluster on the admin page of one.

use nano::testing::TestApp;
use nano::{App, Cluster};
use serde_json::{Value, json};

use super::{Page, Shop};
use crate::promises::support::in_time;

#[tokio::test]
async fn the_nodes_of_a_cluster_are_listed_and_counted() {
    let master = Cluster::bind("127.0.0.1:0").master().name("first");
    let (master, page) = Page::of(App::new().component(Shop).cluster(master)).await;
    let address = master.server().cluster_address().expect("a node").to_string();
    let other = Cluster::bind("127.0.0.1:0").join(&address).name("second");
    let other = TestApp::start(App::new().cluster(other)).await;

    let listed = async {
        loop {
            let listed = page.json("/nodes").await;
            if listed["nodes"][1]["queued_bytes"] == json!(0) {
                return listed;
            }
        }
    };
    let listed = in_time("the link", listed).await;
    let (first, second) = (&listed["nodes"][0], &listed["nodes"][1]);
    assert_eq!(listed["nodes"].as_array().map(Vec::len), Some(2));
    assert_eq!((&first["name"], &first["own"]), (&json!("first"), &json!(true)));
    assert_eq!((&first["address"], &first["queued_bytes"]), (&json!(address), &Value::Null));
    assert_eq!(first["components"], json!(["shop"]));
    assert_eq!((&second["name"], &second["own"]), (&json!("second"), &json!(false)));
    assert_eq!((&second["draining"], &second["go"]), (&json!(false), &json!(false)));

    let gauges = |nodes: u32, links: u32| {
        let expected = [format!("nano_nodes {nodes}\n"), format!("nano_links {links}\n")];
        async move {
            while let metrics = page.get("/metrics").await
                && !expected.iter().all(|line| metrics.contains(line))
            {}
        }
    };
    in_time("the gauges", gauges(2, 1)).await;
    other.shutdown().await;
    in_time("the gauges", gauges(1, 0)).await;
    assert_eq!(page.json("/nodes").await["nodes"].as_array().map(Vec::len), Some(1));
}

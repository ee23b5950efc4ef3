//! Nodes whose registry does what the test says.

use std::sync::Arc;
use std::time::Duration;

use nano::{Admin, App, Asked, Cluster, Node, NodeState, Registry, RegistryError, Tcp, View};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::yield_now;
use tokio::time::{sleep, timeout};

use super::super::admin::ask;
use crate::promises::support::{Logged, in_time};

/// A registry of one node, and of what the test adds.
#[derive(Clone, Debug, Default)]
struct Office(Arc<Books>);

#[derive(Debug, Default)]
struct Books {
    /// What was asked for so far.
    joins: watch::Sender<Vec<Node>>,
    is_closed: watch::Sender<bool>,
    /// The view does not have those who join.
    is_blind: bool,
    /// Somebody waits for views.
    watched: Notify,
    renewed: watch::Sender<u32>,
    left: watch::Sender<Vec<u32>>,
    view: watch::Sender<View>,
}

impl Office {
    fn blind() -> Self {
        Self(Arc::new(Books { is_blind: true, ..Books::default() }))
    }

    fn node(&self) -> Cluster {
        Cluster::bind("127.0.0.1:0").name("own").registry(self.clone())
    }

    /// Shows these nodes and no others, which is the end of those that were there.
    fn show(&self, nodes: Vec<Node>) {
        self.0.view.send_modify(|view| *view = View::new(view.revision() + 1, nodes));
    }

    /// Returns what the node asked for when it did so for this time, counted from 1.
    async fn asked(&self, time: usize) -> Node {
        let mut joins = self.0.joins.subscribe();
        let joins = joins.wait_for(|joins| joins.len() >= time).await;
        joins.expect("a registry")[time - 1].clone()
    }

    fn count(&self) -> usize {
        self.0.joins.borrow().len()
    }

    /// Waits until the node with this number is in the cluster.
    async fn is_in(&self, number: u32) {
        let mut renewed = self.0.renewed.subscribe();
        let renewed = renewed.wait_for(|renewed| *renewed == number);
        renewed.await.expect("a registry");
    }
}

impl Registry for Office {
    fn join<'a>(&'a self, node: &'a Node, _: u32) -> Asked<'a, u32> {
        Box::pin(async move {
            self.0.joins.send_modify(|joins| joins.push(node.clone()));
            let mut is_closed = self.0.is_closed.subscribe();
            is_closed.wait_for(|is_closed| !is_closed).await.expect("a registry");
            let number = u32::try_from(self.count()).expect("a few") * 10;
            if !self.0.is_blind {
                self.show(vec![node.clone().with_number(number)]);
            }
            Ok(number)
        })
    }

    fn renew(&self, number: u32) -> Asked<'_, ()> {
        self.0.renewed.send_replace(number);
        let is_there = self.0.view.borrow().node(number).is_some();
        Box::pin(async move { if is_there { Ok(()) } else { Err(RegistryError::Gone) } })
    }

    fn update(&self, _: u32, _: NodeState) -> Asked<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn leave(&self, number: u32) -> Asked<'_, ()> {
        self.0.left.send_modify(|left| left.push(number));
        Box::pin(async { Ok(()) })
    }

    fn report_gone(&self, _: u32) -> Asked<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn views(&self) -> watch::Receiver<View> {
        self.0.watched.notify_one();
        self.0.view.subscribe()
    }
}

#[tokio::test]
async fn a_start_that_is_dropped_while_it_joins_leaves_no_port_open() {
    let office = Office::default();
    office.0.is_closed.send_replace(true);
    let asked = tokio::select! {
        started = App::new().cluster(office.node()).start() => panic!("{started:?}"),
        asked = office.asked(1) => asked,
    };
    let freed = async {
        while TcpListener::bind(asked.address()).await.is_err() {
            yield_now().await;
        }
    };
    in_time("the port", freed).await;
}

#[tokio::test]
async fn a_start_that_is_dropped_when_it_has_joined_leaves_the_cluster() {
    let office = Office::blind();
    tokio::select! {
        started = App::new().cluster(office.node()).start() => panic!("{started:?}"),
        () = office.0.watched.notified() => {}
    }
    let mut left = office.0.left.subscribe();
    let left = in_time("the node", left.wait_for(|left| !left.is_empty())).await;
    assert_eq!(*left.expect("a registry"), [10]);
}

#[tokio::test]
async fn a_node_tells_the_others_if_it_takes_clients() {
    for (listens, says_so) in [(false, false), (true, false), (false, true)] {
        let office = Office::default();
        let node = if says_so { office.node().gate() } else { office.node() };
        let app = App::new().cluster(node);
        let app = if listens { app.listen(Tcp::bind("127.0.0.1:0")) } else { app };
        let server = app.start().await.expect("it starts");
        assert_eq!(office.asked(1).await.is_gate(), listens || says_so);
        server.shutdown().await;
    }
}

#[tokio::test]
async fn a_node_that_is_no_member_is_not_ready() {
    let office = Office::default();
    let app = App::new().admin(Admin::bind("127.0.0.1:0").token("a-token-of-a-test"));
    let server = app.cluster(office.node()).start().await.expect("it starts");
    let page = server.admin_address().expect("an address");
    let ready = async || ask(page, "GET /readyz HTTP/1.1\r\nHost: any", "").await.0;
    assert_eq!((server.is_ready(), ready().await), (true, 200));
    office.is_in(10).await;
    office.0.is_closed.send_replace(true);
    office.show(Vec::new());
    in_time("an attempt to join", office.asked(2)).await;
    assert_eq!((server.is_ready(), ready().await), (false, 503));
    office.0.is_closed.send_replace(false);
    let back = async { while ready().await != 200 {} };
    in_time("the node", back).await;
    server.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn fault_09_two_nodes_at_one_address_do_not_take_turns() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let office = Office::default();
    let server = App::new().cluster(office.node()).start().await.expect("it starts");
    let address = server.cluster_address().expect("a node").to_string();
    office.is_in(10).await;
    office.show(vec![Node::new(11, "rival", address)]);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(office.count(), 1, "the other one is left alone");
    let is_told = |line: &String| line.contains("rival") && line.contains("own");
    assert!(logged.of("ERROR").iter().any(is_told), "{:#?}", logged.of("ERROR"));
    // It need not wait for one that has gone.
    office.show(Vec::new());
    in_time("the node", office.is_in(20)).await;
    assert_eq!(office.count(), 2);
    server.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_given_up_again_and_again_joins_less_and_less_often() {
    let office = Office::default();
    let server = App::new().cluster(office.node()).start().await.expect("it starts");
    let fences = async {
        while office.count() < 30 {
            office.is_in(u32::try_from(office.count()).expect("a few") * 10).await;
            office.show(Vec::new());
            office.asked(office.count() + 1).await;
        }
    };
    let fenced = timeout(Duration::from_secs(60), fences).await;
    assert!(fenced.is_err() && office.count() < 10, "{} times", office.count());
    server.shutdown().await;
}

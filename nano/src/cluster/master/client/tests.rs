//! The way to a master, in a simulated network.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::io::{copy_bidirectional, duplex};
use tokio::time::{Instant, sleep};
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};
use turmoil::net::TcpListener;

use super::super::messages::{Ask, Told, registry_server};
use super::super::{Master, Service};
use super::{Away, PATIENCE};
use crate::Node;
use crate::cluster::claims::{Claim, ClaimKind, ClaimRule, Claimed, Holder};
use crate::cluster::registry::{Registry, RegistryError};
use crate::log::Log;
use crate::testing::assert_registry;

/// A master that takes streams and says nothing.
struct Mute;

#[tonic::async_trait]
impl registry_server::Registry for Mute {
    type AttendStream = Pin<Box<dyn Stream<Item = Result<Told, Status>> + Send>>;

    async fn attend(
        &self,
        request: Request<Streaming<Ask>>,
    ) -> Result<Response<Self::AttendStream>, Status> {
        let asks = request.into_inner();
        let silent = asks.filter_map(|_| std::future::ready(None));
        Ok(Response::new(silent.boxed()))
    }
}

async fn serve(service: impl registry_server::Registry) -> turmoil::Result {
    let listener = TcpListener::bind("0.0.0.0:7800").await?;
    let connections = stream::unfold(listener, |listener| async {
        let (mut connection, _) = listener.accept().await.ok()?;
        let (near, mut far) = duplex(4096);
        tokio::spawn(async move {
            // The node has gone.
            let _ = copy_bidirectional(&mut connection, &mut far).await;
        });
        Some((Ok::<_, io::Error>(near), listener))
    });
    let server = Server::builder().add_service(registry_server::RegistryServer::new(service));
    Ok(server.serve_with_incoming(connections).await?)
}

fn away() -> Away {
    Away::new("master:7800".to_owned(), "nano".to_owned(), None)
}

/// A master that is part of no node of the cluster.
async fn serve_master() -> turmoil::Result {
    let (master, log) = (Master::new(), Arc::<Log>::default());
    master.with(|tables, _| tables.is_part_of(1));
    let (end, tasks) = Default::default();
    let service = Service { master: master.clone(), cluster: "nano".to_owned(), log, end, tasks };
    tokio::select! {
        () = master.run() => Ok(()),
        served = serve(service) => served,
    }
}

#[test]
fn a_master_keeps_what_a_registry_promises_to_other_nodes() {
    let mut sim = turmoil::Builder::new().simulation_duration(Duration::from_secs(120)).build();
    sim.host("master", serve_master);
    sim.client("nodes", async {
        assert_registry(|| Arc::new(away())).await;
        Ok(())
    });
    sim.run().expect("it keeps all");
}

#[test]
fn a_master_that_does_not_answer_holds_nobody_up() {
    let mut sim = turmoil::Builder::new().simulation_duration(PATIENCE * 4).build();
    sim.host("master", || serve(Mute));
    sim.client("node", async {
        let away = away();
        *away.joined() = Some(Node::new(7, "seven", "seven:7800"));
        for _ in 0..2 {
            let start = Instant::now();
            let error = away.renew(7).await.expect_err("no answer");
            assert!(
                matches!(&error, RegistryError::Away(text) if text.contains("does not answer"))
            );
            assert!(start.elapsed() < PATIENCE * 3 / 2, "{:?}", start.elapsed());
        }
        Ok(())
    });
    sim.run().expect("the node is answered");
}

#[test]
fn a_claim_that_waited_while_the_node_joined_anew_is_not_made_under_the_new_number() {
    let mut sim = turmoil::Builder::new().simulation_duration(Duration::from_secs(60)).build();
    sim.host("master", serve_master);
    sim.client("node", async {
        let away = away();
        let number = away.join(&Node::new(0, "seven", "seven:7800"), 0).await?;
        let claim = |node| Claim::new(ClaimKind::Room, "inn", Holder::new(node, 5));
        let claimed = away.claim(&claim(number - 1), ClaimRule::Refuse).await;
        assert!(matches!(claimed, Err(RegistryError::Gone)), "{claimed:?}");
        assert_eq!(away.find(ClaimKind::Room, "inn").await, Ok(None));
        let claimed = away.claim(&claim(number), ClaimRule::Refuse).await;
        assert_eq!(claimed, Ok(Claimed::Granted));
        Ok(())
    });
    sim.run().expect("the node is answered");
}

#[test]
fn a_master_that_was_restarted_hears_of_a_number_whose_node_is_gone() {
    let mut sim = turmoil::Builder::new().simulation_duration(Duration::from_secs(60)).build();
    sim.host("master", serve_master);
    let restart = Arc::new(AtomicBool::new(false));
    let asked = restart.clone();
    sim.client("nodes", async move {
        let (one, two) = (away(), away());
        let mut views = one.views();
        let first = one.join(&Node::new(0, "one", "one:7800"), 0).await?;
        let second = two.join(&Node::new(0, "two", "two:7800"), 0).await?;
        views.wait_for(|view| view.node(second).is_some()).await?;
        two.leave(second).await?;
        views.wait_for(|view| view.node(second).is_none()).await?;
        asked.store(true, Ordering::Relaxed);
        while asked.load(Ordering::Relaxed) || one.renew(first).await.is_err() {
            sleep(Duration::from_millis(100)).await;
        }
        let third = away().join(&Node::new(0, "three", "three:7800"), 0).await?;
        assert!(third > second, "{third} after {second}");
        Ok(())
    });
    while !sim.step().expect("the nodes are let in") {
        if restart.swap(false, Ordering::Relaxed) {
            sim.bounce("master");
        }
    }
}

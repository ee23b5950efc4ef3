//! This node as the master of nodes of Go nano: it tells each of them of the others, and never waits for one of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tonic::service::interceptor::InterceptedService;
use tonic::{Request, Response, Status};

use super::client::{Client, Failed, is_answered};
use super::guard::Guard;
use super::hub::Hub;
use super::roster::{Full, News, Roster};
use super::wire::{
    HeartbeatRequest, HeartbeatResponse, Info, LARGEST_INFO, RegisterRequest, RegisterResponse,
    UnregisterRequest, UnregisterResponse, master_server,
};
use crate::cluster::node::Node;
use crate::error::shown;

/// The intervals of heartbeats after which a silent node is given up.
const SILENT: u32 = 4;

/// The time after which a node that was told nothing is asked for a sign of life, which may fail once.
const QUIET: Duration = Duration::from_secs(2);
const FAILURES: u32 = 2;

/// The refused connections that prove that a process is gone, and the time from one to the next.
const REFUSALS: u32 = 3;
const BETWEEN: Duration = Duration::from_millis(300);

/// The times between two attempts to tell a node something.
const FIRST_WAIT: Duration = Duration::from_millis(300);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The bytes of a message beside a `MemberInfo`.
const LARGEST_HEAD: usize = 1024;

/// The master of nodes of Go nano.
#[derive(Clone)]
pub(in crate::cluster) struct Master {
    node: Arc<Node>,
    hub: Arc<Hub>,
    /// The address of this node.
    own: Arc<str>,
    roster: Arc<Mutex<Roster>>,
    changes: watch::Sender<u64>,
}

pub(in crate::cluster) type Service =
    InterceptedService<master_server::MasterServer<Master>, Guard>;

/// Returns the service that nodes of Go nano register at.
pub(in crate::cluster) fn service(node: &Arc<Node>, hub: &Arc<Hub>) -> Service {
    let master = Master {
        node: node.clone(),
        hub: hub.clone(),
        own: node.record().address().into(),
        roster: Arc::default(),
        changes: watch::Sender::new(0),
    };
    let guard = Guard { hub: hub.clone(), log: node.log.clone() };
    let server = master_server::MasterServer::new(master)
        .max_decoding_message_size(LARGEST_INFO + LARGEST_HEAD);
    InterceptedService::new(server, guard)
}

impl Master {
    fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Reads what a node tells of itself.
    fn read(&self, info: bytes::Bytes) -> Result<Info, Status> {
        let info = Info::parse(info).map_err(Status::invalid_argument)?;
        if info.address == *self.own {
            let address = &info.address;
            return Err(Status::invalid_argument(format!(
                "{address} is the address of the master"
            )));
        }
        self.hub.check(&info).map_err(Status::invalid_argument)?;
        Ok(info)
    }

    /// Lets a node that came be known here, and be told of the others.
    fn attend(&self, info: Info, start: u64) {
        let address = info.address.clone();
        self.hub.members.put(info);
        self.changed();
        let (master, end) = (self.clone(), self.node.end.clone());
        self.node.tasks.spawn(async move {
            tokio::select! {
                () = end.cancelled() => {}
                () = master.follow(&address, start) => {}
            }
        });
    }

    /// Tells a node the news, until it leaves or is given up.
    async fn follow(&self, address: &str, start: u64) {
        let Ok(mut client) = Client::new(self.hub.clone(), address) else { return };
        let mut changes = self.changes.subscribe();
        let (mut refusals, mut failures, mut wait) = (0, 0, FIRST_WAIT);
        loop {
            let Some(beaten) = self.roster().beaten(address, start) else { return };
            let silence = self.hub.settings.heartbeat * SILENT;
            if refusals >= REFUSALS
                || failures >= FAILURES
                || beaten.is_some_and(|beaten| beaten.elapsed() >= silence)
            {
                // It may have been registered anew in this moment.
                if self.roster().give_up(address, start, Instant::now()) {
                    self.hub.members.remove(address);
                    self.changed();
                }
                return;
            }
            changes.mark_unchanged();
            let news = self.roster().news(address);
            let outcome = match &news {
                Some(News::Joined { info, .. }) => client.clone().new_member(info.clone()).await,
                Some(News::Left { address }) => client.clone().del_member(address.clone()).await,
                None => match timeout(QUIET, changes.changed()).await {
                    Ok(_) => continue,
                    Err(_) => client.clone().probe().await,
                },
            };
            match &outcome {
                Err(Failed::Unreached { is_refused: true }) => refusals += 1,
                Ok(()) | Err(Failed::Refused(_)) => (refusals, failures) = (0, 0),
                Err(_) => {
                    // The connection may be dead, and not know it.
                    client = client.anew();
                    // It may live, and take long for the news: only a probe tells.
                    if news.is_some() && is_answered(&client.clone().probe().await) {
                        (refusals, failures) = (0, 0);
                    } else {
                        failures += 1;
                    }
                }
            }
            match (&news, outcome) {
                (Some(news), Ok(())) => {
                    self.roster().told(address, start, news);
                    wait = FIRST_WAIT;
                }
                (_, Err(Failed::Unreached { is_refused: true })) => sleep(BETWEEN).await,
                (Some(_), Err(failed)) => {
                    tracing::debug!(address, ?failed, "a node is told of others later");
                    sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                (None, _) => {}
            }
        }
    }
}

#[tonic::async_trait]
impl master_server::Master for Master {
    async fn register(
        &self,
        call: Request<RegisterRequest>,
    ) -> Result<Response<RegisterResponse>, Status> {
        let info = self.read(call.into_inner().member_info)?;
        let registered = self.roster().register(info.clone());
        let (start, others) = registered.map_err(full)?;
        self.attend(info, start);
        let own = Info::of(&self.node.record()).bytes;
        let members = std::iter::once(own).chain(others).collect();
        Ok(Response::new(RegisterResponse { members }))
    }

    async fn heartbeat(
        &self,
        call: Request<HeartbeatRequest>,
    ) -> Result<Response<HeartbeatResponse>, Status> {
        let info = self.read(call.into_inner().member_info)?;
        let returned = self.roster().heartbeat(info.clone(), Instant::now()).map_err(full)?;
        if let Some(start) = returned {
            self.attend(info, start);
        }
        Ok(Response::new(HeartbeatResponse {}))
    }

    async fn unregister(
        &self,
        call: Request<UnregisterRequest>,
    ) -> Result<Response<UnregisterResponse>, Status> {
        let address = call.into_inner().service_addr;
        let is_there = self.roster().unregister(&address);
        if !is_there {
            let text = format!("address {} has not registered", shown(&address));
            return Err(Status::not_found(text));
        }
        self.hub.members.remove(&address);
        self.changed();
        Ok(Response::new(UnregisterResponse {}))
    }
}

fn full(_: Full) -> Status {
    Status::resource_exhausted("there are as many nodes as there may be")
}

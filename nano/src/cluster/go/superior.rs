//! The master of a node, as it is called by Go nano's protocol.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;
use tonic::transport::Channel;
use tonic::{Code, Response, Status};

use super::hub::Hub;
use super::wire::{
    HeartbeatRequest, Info, LARGEST_LIST, RegisterRequest, UnregisterRequest, master_client,
};
use crate::cluster::sockets::{CALL, Callee};

/// The time for a registration: a master of Go nano tells all other members of it before it answers.
const REGISTER: Duration = Duration::from_secs(10);

/// The master.
#[derive(Clone)]
pub(super) struct Superior {
    callee: Callee,
    hub: Arc<Hub>,
    client: master_client::MasterClient<Channel>,
}

/// The answer of a master to a heartbeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    Noted,
    /// It knows no heartbeats, and has not looked whether this node is registered: Go nano 0.5.0. Later commits do.
    Unknown,
}

impl Superior {
    /// The master at an address.
    ///
    /// # Errors
    ///
    /// The fault of the address, as a text.
    pub(super) fn new(hub: Arc<Hub>, address: &str) -> Result<Self, String> {
        let callee = Callee::new(address)
            .map_err(|error| format!("{address} is no address of a master: {error}"))?;
        Ok(Self::of(hub, callee))
    }

    fn of(hub: Arc<Hub>, callee: Callee) -> Self {
        let client = master_client::MasterClient::new(callee.channel())
            .max_decoding_message_size(LARGEST_LIST);
        Self { callee, hub, client }
    }

    /// The same master over another connection.
    pub(super) fn anew(&self) -> Self {
        Self::of(self.hub.clone(), self.callee.clone())
    }

    /// Returns the number of connections that were made to it.
    pub(super) fn connections(&self) -> usize {
        self.callee.connections()
    }

    /// Registers this node, and returns the others.
    ///
    /// # Errors
    ///
    /// The reason, as a text with the address of the master.
    pub(super) async fn register(&self, own: &Info) -> Result<Vec<Info>, String> {
        let call = self.hub.call(RegisterRequest { member_info: own.bytes.clone() });
        let mut client = self.client.clone();
        let answer = self.answer(REGISTER, client.register(call)).await?;
        let infos = answer.members.into_iter().filter_map(|bytes| {
            let info = Info::parse(bytes).and_then(|info| self.hub.check(&info).map(|()| info));
            // It must not keep this node from the others.
            info.inspect_err(|fault| tracing::debug!(fault, "a member is left out")).ok()
        });
        Ok(infos.filter(|info| info.address != own.address).collect())
    }

    pub(super) async fn heartbeat(&self, own: Bytes) -> Result<Beat, String> {
        let call = self.hub.call(HeartbeatRequest { member_info: own });
        let mut client = self.client.clone();
        let beaten = async {
            match client.heartbeat(call).await {
                Ok(_) => Ok(Response::new(Beat::Noted)),
                Err(status) if status.code() == Code::Unimplemented => {
                    Ok(Response::new(Beat::Unknown))
                }
                Err(status) => Err(status),
            }
        };
        self.answer(CALL, beaten).await
    }

    pub(super) async fn unregister(&self, address: &str) -> Result<(), String> {
        let call = self.hub.call(UnregisterRequest { service_addr: address.to_owned() });
        self.answer(CALL, self.client.clone().unregister(call)).await.map(drop)
    }

    async fn answer<T>(
        &self,
        time: Duration,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, String> {
        let address = self.callee.address();
        match timeout(time, call).await {
            Ok(Ok(answer)) => Ok(answer.into_inner()),
            // Its text names the member that it cannot reach.
            Ok(Err(status)) => {
                let text: String = status.message().chars().take(256).collect();
                Err(format!(
                    "the master at {address} says {}: {}",
                    status.code(),
                    text.escape_debug()
                ))
            }
            Err(_) => Err(format!("the master at {address} has not answered for {time:?}")),
        }
    }
}

impl fmt::Debug for Superior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Superior").field("callee", &self.callee).finish_non_exhaustive()
    }
}

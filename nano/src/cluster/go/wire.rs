//! The messages of Go nano's protocol, and what a node tells of itself in them.

use std::net::IpAddr;

use bytes::Bytes;
use prost::Message;
use tonic::codegen::http::uri::Authority;

pub(super) use crate::proto::clusterpb::{
    CloseSessionRequest, CloseSessionResponse, DelMemberRequest, DelMemberResponse,
    HeartbeatRequest, HeartbeatResponse, MemberHandleResponse, MemberInfo, Native,
    NewMemberRequest, NewMemberResponse, NotifyMessage, PushMessage, RegisterRequest,
    RegisterResponse, RequestMessage, ResponseMessage, SessionClosedRequest, SessionClosedResponse,
    UnregisterRequest, UnregisterResponse, master_client, master_server, member_client,
    member_server,
};

use crate::Node;
use crate::cluster::config::LARGEST_NUMBER;
use crate::cluster::protocol::PROTOCOLS;
use crate::error::shown;

/// The longest label and address of a node, and name of a component. A route of a component needs two bytes more.
pub(super) const LONGEST_TEXT: usize = 253;

/// The most components of a node.
const MOST_SERVICES: usize = 1024;

/// The most bytes of what a node tells of itself, what this node does not know of it included.
pub(super) const LARGEST_INFO: usize = 64 * 1024;

/// The most nodes that are known by the protocol, the node itself left out.
pub(super) const MOST_MEMBERS: usize = 256;

/// The largest message of a master: all nodes.
pub(super) const LARGEST_LIST: usize = MOST_MEMBERS * (LARGEST_INFO + 8);

/// What a node tells of itself.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Info {
    /// As it came, to be passed on.
    pub(super) bytes: Bytes,
    pub(super) label: String,
    pub(super) address: String,
    pub(super) services: Vec<String>,
    /// What only nodes tell that have links to one another.
    pub(super) native: Option<Native>,
}

impl Info {
    /// Reads what a node tells of itself.
    ///
    /// # Errors
    ///
    /// Its fault, as a text for the log and for the node.
    pub(super) fn parse(bytes: Bytes) -> Result<Self, String> {
        if bytes.is_empty() {
            return Err("the message has no memberInfo".to_owned());
        }
        if bytes.len() > LARGEST_INFO {
            let len = bytes.len();
            return Err(format!("the memberInfo has {len} bytes; {LARGEST_INFO} are allowed"));
        }
        let info = MemberInfo::decode(bytes.clone())
            .map_err(|_| "the memberInfo cannot be read".to_owned())?;
        let MemberInfo { label, service_addr: address, services, native } = info;
        check_address(&address)?;
        let fits = |text: &String| text.len() <= LONGEST_TEXT;
        if !fits(&label) {
            return Err(format!("the label of {address} has {} bytes", label.len()));
        }
        if services.len() > MOST_SERVICES {
            let many = services.len();
            return Err(format!("{address} has {many} services; {MOST_SERVICES} are allowed"));
        }
        if let Some(bad) = services.iter().find(|name| name.is_empty() || !fits(name)) {
            let (bad, len) = (shown(bad), bad.len());
            return Err(format!("the service `{bad}` of {address} has {len} bytes"));
        }
        if let Some(Native { number, .. }) = &native
            && !(1..=LARGEST_NUMBER).contains(number)
        {
            return Err(format!("the number of {address} is {number}"));
        }
        Ok(Self { bytes, label, address, services, native })
    }

    /// What this node tells of itself.
    pub(super) fn of(node: &Node) -> Self {
        let native = Native {
            number: node.number(),
            protocol_min: *PROTOCOLS.start(),
            protocol_max: *PROTOCOLS.end(),
            gate: node.is_gate(),
            state: crate::proto::clusterpb::State::Serving.into(),
        };
        let (label, address) = (node.name().to_owned(), node.address().to_owned());
        let services: Vec<String> = node.components().map(str::to_owned).collect();
        let info = MemberInfo {
            label: label.clone(),
            service_addr: address.clone(),
            services: services.clone(),
            native: Some(native),
        };
        let bytes = info.encode_to_vec().into();
        Self { bytes, label, address, services, native: Some(native) }
    }

    /// Its label, or its address where it has none.
    pub(super) fn name(&self) -> &str {
        if self.label.is_empty() { &self.address } else { &self.label }
    }

    /// The host of its address, if that is a number.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        ip_of(&self.address)
    }
}

/// The host of an address, if that is a number.
pub(super) fn ip_of(address: &str) -> Option<IpAddr> {
    let (host, _) = address.rsplit_once(':')?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Checks that a text is an address that can be connected to.
///
/// # Errors
///
/// The fault.
pub(super) fn check_address(address: &str) -> Result<(), String> {
    let is_address = address.len() <= LONGEST_TEXT
        && !address.contains('@')
        && address.parse::<Authority>().is_ok_and(|parsed| {
            !parsed.host().is_empty() && parsed.port_u16().is_some_and(|port| port > 0)
        });
    match is_address {
        true => Ok(()),
        false => Err(format!("`{}` is no address of a node, which is `host:port`", shown(address))),
    }
}

#[cfg(test)]
mod tests;

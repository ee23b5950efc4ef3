//! The check of those who call by Go nano's protocol, before their messages are read.

use std::net::IpAddr;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::hub::Hub;
use crate::cluster::strangers::Pass;
use crate::log::{Log, limited};

/// The check of each call.
#[derive(Clone, Debug)]
pub(in crate::cluster) struct Guard {
    pub(super) hub: Arc<Hub>,
    pub(super) log: Arc<Log>,
}

/// The address of a caller that is trusted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub(super) IpAddr);

impl Interceptor for Guard {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let pass = request.extensions().get::<Arc<Pass>>().cloned();
        let peer = pass.as_ref().and_then(|pass| pass.peer());
        let reason = match peer {
            Some(peer) if !self.hub.settings.trusts(peer.ip()) => "it is not of a trusted network",
            Some(peer) if self.has_token(&request) => {
                if let Some(pass) = pass {
                    pass.let_in();
                }
                request.extensions_mut().insert(Caller(peer.ip().to_canonical()));
                return Ok(request);
            }
            Some(_) => "it has not the token",
            None => "its address is not known",
        };
        limited!(self.log, GoCallRefused, ?peer, reason);
        Err(Status::permission_denied("the caller is not trusted"))
    }
}

impl Guard {
    fn has_token(&self, request: &Request<()>) -> bool {
        let Some(token) = &self.hub.settings.token else { return true };
        let given =
            request.metadata().get("authorization").map_or(&[][..], |value| value.as_bytes());
        let given = given.strip_prefix(b"Bearer ").unwrap_or_default();
        given.ct_eq(token.as_bytes()).into()
    }
}

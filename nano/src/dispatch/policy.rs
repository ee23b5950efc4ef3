//! The checks of a route's policy, before a message is read.

use rustc_hash::FxHashMap;

use crate::log::limited;
use crate::rate::Limiter;
use crate::routes::RouteHandler;
use crate::session::Session;
use crate::{Error, ErrorKind, Result};

/// The state of one session that policies are checked with.
#[derive(Debug, Default)]
pub(super) struct Checks {
    /// The limiters of the routes that it has called, of those with a rate. Few sessions have any.
    limiters: Option<Box<FxHashMap<&'static str, Limiter>>>,
    /// It is bound to a user, and stays so.
    has_user: bool,
}

impl Checks {
    /// Checks a message of `size` bytes to a route.
    ///
    /// # Errors
    ///
    /// The violation of the policy, which has been logged.
    pub(super) fn check(
        &mut self,
        session: &Session,
        handler: &RouteHandler,
        size: usize,
    ) -> Result<()> {
        let (route, policy) = (handler.info.name(), handler.info.policy());
        let log = &session.wire().log;
        if handler.needs_user() && !self.has_user {
            self.has_user = session.has_user();
            if !self.has_user {
                limited!(log, Unbound, session = %session.id(), route);
                let message = format!("`{route}` is for sessions that are bound to a user");
                return Err(Error::new(ErrorKind::NotBound, message));
            }
        }
        if let Some(rate) = policy.rate() {
            let limiters = self.limiters.get_or_insert_default();
            let limiter = limiters.entry(route).or_insert_with(|| Limiter::new(rate));
            if !limiter.allows() {
                limited!(log, RateExceeded, session = %session.id(), route, %rate);
                let message = format!("`{route}` takes {rate} from one session");
                return Err(Error::new(ErrorKind::RateLimited, message));
            }
        }
        if let Some(max) = policy.max_body().filter(|max| size > *max) {
            limited!(log, BodyTooLarge, session = %session.id(), route, bytes = size, max_body = max);
            let message = format!("`{route}` takes {max} bytes, and got {size}");
            return Err(Error::new(ErrorKind::BodyTooLarge, message));
        }
        Ok(())
    }
}

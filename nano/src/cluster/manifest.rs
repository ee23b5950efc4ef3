//! The routes of a node, as other nodes are told them.

use std::time::Duration;

use super::frames::{Manifest, ManifestRoute, Rate};
use super::names::lasting;
use crate::component::{Policy, RouteInfo, RouteKind};
use crate::error::shown;
use crate::routes::RouteTable;
use crate::wire::Dictionary;

/// The most routes of one manifest, and the longest name: more have no place in a dictionary.
const MOST: usize = 65_535;
const LONGEST_NAME: usize = 255;

/// The shortest and the longest time of a handler that a peer can ask for, in milliseconds.
const TIMES: std::ops::RangeInclusive<u64> = 1..=366 * 24 * 60 * 60 * 1000;

impl Manifest {
    /// The routes of this node, with the codes that it keeps for them; `timeout` is that of handlers which set none.
    pub(super) fn of(routes: &RouteTable, dictionary: &Dictionary, timeout: Duration) -> Self {
        let routes = routes.handlers().map(|handler| {
            let (info, policy) = (&handler.info, handler.info.policy());
            let timeout = policy.timeout().unwrap_or(timeout).as_millis();
            ManifestRoute {
                name: info.name().to_owned(),
                request: info.kind() == RouteKind::Request,
                concurrent: info.is_concurrent(),
                needs_user: handler.needs_user(),
                guest: policy.is_guest(),
                timeout: u64::try_from(timeout).unwrap_or(u64::MAX),
                rate: policy.rate().map(|rate| {
                    let (count, period, burst) = rate.numbers();
                    Rate { count, period, burst }
                }),
                max_body: policy.max_body().map(|bytes| bytes as u64),
                internal: info.is_internal(),
                needs_session: handler.needs_session(),
                code: dictionary.kept_code(info.name()).map_or(0, u32::from),
            }
        });
        Self { routes: routes.collect() }
    }

    /// The fault of a peer's manifest.
    pub(super) fn fault(&self) -> Option<String> {
        if self.routes.len() > MOST {
            return Some(format!(
                "its manifest has {} routes; {MOST} are allowed",
                self.routes.len()
            ));
        }
        let is_bad = |route: &&ManifestRoute| {
            let name = &route.name;
            name.is_empty() || name.len() > LONGEST_NAME || route.info().is_none()
        };
        let bad = self.routes.iter().find(is_bad)?;
        let shown = shown(&bad.name);
        Some(format!("its route `{shown}` has a name, a timeout or a rate that cannot be"))
    }
}

/// The name of the route that stands for all routes of a component.
pub(super) const ANY: &str = "*";

impl ManifestRoute {
    /// All routes of a component of a node that does not tell them.
    pub(super) fn any(component: &str, timeout: Duration) -> Self {
        Self {
            name: format!("{component}.{ANY}"),
            request: true,
            needs_session: true,
            timeout: u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX).max(1),
            ..Self::default()
        }
    }

    /// What this node knows of the route; `None` when it makes no sense.
    pub(super) fn info(&self) -> Option<RouteInfo> {
        let mut policy = Policy::new().timeout(self.timeout()?).guest(self.guest);
        if let Some(Rate { count, period, burst }) = self.rate {
            policy = policy.rate(crate::Rate::checked(count, period, burst)?);
        }
        if let Some(max) = self.max_body {
            policy = policy.max_body(usize::try_from(max).ok()?);
        }
        let kind = if self.request { RouteKind::Request } else { RouteKind::Notify };
        let name = lasting(&self.name)?;
        Some(RouteInfo::elsewhere(name, kind, self.concurrent, policy.in_force()))
    }

    /// The time of the handler.
    pub(super) fn timeout(&self) -> Option<Duration> {
        TIMES.contains(&self.timeout).then(|| Duration::from_millis(self.timeout))
    }
}

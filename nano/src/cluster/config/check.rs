//! The checks of a node's settings.

use std::net::SocketAddr;

use super::{Cluster, Fixed, LARGEST_NUMBER, Members};
use crate::DuplicateLogin;

impl Cluster {
    /// Reports what cannot work.
    pub(crate) fn check(&self, problems: &mut Vec<String>) {
        problems.extend(self.faults.iter().map(|fault| format!("cluster: {fault}")));
        match &self.members {
            Members::None => problems.push(
                "cluster: nothing says who is a node: `.master()`, `.join(address)`, or `.number(..)` and a list of \
                 `.member(..)`"
                    .to_owned(),
            ),
            Members::Fixed(fixed) => fixed.check(problems),
            Members::Master | Members::Join(_) | Members::JoinGo(_) | Members::Registry(_) => {}
        }
        if let Some(go) = &self.go {
            go.check(problems);
            if self.tls.is_some() {
                problems.push(
                    "cluster: nodes of Go nano speak no TLS, and reach no node with `.tls(..)`: `.go_nano(..)` and `.tls(..)` \
                     cannot both be given"
                        .to_owned(),
                );
            }
            if let Members::Fixed(_) | Members::Registry(_) = self.members {
                problems.push(
                    "cluster: nodes of Go nano register at a master: `.go_nano(..)` takes `.master()`, \
                     `.join(address)`, or `GoNano::master(address)`"
                        .to_owned(),
                );
            }
        }
        let names =
            [("its name", Some(&self.cluster)), ("the name of the node", self.name.as_ref())];
        let texts = names.into_iter().chain([("the advertised address", self.advertised.as_ref())]);
        for (what, text) in texts.filter_map(|(what, text)| Some((what, text?))) {
            if text.is_empty() || text.len() > 255 {
                problems.push(format!("cluster: {what} has {} bytes; 1 to 255 fit", text.len()));
            }
        }
    }

    /// Reports that the cluster has to decide whose a user is, and cannot.
    pub(crate) fn check_users(&self, policy: DuplicateLogin, problems: &mut Vec<String>) {
        let keeps_claims = match &self.members {
            Members::None | Members::Master | Members::Join(_) => true,
            Members::Fixed(_) | Members::JoinGo(_) => false,
            Members::Registry(registry) => registry.keeps_claims(),
        };
        if policy != DuplicateLogin::Keep && !keeps_claims {
            problems.push(format!(
                "cluster: `duplicate_login({policy:?})` needs a registry that keeps claims, and {} keeps none: `.master()` \
                 and `.join(..)` do",
                self.members.describe()
            ));
        }
    }

    /// The fault of an address that was bound.
    pub(in crate::cluster) fn address_fault(&self, bound: SocketAddr) -> Option<String> {
        if !self.is_trusted && self.tls.is_none() && !bound.ip().is_loopback() {
            return Some(format!(
                "cluster: {bound} can be reached from other machines, and nothing is encrypted: give the node \
                 certificates with `.tls(..)`, or say `.trusted_network()` if nobody else is in that network"
            ));
        }
        let is_told = !matches!(self.members, Members::None | Members::Fixed(_));
        (is_told && self.advertised.is_none() && bound.ip().is_unspecified()).then(|| {
            format!(
                "cluster: {bound} is no address that other nodes can connect to: `.advertise(\"host:port\")` says where \
                 they reach this one"
            )
        })
    }
}

impl Fixed {
    fn check(&self, problems: &mut Vec<String>) {
        let mut check = |number: u32, whose: &str| {
            if !(1..=LARGEST_NUMBER).contains(&number) {
                problems.push(format!(
                    "cluster: the number of {whose} is {number}; 1 to {LARGEST_NUMBER} are numbers of nodes"
                ));
            }
        };
        check(self.number, "this node");
        self.members.keys().for_each(|number| check(*number, "a member"));
        if self.members.contains_key(&self.number) {
            let number = self.number;
            problems.push(format!("cluster: this node and a member both have the number {number}"));
        }
    }
}

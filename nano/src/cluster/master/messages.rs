//! The messages between a master and other nodes, and their checks.

pub(super) use crate::proto::registry::{
    Answer, Ask, Claim, Find, Gone, Join, Leave, Lost, Reason, Record, Refusal, Release, Renew,
    State, Told, Update, View, answer, ask, registry_client, registry_server, told,
};

use crate::cluster::claims;
use crate::cluster::master::tables::MOST_NODES;
use crate::cluster::registry::{self, RegistryError};
use crate::proto::registry::{Claimed, Found, Holder, Name, NameKind, Rule};

/// The largest that a node says of itself. It is read before the node is known, and so within [`LARGEST_GREETING`].
///
/// [`LARGEST_GREETING`]: crate::cluster::strangers::LARGEST_GREETING
pub(super) const LARGEST_JOIN: usize = 48 * 1024;

/// The largest message to a master, and the largest of one: a view of all nodes.
pub(super) const LARGEST_ASK: usize = LARGEST_JOIN + 1024;
pub(super) const LARGEST_TOLD: usize = MOST_NODES * LARGEST_ASK;

impl View {
    pub(super) fn of(view: &registry::View) -> Self {
        Self { revision: view.revision(), nodes: view.nodes().iter().map(Record::of).collect() }
    }

    /// The view, unless it cannot be one.
    pub(super) fn into_view(self) -> Option<registry::View> {
        let nodes: Option<Vec<_>> = self.nodes.into_iter().map(Record::into_node).collect();
        let nodes = nodes.filter(|nodes| nodes.iter().all(|node| node.number() > 0))?;
        Some(registry::View::new(self.revision, nodes))
    }
}

/// The answer of a master that does what it was asked for.
#[derive(Debug)]
pub(super) enum Done {
    Number(u32),
    Claimed(claims::Claimed),
    Found(Option<claims::Holder>),
}

impl Answer {
    pub(super) fn new(id: u64, outcome: Result<Done, RegistryError>) -> Self {
        let outcome = match outcome {
            Ok(Done::Number(number)) => answer::Outcome::Number(number),
            Ok(Done::Claimed(claimed)) => answer::Outcome::Claimed(Claimed::of(claimed)),
            Ok(Done::Found(holder)) => {
                answer::Outcome::Found(Found { holder: holder.map(Holder::of) })
            }
            Err(error) => {
                let (reason, text) = match error {
                    RegistryError::Gone => (Reason::Gone, String::new()),
                    RegistryError::Away(text) => (Reason::Away, text),
                    RegistryError::Refused(text) => (Reason::Refused, text),
                };
                answer::Outcome::Refusal(Refusal { reason: reason.into(), text })
            }
        };
        Self { id, outcome: Some(outcome) }
    }

    pub(super) fn outcome(self) -> Result<Done, RegistryError> {
        match self.outcome {
            Some(answer::Outcome::Number(number)) => Ok(Done::Number(number)),
            Some(answer::Outcome::Claimed(claimed)) => Ok(Done::Claimed(claimed.outcome())),
            Some(answer::Outcome::Found(found)) => {
                Ok(Done::Found(found.holder.map(Holder::into_holder)))
            }
            Some(answer::Outcome::Refusal(refusal)) => Err(match refusal.reason() {
                Reason::Gone => RegistryError::Gone,
                Reason::Away => RegistryError::Away(shown(&refusal.text)),
                Reason::Refused => RegistryError::Refused(shown(&refusal.text)),
            }),
            None => Err(RegistryError::Away("the master answered nothing".to_owned())),
        }
    }
}

impl Claim {
    pub(super) fn of(claim: &claims::Claim, rule: claims::ClaimRule) -> Self {
        let rule = match rule {
            claims::ClaimRule::Refuse => Rule::Refuse,
            claims::ClaimRule::Replace => Rule::Replace,
            claims::ClaimRule::Again => Rule::Again,
        };
        let name = Name::of(claim.kind(), claim.name());
        Self { name: Some(name), id: claim.holder().id(), rule: rule.into() }
    }

    /// The claim of a node.
    pub(super) fn into_claim(self, node: u32) -> (claims::Claim, claims::ClaimRule) {
        let rule = match self.rule() {
            Rule::Refuse => claims::ClaimRule::Refuse,
            Rule::Replace => claims::ClaimRule::Replace,
            Rule::Again => claims::ClaimRule::Again,
        };
        (self.name.unwrap_or_default().into_claim(node, self.id), rule)
    }
}

impl Release {
    pub(super) fn of(claim: &claims::Claim) -> Self {
        let name = Name::of(claim.kind(), claim.name());
        Self { name: Some(name), id: claim.holder().id() }
    }

    pub(super) fn into_claim(self, node: u32) -> claims::Claim {
        self.name.unwrap_or_default().into_claim(node, self.id)
    }
}

impl Lost {
    pub(super) fn of(claim: &claims::Claim) -> Self {
        let name = Name::of(claim.kind(), claim.name());
        Self { name: Some(name), holder: Some(Holder::of(claim.holder())) }
    }

    pub(super) fn into_claim(self) -> claims::Claim {
        let Holder { node, id } = self.holder.unwrap_or_default();
        self.name.unwrap_or_default().into_claim(node, id)
    }
}

impl Name {
    pub(super) fn of(kind: claims::ClaimKind, text: &str) -> Self {
        let kind = match kind {
            claims::ClaimKind::User => NameKind::User,
            claims::ClaimKind::Room => NameKind::Room,
        };
        Self { kind: kind.into(), text: text.to_owned() }
    }

    pub(super) fn kind_of_claim(&self) -> claims::ClaimKind {
        match self.kind() {
            NameKind::User => claims::ClaimKind::User,
            NameKind::Room => claims::ClaimKind::Room,
        }
    }

    fn into_claim(self, node: u32, id: u64) -> claims::Claim {
        let kind = self.kind_of_claim();
        claims::Claim::new(kind, self.text, claims::Holder::new(node, id))
    }
}

impl Find {
    pub(super) fn of(kind: claims::ClaimKind, name: &str) -> Self {
        Self { name: Some(Name::of(kind, name)) }
    }
}

impl Claimed {
    fn of(claimed: claims::Claimed) -> Self {
        let (other, replaced) = match claimed {
            claims::Claimed::Granted => (None, false),
            claims::Claimed::Replaced(other) => (Some(other), true),
            claims::Claimed::Taken(other) => (Some(other), false),
        };
        Self { other: other.map(Holder::of), replaced }
    }

    fn outcome(self) -> claims::Claimed {
        match self.other.map(Holder::into_holder) {
            None => claims::Claimed::Granted,
            Some(other) if self.replaced => claims::Claimed::Replaced(other),
            Some(other) => claims::Claimed::Taken(other),
        }
    }
}

impl Holder {
    fn of(holder: claims::Holder) -> Self {
        Self { node: holder.node(), id: holder.id() }
    }

    fn into_holder(self) -> claims::Holder {
        claims::Holder::new(self.node, self.id)
    }
}

/// A peer's text, for the log.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(512).flat_map(char::escape_debug).collect()
}

//! The check of a registry.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep, timeout};

use crate::{
    Claim, ClaimKind, ClaimRule, Claimed, Holder, Node, NodeState, Registry, RegistryError,
};

/// The time within which a node that does not renew its lease is gone, with what a registry needs to notice it.
const GONE: Duration = Duration::from_secs(8);

/// The time within which a change is seen by all.
const SEEN: Duration = Duration::from_secs(2);

/// Checks that a [`Registry`] keeps what it promises.
///
/// `open` returns the registry of another node each time, all of one cluster that has no nodes yet. The check takes half a
/// minute, for leases that end; with a registry in memory, it can run in paused time.
///
/// # Panics
///
/// Panics with the promise that is broken.
///
/// # Examples
///
/// ```no_run
/// use std::sync::Arc;
/// use nano::testing::assert_registry;
/// use nano::Registry;
///
/// # async fn check<Mine: Registry + Default>() {
/// assert_registry(|| Arc::new(Mine::default())).await;
/// # }
/// ```
pub async fn assert_registry(mut open: impl FnMut() -> Arc<dyn Registry>) {
    let mut members = || Members(open());
    let (one, two) = (members().join("one", "one:1").await, members().join("two", "two:1").await);
    assert!(0 < one.number && one.number < two.number, "numbers grow");
    for member in [&one, &two] {
        let seen = member.sees(&[&one, &two]).await;
        assert!(seen.has("chat") && seen.is_gate(), "a record comes to all as it was given");
    }
    let revision = one.registry.views().borrow().revision();
    let update = two.registry.update(two.number, NodeState::Draining).await;
    update.expect("a member can change its state");
    one.until(|nodes| nodes.iter().any(|node| node.state() == NodeState::Draining)).await;
    assert!(one.registry.views().borrow().revision() > revision, "revisions grow");

    // One node for each name and each address.
    let refused = members().try_join("two", "other:1").await.err();
    let Some(RegistryError::Refused(text)) = refused else {
        panic!("a name that is taken is refused: {refused:?}")
    };
    assert!(text.contains("two:1") && text.contains("other:1"), "both addresses are told: {text}");
    let again = members().join("two", "two:1").await;
    assert!(again.number > two.number, "a node that starts again is another one");
    assert_eq!(two.renew().await, Err(RegistryError::Gone), "the earlier start is gone");
    one.sees(&[&one, &again]).await;
    again.sees(&[&one, &again]).await;

    // The ends of nodes.
    again.registry.leave(again.number).await.expect("a member can leave");
    one.sees(&[&one]).await;
    assert_eq!(again.renew().await, Err(RegistryError::Gone));
    let (silent, killed) =
        (members().join("silent", "silent:1").await, members().join("killed", "killed:1").await);
    one.sees(&[&one, &silent, &killed]).await;
    let third = members().join("third", "third:1").await;
    let number = killed.number;
    // What it keeps of the registry ends with its process.
    drop(killed);
    one.registry.report_gone(number).await.expect("a witness is heard");
    one.sees(&[&one, &silent, &third]).await;
    silent.stop();
    one.sees_within(&[&one, &third], GONE).await;
    assert_eq!(silent.renew().await, Err(RegistryError::Gone), "it never comes back");
    let next = members().join("silent", "elsewhere:1").await;
    assert!(next.number > third.number, "its name is free");

    // Many at once.
    let joining = (0..10).map(|count| {
        let members = members();
        tokio::spawn(
            async move { members.join(&format!("n{count}"), &format!("n{count}:1")).await },
        )
    });
    let mut all = vec![one, third, next];
    for joined in joining.collect::<Vec<_>>() {
        all.push(joined.await.expect("it joins"));
    }
    all.sort_by_key(|member| member.number);
    let expected: Vec<&Member> = all.iter().collect();
    assert!(expected.windows(2).all(|two| two[0].number < two[1].number), "numbers are unique");
    for member in &all {
        member.sees(&expected).await;
    }
    if all[0].registry.keeps_claims() {
        assert_claims(&all[0], &all[1]).await;
    }
}

async fn assert_claims(one: &Member, two: &Member) {
    let claim = |member: &Member, id| {
        Claim::new(ClaimKind::User, "text:ann/1", Holder::new(member.number, id))
    };
    let (first, second) = (claim(one, 1), claim(two, 2));
    let of_one = async |claim: &Claim, rule| one.registry.claim(claim, rule).await;
    let of_two = async |claim: &Claim, rule| two.registry.claim(claim, rule).await;
    let find = async || two.registry.find(ClaimKind::User, "text:ann/1").await;
    assert_eq!(find().await, Ok(None));
    assert_eq!(of_one(&first, ClaimRule::Refuse).await, Ok(Claimed::Granted));
    assert_eq!(of_one(&first, ClaimRule::Refuse).await, Ok(Claimed::Granted), "the same again");
    let taken = Ok(Claimed::Taken(first.holder()));
    assert_eq!(of_two(&second, ClaimRule::Refuse).await, taken);
    assert_eq!(of_two(&second, ClaimRule::Again).await, taken);
    let mut lost = one.registry.lost();
    let replaced = Ok(Claimed::Replaced(first.holder()));
    assert_eq!(of_two(&second, ClaimRule::Replace).await, replaced);
    assert_eq!(find().await, Ok(Some(second.holder())));
    // Whoever has it now may die before it has told the loser.
    let told = timeout(SEEN, lost.recv()).await;
    assert_eq!(told, Ok(Ok(first.clone())), "who has lost a name is told so");
    assert_eq!(of_one(&first, ClaimRule::Again).await, Ok(Claimed::Taken(second.holder())));
    one.registry.release(&first).await.expect("it is released already");
    assert_eq!(find().await, Ok(Some(second.holder())), "it is another one's");
    two.registry.release(&second).await.expect("it is released");
    assert_eq!(find().await, Ok(None));
    // A room may have the name of a user.
    let room = Claim::new(ClaimKind::Room, "text:ann/1", Holder::new(two.number, 3));
    assert_eq!(of_two(&room, ClaimRule::Refuse).await, Ok(Claimed::Granted));
    assert_eq!(of_one(&first, ClaimRule::Refuse).await, Ok(Claimed::Granted));
    two.registry.leave(two.number).await.expect("it leaves");
    let find = one.registry.find(ClaimKind::Room, "text:ann/1").await;
    assert_eq!(find, Ok(None), "claims end with their node");
    let late = two.registry.claim(&second, ClaimRule::Replace).await;
    assert_eq!(late, Err(RegistryError::Gone), "who is no member claims nothing");
}

/// The registry of a node that may join.
struct Members(Arc<dyn Registry>);

/// A node that has joined, and renews its lease until this is dropped.
struct Member {
    registry: Arc<dyn Registry>,
    number: u32,
    renews: JoinHandle<()>,
}

impl Members {
    async fn join(self, name: &str, address: &str) -> Member {
        match self.try_join(name, address).await {
            Ok(member) => member,
            Err(error) => panic!("the node {name} at {address} joins: {error}"),
        }
    }

    async fn try_join(self, name: &str, address: &str) -> Result<Member, RegistryError> {
        let Self(registry) = self;
        let node = Node::new(0, name, address).with_components(["chat"]).with_gate(true);
        let joining = async {
            loop {
                match registry.join(&node, 0).await {
                    Err(RegistryError::Away(_)) => sleep(Duration::from_secs(1)).await,
                    joined => return joined,
                }
            }
        };
        let joined = timeout(Duration::from_secs(30), joining).await;
        let number = joined.unwrap_or_else(|_| panic!("{name} is not let in within 30 s"))?;
        let renews = tokio::spawn({
            let registry = registry.clone();
            async move {
                let mut ticks = interval(Duration::from_secs(1));
                loop {
                    ticks.tick().await;
                    if registry.renew(number).await == Err(RegistryError::Gone) {
                        return;
                    }
                }
            }
        });
        Ok(Member { registry, number, renews })
    }
}

impl Member {
    async fn renew(&self) -> Result<(), RegistryError> {
        self.registry.renew(self.number).await
    }

    fn stop(&self) {
        self.renews.abort();
    }

    /// Waits until it sees these and nobody else, and returns its own record.
    async fn sees(&self, members: &[&Self]) -> Node {
        self.sees_within(members, SEEN).await
    }

    async fn sees_within(&self, members: &[&Self], limit: Duration) -> Node {
        let numbers: Vec<u32> = members.iter().map(|member| member.number).collect();
        let are_they = |nodes: &[Node]| nodes.iter().map(Node::number).eq(numbers.iter().copied());
        self.until_within(limit, are_they).await;
        let views = self.registry.views();
        let own = views.borrow().node(self.number).cloned();
        own.unwrap_or_else(|| panic!("the node {} sees itself", self.number))
    }

    async fn until(&self, holds: impl Fn(&[Node]) -> bool) {
        self.until_within(SEEN, holds).await;
    }

    async fn until_within(&self, limit: Duration, holds: impl Fn(&[Node]) -> bool) {
        let (start, mut views) = (Instant::now(), self.registry.views());
        let seen = timeout(limit, views.wait_for(|view| holds(view.nodes()))).await.is_ok();
        let view = views.borrow().clone();
        assert!(seen, "after {:?} the node {} sees {view:?}", start.elapsed(), self.number);
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.renews.abort();
    }
}

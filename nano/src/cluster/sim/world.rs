//! A simulated world: hosts with nodes, and all that is seen of them from outside.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use tokio::sync::Notify;
use turmoil::{Builder, Sim};

use super::dice::Dice;
use super::observe::{self, Start};
use super::tables::Table;
use super::{tables, users};
use crate::cluster::Node as This;
use crate::random;
use crate::testing::TestApp;
use crate::{App, Cluster, Node, Rooms};

/// The settings of one start of a node: the first has number 1.
pub(super) type Setting = fn(Cluster, u32) -> Cluster;

/// A kind of hosts: the app of its node, and its players.
#[derive(Clone, Copy)]
pub(super) struct Role {
    pub(super) app: fn(&Life) -> App,
    pub(super) play: fn(Life, TestApp) -> LocalBoxFuture<'static, ()>,
}

pub(super) struct World {
    sim: Sim<'static>,
    seen: Seen,
}

/// The time of an answer, its route, and the code or text of its error.
pub(super) type Answer = (Duration, &'static str, Result<(), String>);

/// What is seen of all hosts, from outside.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<BTreeMap<&'static str, Host>>>);

#[derive(Default)]
pub(super) struct Host {
    pub(super) node: Option<Arc<This>>,
    /// Its rooms, if it has any.
    pub(super) tables: Option<Rooms<Table>>,
    /// Its process does not run.
    is_down: bool,
    /// Its app is asked to drain and shut down.
    drains: Arc<Notify>,
    /// Its players are asked to leave.
    pub(super) is_quiet: bool,
    starts: u32,
    /// The reason why it did not start.
    pub(super) fault: Option<String>,
    /// The nodes that came and went, as its hooks were told.
    pub(super) noted: Vec<String>,
    /// All numbers that it had.
    pub(super) numbers: Vec<u32>,
    /// The answers to the players at this gate.
    pub(super) answers: Vec<Answer>,
    /// The last short request was answered.
    is_served: bool,
}

/// One start of a host's process.
#[derive(Clone)]
pub(super) struct Life {
    pub(super) start: Start,
    seen: Seen,
}

impl Seen {
    fn hosts(&self) -> MutexGuard<'_, BTreeMap<&'static str, Host>> {
        self.0.lock().expect("no panic")
    }

    fn with<T>(&self, name: &'static str, f: impl FnOnce(&mut Host) -> T) -> T {
        f(self.hosts().entry(name).or_default())
    }
}

impl Host {
    fn is_gone(&mut self) {
        (self.node, self.tables, self.is_served) = (None, None, false);
    }
}

impl Life {
    fn begin(name: &'static str, seen: Seen) -> Self {
        let number = seen.with(name, |host| {
            host.starts += 1;
            host.starts
        });
        Self { start: (name, number), seen }
    }

    /// Does something with what is seen of the host.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut Host) -> T) -> T {
        self.seen.with(self.start.0, f)
    }

    /// Notes the answer to a player.
    pub(super) fn answered(&self, route: &'static str, answer: Result<(), String>) {
        observe::event(&format!("{route} of {:?}: {answer:?}", self.start));
        self.with(|host| {
            if route == "echo" {
                host.is_served = answer.is_ok();
            }
            host.answers.push((observe::now(), route, answer));
        });
    }

    async fn live(self, app: TestApp, role: Role) {
        let drains = self.with(|host| {
            host.node = app.server().core().node.clone();
            host.tables = app.server().rooms();
            host.drains.clone()
        });
        let drain = async {
            drains.notified().await;
            app.server().drain(Duration::from_secs(2)).await;
        };
        tokio::select! {
            biased;
            () = drain => {}
            () = (role.play)(self.clone(), app.clone()) => {}
        }
        self.with(Host::is_gone);
    }
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        random::seeded::by(move || dice.number());
        observe::begin();
        users::begin(seed);
        tables::begin();
        let sim = Builder::new()
            .rng_seed(seed)
            .tick_duration(Duration::from_millis(5))
            .min_message_latency(Duration::from_millis(1))
            .max_message_latency(Duration::from_millis(5))
            .tcp_capacity(1024)
            .simulation_duration(Duration::from_secs(600))
            .build();
        Self { sim, seen: Seen::default() }
    }

    pub(super) fn host(&mut self, name: &'static str, role: Role, setting: Setting) {
        let seen = self.seen.clone();
        self.sim.host(name, move || {
            let seen = seen.clone();
            async move {
                if seen.with(name, |host| host.is_down) {
                    return pending().await;
                }
                let life = Life::begin(name, seen);
                let cluster = Cluster::bind("0.0.0.0:7800")
                    .advertise(format!("{name}:7800"))
                    .name(name)
                    .trusted_network();
                let cluster = setting(cluster, life.start.1);
                let app = (role.app)(&life).shutdown_grace(Duration::from_secs(2));
                match app.cluster(cluster).start().await {
                    Ok(server) => life.live(TestApp::of(server), role).await,
                    Err(error) => {
                        life.with(|host| host.fault = Some(error.report().to_string()));
                    }
                }
                pending().await
            }
        });
    }

    /// Lets the world go on for one step.
    pub(super) fn step(&mut self) {
        observe::is_at(self.sim.elapsed());
        self.sim.step().expect("no host fails");
        for (name, host) in self.seen.hosts().iter_mut() {
            let Some(node) = &host.node else { continue };
            let start = (*name, host.starts);
            observe::view(start, &node.view.borrow());
            let number = node.number();
            if number > 0 && host.numbers.last() != Some(&number) {
                host.numbers.push(number);
            }
            if number > 0 {
                observe::number(start, number);
            }
        }
    }

    /// Lets the world go on until something holds, which must be within `limit`. Returns the time that it took.
    pub(super) fn until(
        &mut self,
        limit: Duration,
        awaited: &str,
        holds: impl Fn(&Self) -> bool,
    ) -> Duration {
        let start = self.sim.elapsed();
        while !holds(self) {
            let took = self.sim.elapsed() - start;
            assert!(took < limit, "{awaited}: not within {limit:?}; {}", self.tell());
            self.step();
        }
        self.sim.elapsed() - start
    }

    pub(super) fn run(&mut self, time: Duration) {
        let end = self.sim.elapsed() + time;
        while self.sim.elapsed() < end {
            self.step();
        }
    }

    /// Ends a process. Its host goes on, and refuses connections.
    pub(super) fn kill(&mut self, name: &'static str) {
        self.seen.with(name, |host| host.is_down = true);
        self.sim.bounce(name);
        self.is_gone(name);
    }

    /// Ends a host, which answers nothing any more.
    pub(super) fn crash(&mut self, name: &'static str) {
        self.sim.crash(name);
        self.is_gone(name);
    }

    fn is_gone(&self, name: &'static str) {
        self.seen.with(name, Host::is_gone);
    }

    /// Drains the app of a host, and shuts it down.
    pub(super) fn drain(&self, name: &'static str) {
        self.of(name, |host| host.drains.notify_one());
    }

    /// Starts the process of a host, which may have been another one before.
    pub(super) fn restart(&mut self, name: &'static str) {
        self.seen.with(name, |host| (host.is_down, host.drains) = (false, Arc::default()));
        self.sim.bounce(name);
    }

    pub(super) fn sim(&self) -> &Sim<'static> {
        &self.sim
    }

    pub(super) fn of<T>(&self, name: &'static str, f: impl FnOnce(&mut Host) -> T) -> T {
        self.seen.with(name, f)
    }

    /// The last start of a host.
    pub(super) fn start_of(&self, name: &'static str) -> Start {
        self.of(name, |host| (name, host.starts))
    }

    /// Returns the number of a node that is up.
    pub(super) fn number(&self, name: &'static str) -> u32 {
        self.of(name, |host| host.node.as_ref().map_or(0, |node| node.number()))
    }

    /// Returns the nodes that a node sees.
    pub(super) fn view(&self, name: &'static str) -> Vec<Node> {
        let node = self.of(name, |host| host.node.clone());
        node.map(|node| node.view.borrow().nodes().to_vec()).unwrap_or_default()
    }

    /// Returns `true` if these nodes see one another and nobody else, and have links.
    pub(super) fn all_see_all(&self, names: &[&'static str]) -> bool {
        let numbers: Vec<_> = names.iter().map(|name| self.number(name)).collect();
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        names.iter().zip(&numbers).all(|(name, number)| {
            let seen: Vec<_> = self.view(name).iter().map(Node::number).collect();
            let node = self.of(name, |host| host.node.clone());
            let is_linked = |other: &u32| {
                let peer = node.as_ref().and_then(|node| node.gate.peers.get(*other));
                other == number || peer.is_some_and(|peer| peer.link().is_some())
            };
            seen == sorted && numbers.iter().all(is_linked)
        })
    }

    /// Returns the answers to the players at a gate since the last call.
    pub(super) fn take_answers(&self, name: &'static str) -> Vec<Answer> {
        self.of(name, |host| std::mem::take(&mut host.answers))
    }

    /// Returns `true` if the last short request at the gate was answered.
    pub(super) fn is_served(&self, name: &'static str) -> bool {
        self.of(name, |host| host.is_served)
    }

    /// Tells all that is seen, for a failure.
    pub(super) fn tell(&self) -> String {
        let hosts = self.seen.hosts();
        let tell = |(name, host): (&&'static str, &Host)| {
            let view = host.node.as_ref().map(|node| node.view.borrow().clone());
            let seen: Vec<_> =
                view.iter().flat_map(|view| view.nodes()).map(Node::number).collect();
            let last = host.answers.last();
            format!("{name}: had {:?}, sees {seen:?}, {:?}, {last:?}", host.numbers, host.fault)
        };
        let told: Vec<_> = hosts.iter().map(tell).collect();
        format!("after {:?}:\n{}", self.sim.elapsed(), told.join("\n"))
    }
}

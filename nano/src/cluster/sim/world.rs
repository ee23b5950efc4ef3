//! A simulated world: hosts with nodes, the players at their gates, and all that they saw.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use turmoil::{Builder, Sim};

use crate::cluster::Node as This;
use crate::testing::TestApp;
use crate::{App, Cluster, Node, component};

/// The component of the backends.
pub(super) struct Chat;

#[component(crate = crate)]
impl Chat {
    #[handler]
    fn echo(&self, number: u64) -> u64 {
        number
    }

    #[handler(timeout = "100s")]
    async fn stuck(&self) {
        pending::<()>().await;
    }
}

/// The component of the gates, which notes who comes and goes.
struct Watch {
    name: &'static str,
    seen: Seen,
}

#[component(crate = crate)]
impl Watch {
    #[on(node_joined)]
    fn joined(&self, node: &Node) {
        let noted = format!("{} joined", node.name());
        self.seen.with(self.name, |host| host.noted.push(noted));
    }

    #[on(node_left)]
    async fn left(&self, node: &Node) {
        let noted = format!("{} left", node.name());
        self.seen.with(self.name, |host| host.noted.push(noted));
    }
}

/// The settings of one start of a node: the first has number 1.
pub(super) type Setting = fn(Cluster, u32) -> Cluster;

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
    node: Option<Arc<This>>,
    /// Its process does not run.
    is_down: bool,
    /// Its app is asked to drain and shut down.
    drains: Arc<Notify>,
    starts: u32,
    /// The reason why it did not start.
    pub(super) fault: Option<String>,
    /// The nodes that came and went, as its hooks were told.
    pub(super) noted: Vec<String>,
    /// All numbers that it had.
    pub(super) numbers: Vec<u32>,
    /// The answers to the players at this gate, with their times: of short requests, and of those without an answer.
    pub(super) answers: Vec<Answer>,
}

impl Seen {
    fn hosts(&self) -> MutexGuard<'_, BTreeMap<&'static str, Host>> {
        self.0.lock().expect("no panic")
    }

    fn with<T>(&self, name: &'static str, f: impl FnOnce(&mut Host) -> T) -> T {
        f(self.hosts().entry(name).or_default())
    }
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
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

    /// A node with players.
    pub(super) fn gate(&mut self, name: &'static str, setting: Setting) {
        self.host(name, true, setting);
    }

    /// A node with the component.
    pub(super) fn backend(&mut self, name: &'static str, setting: Setting) {
        self.host(name, false, setting);
    }

    fn host(&mut self, name: &'static str, is_gate: bool, setting: Setting) {
        let seen = self.seen.clone();
        self.sim.host(name, move || {
            let seen = seen.clone();
            async move {
                if seen.with(name, |host| host.is_down) {
                    return pending().await;
                }
                let start = seen.with(name, |host| {
                    host.starts += 1;
                    host.starts
                });
                let cluster = Cluster::bind("0.0.0.0:7800")
                    .advertise(format!("{name}:7800"))
                    .name(name)
                    .trusted_network();
                let app = match is_gate {
                    true => App::new().component(Watch { name, seen: seen.clone() }),
                    false => App::new().component(Chat),
                };
                let app =
                    app.shutdown_grace(Duration::from_secs(2)).cluster(setting(cluster, start));
                match app.start().await {
                    Ok(server) => live(name, TestApp::of(server), is_gate, &seen).await,
                    Err(error) => {
                        seen.with(name, |host| host.fault = Some(error.report().to_string()));
                    }
                }
                pending().await
            }
        });
    }

    /// Lets the world go on for one step.
    pub(super) fn step(&mut self) {
        self.sim.step().expect("no host fails");
        for host in self.seen.hosts().values_mut() {
            let number = host.node.as_ref().map(|node| node.number()).filter(|number| *number > 0);
            host.numbers.extend(number.filter(|number| host.numbers.last() != Some(number)));
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
        self.seen.with(name, |host| host.node = None);
    }

    /// Ends a host, which answers nothing any more.
    pub(super) fn crash(&mut self, name: &'static str) {
        self.sim.crash(name);
        self.seen.with(name, |host| host.node = None);
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

    /// Returns the answers since the last call but the last short one, by which it is seen that the gate is served.
    pub(super) fn take_answers_but_last(&self, name: &'static str) -> Vec<Answer> {
        self.of(name, |host| {
            let last = host.answers.iter().rposition(|(_, route, _)| *route == "echo");
            let rest = host.answers.split_off(last.unwrap_or_default());
            std::mem::replace(&mut host.answers, rest)
        })
    }

    /// Returns `true` if the last short request at the gate was answered.
    pub(super) fn is_served(&self, name: &'static str) -> bool {
        self.of(name, |host| {
            let last = host.answers.iter().rev().find(|(_, route, _)| *route == "echo");
            last.is_some_and(|(_, _, answer)| answer.is_ok())
        })
    }

    /// Tells all that is seen, for a failure.
    fn tell(&self) -> String {
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

async fn live(name: &'static str, app: TestApp, is_gate: bool, seen: &Seen) {
    seen.with(name, |host| host.node = app.server().core().node.clone());
    let drains = seen.with(name, |host| host.drains.clone());
    let players = async {
        if is_gate {
            tokio::join!(play(name, &app, "echo", seen), play(name, &app, "stuck", seen));
        }
        pending::<()>().await;
    };
    tokio::select! {
        () = players => {}
        () = drains.notified() => app.server().drain(Duration::from_secs(2)).await,
    }
    seen.with(name, |host| host.node = None);
}

/// A player, who asks again and again, and comes back when the connection is closed.
async fn play(name: &'static str, app: &TestApp, route: &'static str, seen: &Seen) {
    loop {
        let client = app.connect().await;
        for number in 1_u64.. {
            let path = format!("chat.{route}");
            let asked = client.request::<_, Value>(&path, &number).await;
            let is_closed = asked.as_ref().is_err_and(|error| error.code().is_none());
            let is_wrong = route == "echo" && asked.as_ref().is_ok_and(|answer| *answer != number);
            if is_wrong {
                seen.with(name, |host| host.fault = Some(format!("a wrong answer to {number}")));
            }
            let answer = asked
                .map(drop)
                .map_err(|error| error.code().map_or_else(|| error.to_string(), str::to_owned));
            seen.with(name, |host| {
                host.answers.push((turmoil::sim_elapsed().unwrap_or_default(), route, answer))
            });
            tokio::time::sleep(Duration::from_millis(20)).await;
            if is_closed {
                break;
            }
        }
    }
}

//! Nodes in processes of their own: this program, started again with a role.

mod facts;
mod role;

use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use tokio::time::{sleep, timeout};

use self::facts::Facts;
pub(crate) use self::facts::{Fact, tell};
pub(crate) use self::role::Role;
use crate::clocks;

/// The time for what a node is to tell. It is long, because the machine is shared.
const PATIENCE: Duration = Duration::from_secs(60);

/// The process of a node, which is killed when this is dropped.
pub(crate) struct Node {
    role: Role,
    process: Child,
    /// The process ends when this is closed, also if the test is killed.
    _input: Option<ChildStdin>,
    facts: Arc<Facts>,
}

impl Node {
    /// Starts a node, and waits until it is in the cluster.
    pub(crate) async fn start(role: Role) -> Self {
        let node = Self::spawn(role);
        node.started().await;
        node
    }

    /// Starts a node, which may have to wait for its master.
    pub(crate) fn spawn(role: Role) -> Self {
        let program = env::current_exe().expect("the path of this program");
        let mut command = match role.namespace() {
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(["--exact", "node::role::process", "--ignored", "--quiet"]);
        if let Some(clock) = role.own_clock() {
            command.envs(clocks::environment(clock));
        }
        command.env(role::ROLE, role.to_json()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a process");
        let (input, output) = (process.stdin.take(), process.stdout.take().expect("it is piped"));
        let facts = Arc::new(Facts::default());
        let told = facts.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                told.note(&line);
            }
        });
        Self { role, process, _input: input, facts }
    }

    pub(crate) fn name(&self) -> &str {
        self.role.name()
    }

    /// Waits until it is in the cluster, and open for clients if it is a gate. Returns the time.
    pub(crate) async fn started(&self) -> Instant {
        self.told("it starts", |fact| matches!(fact, Fact::Started { .. })).await
    }

    fn addresses(&self) -> (SocketAddr, Option<SocketAddr>) {
        let started = self.facts.all().into_iter().find_map(|(_, fact)| match fact {
            Fact::Started { cluster, clients } => Some((cluster, clients)),
            _ => None,
        });
        started.unwrap_or_else(|| panic!("{} has not started", self.name()))
    }

    /// The address for other nodes.
    pub(crate) fn cluster(&self) -> SocketAddr {
        self.addresses().0
    }

    /// The address for clients.
    pub(crate) fn clients(&self) -> SocketAddr {
        self.addresses().1.unwrap_or_else(|| panic!("{} is no gate", self.name()))
    }

    /// The role of a process that takes the place of this one, at the same addresses.
    pub(crate) fn again(&self) -> Role {
        let (cluster, clients) = self.addresses();
        self.role.clone().at(cluster, clients)
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.process.id().try_into().expect("the id of a process"))
    }

    fn signal(&self, signal: Signal) {
        kill(self.pid(), signal)
            .unwrap_or_else(|error| panic!("{signal} to {}: {error}", self.name()));
    }

    /// Stops the process, as a machine does that stands still.
    pub(crate) fn freeze(&self) -> Instant {
        self.signal(Signal::SIGSTOP);
        // Its threads stop one after another.
        let stopped = waitpid(self.pid(), Some(WaitPidFlag::WUNTRACED));
        assert_eq!(stopped, Ok(WaitStatus::Stopped(self.pid(), Signal::SIGSTOP)));
        Instant::now()
    }

    /// Lets a process go on that was stopped.
    pub(crate) fn thaw(&self) -> Instant {
        let thawed = Instant::now();
        self.signal(Signal::SIGCONT);
        thawed
    }

    /// Asks the process to end: it drains, and shuts down.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::SIGTERM);
    }

    /// Ends the process at once.
    pub(crate) fn kill(&mut self) -> Instant {
        self.signal(Signal::SIGKILL);
        let killed = Instant::now();
        self.process.wait().expect("the process was not waited for");
        killed
    }

    /// Waits until the process has ended by itself, and says if it did so without a fault.
    pub(crate) async fn ended(&mut self) -> bool {
        let ended = async {
            loop {
                if let Some(status) = self.process.try_wait().expect("a process") {
                    return status.success();
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, ended).await.expect("it ends")
    }

    /// The bytes of memory that the process has.
    #[cfg(target_os = "linux")]
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("the process runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        let kilobytes = line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number");
        kilobytes * 1024
    }

    /// All that it told, with the times.
    pub(crate) fn facts(&self) -> Vec<(Instant, Fact)> {
        self.facts.all()
    }

    /// The number of facts that it told.
    pub(crate) fn count(&self, wanted: impl Fn(&Fact) -> bool) -> usize {
        self.facts().iter().filter(|(_, fact)| wanted(fact)).count()
    }

    /// Waits for a fact, which it may have told already. Returns the time at which it was told first.
    pub(crate) async fn told(&self, what: &str, wanted: impl Fn(&Fact) -> bool) -> Instant {
        let found = timeout(PATIENCE, self.facts.find(wanted)).await;
        found
            .unwrap_or_else(|_| panic!("{} does not tell: {what}: {:?}", self.name(), self.facts()))
    }

    /// Waits until it knows the node of this name, and returns its number: the last one, if it had others.
    pub(crate) async fn knows(&self, name: &str) -> u32 {
        self.told(&format!("{name} is there"), |fact| fact.joined(name).is_some()).await;
        self.numbers(name).pop().expect("it was told")
    }

    /// The numbers under which the node of this name came, one after another.
    pub(crate) fn numbers(&self, name: &str) -> Vec<u32> {
        self.facts().iter().filter_map(|(_, fact)| fact.joined(name)).collect()
    }

    /// The times at which the node of this number left.
    pub(crate) fn left(&self, number: u32) -> Vec<Instant> {
        let facts = self.facts();
        let left = facts.iter().filter(|(_, fact)| fact.left() == Some(number));
        left.map(|(time, _)| *time).collect()
    }

    /// Waits until the node of this number has left, and returns the time.
    pub(crate) async fn sees_end_of(&self, number: u32) -> Instant {
        self.told(&format!("node {number} left"), |fact| fact.left() == Some(number)).await
    }
}

/// Waits until each of the nodes has seen all others.
pub(crate) async fn all_see_all(nodes: &[&Node]) {
    for node in nodes {
        for other in nodes.iter().filter(|other| other.name() != node.name()) {
            node.knows(other.name()).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

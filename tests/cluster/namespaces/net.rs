//! Hosts with one network between them: namespaces of the system, and a switch in this process that can drop packets.

use std::collections::HashSet;
use std::fs::File;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use nano::Json;
use nano::client::Client;
use nix::sched::{CloneFlags, setns};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

use crate::node::Role;

/// The ports of a host, for other nodes and for clients. Nothing else is in its namespace.
const NODES: u16 = 7800;
const CLIENTS: u16 = 3250;

/// The longest packet.
const MTU: usize = 1500;

/// The place of the destination in the header of an IPv4 packet.
const DESTINATION: std::ops::Range<usize> = 16..20;

/// The time for a client to connect.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pairs of hosts, by their numbers: what the first sends to the second is dropped.
type Dropped = Arc<Mutex<HashSet<(u8, u8)>>>;

/// Hosts, and the switch between them.
pub(super) struct Net {
    hosts: Vec<Host>,
    dropped: Dropped,
}

/// A namespace, which is removed when this is dropped.
struct Host {
    namespace: String,
}

impl Net {
    /// Makes so many hosts, with the numbers from zero on.
    pub(super) fn open(count: u8) -> Self {
        static NETS: AtomicU32 = AtomicU32::new(0);
        let (process, net) = (std::process::id(), NETS.fetch_add(1, Ordering::SeqCst));
        let dropped = Dropped::default();
        let opened: Vec<_> = (0..count)
            .map(|host| Host::open(format!("n{process}-{net}{}", char::from(b'a' + host)), host))
            .collect();
        let (hosts, devices): (Vec<_>, Vec<_>) = opened.into_iter().unzip();
        let devices: Arc<[_]> = devices.into();
        for from in 0..count {
            let (devices, dropped) = (devices.clone(), dropped.clone());
            thread::spawn(move || carry(from, &devices, &dropped));
        }
        Self { hosts, dropped }
    }

    /// Drops what the first of two hosts sends to the second.
    pub(super) fn drop_from(&self, from: u8, to: u8) {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).insert((from, to));
    }

    /// Drops all between two hosts.
    pub(super) fn cut(&self, one: u8, other: u8) {
        self.drop_from(one, other);
        self.drop_from(other, one);
    }

    /// Carries everything again.
    pub(super) fn heal(&self) {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The address of the node on a host.
    pub(super) fn node(&self, host: u8) -> SocketAddr {
        (address(host), NODES).into()
    }

    /// Puts a node on a host.
    pub(super) fn place(&self, host: u8, role: Role) -> Role {
        let clients = role.is_gate().then(|| (address(host), CLIENTS).into());
        role.at(self.node(host), clients).within(&self.hosts[usize::from(host)].namespace)
    }

    /// The way of clients to the gate on a host.
    pub(super) fn way(&self, host: u8) -> Way {
        Way { host, namespace: format!("/run/netns/{}", self.hosts[usize::from(host)].namespace) }
    }
}

/// The way of clients to the gate on a host: from the host itself, so that they have no part in the faults.
#[derive(Clone)]
pub(super) struct Way {
    host: u8,
    /// The file that stands for it.
    namespace: String,
}

impl Way {
    pub(super) fn dial(&self) -> impl Future<Output = io::Result<TcpStream>> + use<> {
        let Self { host, namespace } = self.clone();
        async move {
            let (done, connected) = oneshot::channel();
            // A thread of its own, because it stays in the namespace. So does the socket, wherever it is used.
            thread::spawn(move || {
                let connected = File::open(namespace).and_then(|namespace| {
                    setns(namespace, CloneFlags::CLONE_NEWNET)?;
                    let gate = (address(host), CLIENTS).into();
                    std::net::TcpStream::connect_timeout(&gate, PATIENCE)
                });
                // Nobody may wait any more.
                let _ = done.send(connected);
            });
            let stream = connected.await.map_err(io::Error::other)??;
            stream.set_nonblocking(true)?;
            TcpStream::from_std(stream)
        }
    }

    /// Opens a client.
    pub(super) async fn connect(&self) -> Client<Json> {
        let stream = self.dial().await.expect("a gate");
        Client::builder().over(stream).await.expect("a gate")
    }
}

impl Host {
    fn open(namespace: String, number: u8) -> (Self, SyncDevice) {
        ip(&["netns", "add", &namespace]);
        let host = Self { namespace };
        let name = &*host.namespace;
        let device = DeviceBuilder::new().name(name).layer(Layer::L3).build_sync();
        let device = device.expect("a TUN device");
        ip(&["link", "set", name, "netns", name]);
        let within = |arguments: &[&str]| ip(&[&["-n", name], arguments].concat());
        within(&["address", "add", &format!("{}/24", address(number)), "dev", name]);
        within(&["link", "set", name, "mtu", &MTU.to_string(), "up"]);
        // What it sends to itself.
        within(&["link", "set", "lo", "up"]);
        (host, device)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Its processes end with the test. The device ends with it, and with that the thread that reads it.
        let _ = Command::new("ip").args(["netns", "delete", &self.namespace]).status();
    }
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().expect("the command ip");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "`ip {}`: {}", arguments.join(" "), errors.trim());
}

fn address(host: u8) -> std::net::Ipv4Addr {
    [10, 99, 0, host + 1].into()
}

/// Carries what a host sends, until its namespace is removed.
fn carry(from: u8, devices: &[SyncDevice], dropped: &Dropped) {
    let mut packet = [0; MTU];
    while let Ok(len) = devices[usize::from(from)].recv(&mut packet) {
        let packet = &packet[..len];
        let Some(&[10, 99, 0, last]) = packet.get(DESTINATION) else { continue };
        let Some(to) = last.checked_sub(1) else { continue };
        let is_dropped =
            dropped.lock().unwrap_or_else(PoisonError::into_inner).contains(&(from, to));
        // Not of IPv4, or to nobody.
        let is_foreign = packet[0] >> 4 != 4 || usize::from(to) >= devices.len();
        if !is_dropped && !is_foreign {
            // What finds no room is lost, as on any line.
            let _ = devices[usize::from(to)].send(packet);
        }
    }
}

//! A line between two network namespaces, which delays each packet and loses some.

use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tun_rs::{DeviceBuilder, Layer, SyncDevice};

/// The addresses of the two ends, in namespaces where nothing else is.
pub(super) const SERVER: &str = "10.99.0.1";
const CLIENT: &str = "10.99.0.2";

/// The longest packet.
const MTU: u16 = 1500;

/// Two namespaces, each with one end of the line.
#[derive(Debug)]
pub(super) struct Line {
    ends: [End; 2],
}

/// A namespace, which is removed when this is dropped.
#[derive(Debug)]
struct End {
    name: String,
}

impl Line {
    /// Opens a line that takes `delay` each way, and loses so many percent of the packets.
    ///
    /// # Errors
    ///
    /// This process may not make namespaces or TUN devices, or the command `ip` is missing.
    pub(super) fn open(delay: Duration, loss: u32, seed: u64) -> Result<Self> {
        let process = std::process::id();
        let (server, near) = End::open(&format!("nano{process}s"), SERVER)?;
        let (client, far) = End::open(&format!("nano{process}c"), CLIENT)?;
        carry(near.clone(), far.clone(), delay, Losses::new(loss, seed));
        carry(far, near, delay, Losses::new(loss, !seed));
        Ok(Self { ends: [server, client] })
    }

    pub(super) fn server_name(&self) -> String {
        self.ends[0].name.clone()
    }

    pub(super) fn client_name(&self) -> String {
        self.ends[1].name.clone()
    }
}

impl End {
    fn open(name: &str, address: &str) -> Result<(Self, Arc<SyncDevice>)> {
        ip(&["netns", "add", name])
            .context("network namespaces are needed, by root and iproute2")?;
        let end = Self { name: name.to_owned() };
        let device = DeviceBuilder::new().name(name).layer(Layer::L3).build_sync();
        let device = device.context("a TUN device is needed")?;
        ip(&["link", "set", name, "netns", name])?;
        let within = |arguments: &[&str]| ip(&[&["-n", name], arguments].concat());
        within(&["address", "add", &format!("{address}/24"), "dev", name])?;
        within(&["link", "set", name, "mtu", &MTU.to_string(), "up"])?;
        Ok((end, Arc::new(device)))
    }
}

impl Drop for End {
    fn drop(&mut self) {
        // It is empty: its processes have ended before.
        let _ = ip(&["netns", "delete", &self.name]);
    }
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(arguments).output().context("`ip` cannot be started")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`ip {}`: {}", arguments.join(" "), errors.trim());
    Ok(())
}

/// Carries packets from one device to another, in two threads that end with the first of these.
fn carry(from: Arc<SyncDevice>, to: Arc<SyncDevice>, delay: Duration, mut losses: Losses) {
    let (queue, due): (Sender<(Instant, Vec<u8>)>, Receiver<_>) = channel();
    thread::spawn(move || {
        let mut packet = vec![0; usize::from(MTU)];
        while let Ok(len) = from.recv(&mut packet) {
            let is_sent = !losses.next()
                && queue.send((Instant::now() + delay, packet[..len].to_vec())).is_err();
            if is_sent {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (at, packet) in due {
            thread::sleep(at.saturating_duration_since(Instant::now()));
            // A packet that finds no room is lost, as on any line.
            let _ = to.send(&packet);
        }
    });
}

/// The losses of one direction, by random numbers that are the same for each seed.
#[derive(Debug)]
struct Losses {
    percent: u64,
    state: u64,
}

impl Losses {
    fn new(percent: u32, seed: u64) -> Self {
        Self { percent: percent.into(), state: seed }
    }

    /// Returns `true` if the next packet is lost. The numbers are those of SplitMix64.
    fn next(&mut self) -> bool {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100 < self.percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_losses_are_as_many_as_they_should_be_and_the_same_again() {
        for percent in [0, 5, 50] {
            let losses = |seed| {
                let mut losses = Losses::new(percent, seed);
                (0..100_000).map(|_| losses.next()).collect::<Vec<_>>()
            };
            let lost = losses(1).iter().filter(|lost| **lost).count();
            assert!(lost.abs_diff(1000 * percent as usize) < 500, "{lost} for {percent} %");
            assert_eq!(losses(1), losses(1));
            assert!(percent == 0 || losses(1) != losses(2));
        }
    }
}

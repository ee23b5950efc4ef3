//! The instructions of a server for each message, counted by Valgrind's callgrind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io};

use crate::shell::root;

/// The route of the servers' echo.
const ROUTE: &str = "echo.say";
/// The number of messages of the two runs. What a server does once is in both, and their difference has none of it.
const COUNTS: [usize; 2] = [3200, 9600];
/// The time for whatever a server that is slowed down may take to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// The length of a packet's header.
const HEADER: usize = 4;
/// The type of a packet that carries a message.
const DATA: u8 = 4;

/// A server of nano-bench, and its load.
pub(super) struct Subject<'a> {
    pub(super) peer: &'a str,
    pub(super) in_flight: usize,
    pub(super) body: &'a [u8],
}

impl Subject<'_> {
    /// Returns the instructions for each message.
    pub(super) fn instructions(&self, valgrind: &Path, program: &Path) -> Result<f64, String> {
        let [few, many] = COUNTS.map(|count| self.total(valgrind, program, count));
        let messages = (COUNTS[1] - COUNTS[0]) as f64;
        Ok((many? - few?) as f64 / messages)
    }

    /// Returns the instructions of a server's whole life, in which it answers so many messages.
    fn total(&self, valgrind: &Path, program: &Path, messages: usize) -> Result<i64, String> {
        let mut server = Server::start(valgrind, program, self.peer)?;
        self.load(&server.address, messages)
            .map_err(|error| format!("{} under callgrind: {error}", self.peer))?;
        server.stop()
    }

    fn load(&self, address: &str, messages: usize) -> io::Result<()> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(&packet(1, b""))?;
        read_packet(&mut stream)?;
        stream.write_all(&packet(2, b""))?;
        let request = [&[0, 100, ROUTE.len() as u8], ROUTE.as_bytes(), self.body].concat();
        let burst = packet(DATA, &request).repeat(self.in_flight);
        let mut reply = packet(DATA, &[&[2 << 1, 100], self.body].concat()).repeat(self.in_flight);
        let expected = reply.clone();
        for _ in 0..messages / self.in_flight {
            stream.write_all(&burst)?;
            stream.read_exact(&mut reply)?;
            if reply != expected {
                return Err(io::Error::other("a reply is not the echo of its request"));
            }
        }
        Ok(())
    }
}

/// A server that runs under callgrind.
struct Server {
    process: Child,
    address: String,
    out: PathBuf,
}

impl Server {
    fn start(valgrind: &Path, program: &Path, peer: &str) -> Result<Self, String> {
        let out = root().join(format!("target/bench/callgrind.{}", std::process::id()));
        fs::create_dir_all(root().join("target/bench")).map_err(|error| error.to_string())?;
        let mut command = Command::new(valgrind);
        command
            .args(["--quiet", "--tool=callgrind"])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(program)
            .args(["serve", peer, "--transport", "tcp"])
            // It ends when nobody holds the other end.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut process =
            command.spawn().map_err(|error| format!("cannot run valgrind: {error}"))?;
        let mut address = String::new();
        if let Some(stdout) = process.stdout.take() {
            let read = BufReader::new(stdout).read_line(&mut address);
            read.map_err(|error| format!("cannot read the address of {peer}: {error}"))?;
        }
        let server = Self { process, address: address.trim().to_owned(), out };
        if server.address.is_empty() {
            return Err(format!("the server {peer} does not start under callgrind"));
        }
        Ok(server)
    }

    /// Ends the server, and returns the instructions that it took.
    fn stop(&mut self) -> Result<i64, String> {
        let mut kill = Command::new("kill");
        kill.args(["-INT", &self.process.id().to_string()]);
        kill.status().map_err(|error| format!("cannot run kill: {error}"))?;
        let begun = Instant::now();
        while self.process.try_wait().map_err(|error| error.to_string())?.is_none() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("a server did not end within {PATIENCE:?}"));
            }
            thread::sleep(Duration::from_millis(10));
        }
        let text = fs::read_to_string(&self.out)
            .map_err(|error| format!("callgrind left no {}: {error}", self.out.display()))?;
        total(&text).ok_or_else(|| format!("callgrind's {} has no sum", self.out.display()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_file(&self.out);
    }
}

/// Returns the sum of a profile.
fn total(profile: &str) -> Option<i64> {
    let sum = |name| profile.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    sum("totals:").or_else(|| sum("summary:"))
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
    [&[kind, high, middle, low], body].concat()
}

fn read_packet(stream: &mut TcpStream) -> io::Result<()> {
    let mut header = [0; HEADER];
    stream.read_exact(&mut header)?;
    let [_, high, middle, low] = header;
    let mut body = vec![0; u32::from_be_bytes([0, high, middle, low]) as usize];
    stream.read_exact(&mut body)
}

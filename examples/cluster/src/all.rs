//! All nodes, each in a process of its own.

use std::process::Stdio;

use nano::{Error, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use crate::options::Options;

/// Starts two gates and two backends, and waits until all have ended.
pub(crate) async fn run(options: Options) -> Result<()> {
    let mut second = options.listen;
    if second.port() != 0 {
        second.set_port(second.port() + 1);
    }
    let (first, second) = (options.listen.to_string(), second.to_string());
    println!("gate-1 is the master of the nodes: it waits five seconds for those of before");
    let mut nodes = JoinSet::new();
    let mut gate = Node::start("gate-1", &["--role", "gate", "--listen", &first])?;
    let master = gate.find("cluster").await?;
    nodes.spawn(gate.run());

    let gate = ["--role", "gate", "--join", &master, "--listen", &second];
    let backend = ["--role", "backend", "--join", &master];
    nodes.spawn(Node::start("gate-2", &gate)?.run());
    for name in ["backend-1", "backend-2"] {
        nodes.spawn(Node::start(name, &backend)?.run());
    }
    println!("to add nodes, in another terminal:");
    println!("  cargo run -p example-cluster -- --role backend --join {master}");
    println!("  cargo run -p example-cluster -- --role gate --join {master} --listen 127.0.0.1:0");
    while let Some(ended) = nodes.join_next().await {
        let (name, status) = ended.map_err(Error::internal)?;
        println!("{name}  ended  {status}");
    }
    Ok(())
}

/// A process with a node, which ends with this one.
struct Node {
    name: &'static str,
    child: Child,
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
}

impl Node {
    fn start(name: &'static str, arguments: &[&str]) -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = Command::new(program);
        command.args(arguments).args(["--name", name, "--with-input"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn()?;
        let output = child.stdout.take().expect("it is piped");
        Ok(Self { name, child, lines: BufReader::new(output).lines() })
    }

    /// Prints the lines of the node up to the one with this word, and returns what it tells.
    async fn find(&mut self, word: &str) -> Result<String> {
        while let Some(line) = self.lines.next_line().await? {
            println!("{line}");
            let mut words = line.split_whitespace().skip(1);
            if words.next() == Some(word)
                && let Some(found) = words.next()
            {
                return Ok(found.to_owned());
            }
        }
        Err(Error::internal(format!("{} has not started", self.name)))
    }

    /// Prints the lines of the node until it ends, and returns how.
    async fn run(mut self) -> (&'static str, String) {
        // The input stays open: its end would end the node.
        let _input = self.child.stdin.take();
        while let Ok(Some(line)) = self.lines.next_line().await {
            println!("{line}");
        }
        let status = self.child.wait().await;
        (self.name, status.map_or_else(|error| error.to_string(), |status| status.to_string()))
    }
}

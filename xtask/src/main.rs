//! Tasks of the repository, run as `cargo xtask <task>`.

mod bench;
mod build_cost;
mod bundle;
mod ci;
mod cluster;
mod codegen;
mod csharp;
mod e2e;
mod fuzz;
mod go;
mod go_nano;
mod kcp;
mod loom;
mod node;
mod peers;
mod programs;
mod release;
mod shell;
mod sim;
mod soak;

use std::process::ExitCode;

/// The result of a task; an error is a text for the person who ran it.
type Outcome = Result<(), String>;

struct Task {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task {
        name: "bench",
        about: "the cost of an edit in a package with nano-build; --quick: that of a message",
        run: bench::run,
    },
    Task {
        name: "build-cost",
        about: "the cost of building the README's first program",
        run: build_cost::run,
    },
    Task {
        name: "bundle",
        about: "the scripts of pages that are committed; --check only compares",
        run: bundle::run,
    },
    Task { name: "ci", about: "all checks that have to pass before a merge", run: ci::run },
    Task {
        name: "cluster",
        about: "nodes that are killed, stopped, cut off, or kept in etcd; --all: with faults of a minute",
        run: cluster::run,
    },
    Task { name: "codegen", about: "Rust from proto/; --check only compares", run: codegen::run },
    Task {
        name: "csharp",
        about: "the C# client and generated code, run by Mono",
        run: csharp::run,
    },
    Task {
        name: "e2e",
        about: "the example in real clients; `e2e <name>` runs one file",
        run: e2e::run,
    },
    Task {
        name: "fuzz",
        about: "the fuzz targets, a minute each; `fuzz <target>` runs one",
        run: fuzz::run,
    },
    Task {
        name: "go-nano",
        about: "nodes of Go nano itself beside ours in one cluster, if Go is installed",
        run: go_nano::run,
    },
    Task {
        name: "kcp",
        about: "connections over KCP with kcp-go, if Go is installed",
        run: kcp::run,
    },
    Task {
        name: "loom",
        about: "models of what crosses threads; `loom <name>` runs some",
        run: loom::run,
    },
    Task {
        name: "peers",
        about: "servers and clients of Go nano, pitaya, pomelo and pinus beside ours; `peers <name>` runs one",
        run: peers::run,
    },
    Task {
        name: "release",
        about: "what a registry asks for; --check: what takes minutes, too",
        run: release::run,
    },
    Task {
        name: "sim",
        about: "nodes in a network that fails at random, by seeds; `sim --help` has the options",
        run: sim::run,
    },
    Task {
        name: "soak",
        about: "2,000 clients that check a server, until it drains; `soak --help` has the options",
        run: soak::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprintln!("{}", usage());
        return ExitCode::FAILURE;
    };
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("xtask: no task named {name}\n\n{}", usage());
        return ExitCode::FAILURE;
    };
    match (task.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask {name}: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let tasks = TASKS.iter().map(|task| format!("\n  {:<15}{}", task.name, task.about));
    format!("usage: cargo xtask <task>\n{}", tasks.collect::<String>())
}

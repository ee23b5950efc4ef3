//! Tests of the files in `deploy`: that they can be read, and agree with this program and with one another.

mod compose;
mod kubernetes;
mod yaml;

use std::path::{Path, PathBuf};

use clap::Parser as _;
use serde_json::Value;

use crate::options::{Options, Role};

/// The name of the image, which the Dockerfile describes.
const IMAGE: &str = "nano-cluster";

/// The seconds of a shutdown: the default of `App::shutdown_grace`.
const SHUTDOWN: u64 = 10;

/// The seconds that a supervisor has to wait beyond all that a node does at its end.
const SPARE: u64 = 5;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy")
}

fn read(path: &str) -> String {
    let path = folder().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn documents(path: &str) -> Vec<Value> {
    yaml::documents(&read(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// The texts of a list, which a number without quotes is not.
#[track_caller]
fn texts(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list} is no list"));
    list.iter().map(|text| text.as_str().unwrap_or_else(|| panic!("{text} is no text"))).collect()
}

/// A node that the files describe.
struct Described {
    options: Options,
    role: Role,
}

impl Described {
    /// Reads the arguments as the program does, and checks what holds wherever the node runs. `host` is the name at which
    /// others reach it, `etcd` are the addresses of etcd, and `patience` is the number of seconds from SIGTERM to the end that
    /// the supervisor makes of it.
    #[track_caller]
    fn new(arguments: &[&str], host: &str, etcd: &[String], patience: u64) -> Self {
        let words = std::iter::once("example-cluster").chain(arguments.iter().copied());
        let options = Options::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
        let role = options.role.expect("a role");
        assert!(
            options.name.is_some(),
            "the name of a process would be another one after each start"
        );
        let bound = options.cluster.strip_prefix("0.0.0.0:").expect("all addresses of a container");
        assert_eq!(options.advertise, Some(format!("{host}:{bound}")));
        assert_eq!(options.etcd, etcd);
        if role == Role::Gate {
            assert!(options.listen.ip().is_unspecified(), "nobody reaches {}", options.listen);
        }
        let needed = options.drain + SHUTDOWN + SPARE;
        assert!(patience >= needed, "it takes {needed} s to end, and is killed after {patience} s");
        Self { options, role }
    }

    /// The port for other nodes.
    fn nodes(&self) -> u16 {
        let (_, port) = self.options.cluster.rsplit_once(':').expect("an address");
        port.parse().expect("a port")
    }
}

#[test]
fn the_image_runs_this_program() {
    let text = read("Dockerfile");
    let program = env!("CARGO_PKG_NAME");
    for line in [
        format!("RUN cargo build --release --locked --package {program}"),
        format!("COPY --from=build /nano/target/release/{program} /usr/local/bin/{program}"),
        format!("ENTRYPOINT [\"{program}\"]"),
        "USER 65534:65534".to_owned(),
    ] {
        assert!(text.lines().any(|found| found == line), "the Dockerfile has no `{line}`");
    }
    assert!(text.contains(&format!("--tag {IMAGE} ")), "the Dockerfile makes another image");
}

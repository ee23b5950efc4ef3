//! Tests of `compose.yaml`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Described, IMAGE, documents, texts};
use crate::options::Role;

#[test]
fn compose_starts_etcd_and_nodes_that_find_one_another() {
    let [file] = &documents("compose.yaml")[..] else { panic!("one document") };
    let services = file["services"].as_object().expect("services");
    let etcd = &services["etcd"];
    let clients = argument(etcd, "--advertise-client-urls=");
    let port = clients.strip_prefix("http://etcd:").expect("the name of the service");
    assert_eq!(argument(etcd, "--listen-client-urls="), format!("http://0.0.0.0:{port}"));
    assert_eq!(texts(&etcd["networks"]), ["nodes"]);
    assert_eq!(file["networks"]["nodes"]["internal"], true, "nodes without TLS are by themselves");

    let (mut roles, mut published) = (Vec::new(), BTreeSet::new());
    for (name, service) in services.iter().filter(|(name, _)| *name != "etcd") {
        assert_eq!(service["image"], IMAGE, "{name}");
        let seconds = service["stop_grace_period"].as_str().expect("a time");
        let patience = seconds.trim_end_matches('s').parse().expect("seconds");
        let arguments = texts(&service["command"]);
        let node = Described::new(&arguments, name, &[clients.to_owned()], patience);
        assert_eq!(node.options.name.as_ref(), Some(name));
        assert!(node.options.trusted_network);
        assert_eq!(service["depends_on"]["etcd"]["condition"], "service_healthy");
        let networks = texts(&service["networks"]);
        match node.role {
            Role::Backend => {
                assert_eq!(networks, ["nodes"]);
                assert_eq!(service["ports"], Value::Null, "{name} has no clients");
            }
            Role::Gate => {
                // Ports of a network that is internal cannot be published.
                assert_eq!(networks, ["nodes", "default"]);
                let [port] = texts(&service["ports"])[..] else { panic!("{name}: one port") };
                let (outside, inside) = port.split_once(':').expect("two ports");
                assert_eq!(inside, node.options.listen.port().to_string());
                assert!(published.insert(outside.to_owned()), "{outside} is taken twice");
            }
        }
        roles.push(node.role);
    }
    assert_eq!(roles, [Role::Backend, Role::Backend, Role::Gate, Role::Gate]);
}

/// The value of an argument of a service.
fn argument<'a>(service: &'a Value, option: &str) -> &'a str {
    let found = texts(&service["command"]).into_iter().find_map(|word| word.strip_prefix(option));
    found.unwrap_or_else(|| panic!("no {option}"))
}

//! Tests of the manifests for Kubernetes.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use nano::{Admin, App};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Described, IMAGE, documents, folder, texts};
use crate::options::Role;

/// All objects of the files that `kustomization.yaml` lists.
fn objects() -> Vec<Value> {
    let [list] = &documents("kubernetes/kustomization.yaml")[..] else { panic!("one document") };
    assert_eq!(list["images"][0]["name"], IMAGE);
    let listed: BTreeSet<&str> = texts(&list["resources"]).into_iter().collect();
    let files = std::fs::read_dir(folder().join("kubernetes")).expect("the manifests");
    let files =
        files.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let files: BTreeSet<String> = files.filter(|name| name != "kustomization.yaml").collect();
    assert_eq!(listed, files.iter().map(String::as_str).collect(), "kustomization.yaml lists all");
    let objects: Vec<Value> =
        listed.iter().flat_map(|file| documents(&format!("kubernetes/{file}"))).collect();
    let names: BTreeSet<String> = objects
        .iter()
        .map(|object| format!("{} {}", object["kind"], object["metadata"]["name"]))
        .collect();
    assert_eq!(names.len(), objects.len(), "two objects have one name: {names:?}");
    objects
}

#[track_caller]
fn object<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let is_it = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
    objects.iter().find(is_it).unwrap_or_else(|| panic!("no {kind} is called {name}"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The number of a port that a container has given a name.
fn port(container: &Value, name: &Value) -> u64 {
    let ports = container["ports"].as_array().expect("ports");
    let port = ports.iter().find(|port| port["name"] == *name);
    number(&port.unwrap_or_else(|| panic!("no port is called {name}"))["containerPort"])
}

/// Checks that a stateful set gives its pods names by which they find one another.
fn check_names(objects: &[Value], set: &Value) {
    let (name, spec) = (&set["metadata"]["name"], &set["spec"]);
    let labels = &spec["template"]["metadata"]["labels"];
    assert!(is_part(&spec["selector"]["matchLabels"], labels), "{name} selects its own pods");
    let service = object(objects, "Service", spec["serviceName"].as_str().expect("a service"));
    assert_eq!(service["spec"]["clusterIP"], "None", "{name} has a headless service");
    assert_eq!(
        service["spec"]["publishNotReadyAddresses"], true,
        "a node joins before it is ready"
    );
    assert!(is_part(&service["spec"]["selector"], labels), "the service of {name} has its pods");
    let budget = object(objects, "PodDisruptionBudget", name.as_str().expect("a name"));
    assert!(is_part(&budget["spec"]["selector"]["matchLabels"], labels));
}

/// Returns `true` if an object has all labels of a selector.
fn is_part(selector: &Value, labels: &Value) -> bool {
    let selector = selector.as_object().expect("labels");
    !selector.is_empty() && selector.iter().all(|(name, value)| labels[name] == *value)
}

#[test]
fn nodes_are_stateful_sets_whose_pods_find_one_another() {
    let objects = objects();
    let etcd = object(&objects, "StatefulSet", "etcd");
    check_names(&objects, etcd);
    let client = port(&etcd["spec"]["template"]["spec"]["containers"][0], &Value::from("client"));
    let members = (0..number(&etcd["spec"]["replicas"]))
        .map(|member| format!("http://etcd-{member}.etcd:{client}"))
        .collect::<Vec<_>>();

    for (name, role) in [("gate", Role::Gate), ("backend", Role::Backend)] {
        let set = object(&objects, "StatefulSet", name);
        check_names(&objects, set);
        assert!(number(&set["spec"]["replicas"]) > 1, "one {name} would be missing in an update");
        let pod = &set["spec"]["template"]["spec"];
        let container = &pod["containers"][0];
        assert_eq!(container["image"], IMAGE);
        let variable = |name: &str| {
            let variables = container["env"].as_array().expect("variables").iter();
            variables.clone().find(|variable| variable["name"] == name).expect("the variable")
        };
        assert_eq!(variable("POD_NAME")["valueFrom"]["fieldRef"]["fieldPath"], "metadata.name");

        // The pause before SIGTERM is part of the grace period.
        let pause = number(&container["lifecycle"]["preStop"]["sleep"]["seconds"]);
        let patience = number(&pod["terminationGracePeriodSeconds"]) - pause;
        let host = format!("$(POD_NAME).{name}");
        let node = Described::new(&texts(&container["args"]), &host, &members, patience);
        assert_eq!(node.role, role);
        assert_eq!(node.options.name.as_deref(), Some("$(POD_NAME)"));
        assert_eq!(port(container, &"nodes".into()), u64::from(node.nodes()));

        let admin = node.options.admin.expect("an admin page");
        assert!(admin.ip().is_unspecified(), "the kubelet reaches the address of the pod");
        assert!(variable("ADMIN_TOKEN")["valueFrom"]["secretKeyRef"].is_object());
        assert_eq!(port(container, &"admin".into()), u64::from(admin.port()));
        for (probe, path) in [("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")] {
            let request = &container[probe]["httpGet"];
            assert_eq!((&request["path"], &request["port"]), (&path.into(), &"admin".into()));
        }

        let certs = node.options.certs.expect("certificates");
        let mounts = container["volumeMounts"].as_array().expect("mounts");
        let mount =
            mounts.iter().find(|mount| certs == *mount["mountPath"].as_str().expect("a path"));
        let volumes = pod["volumes"].as_array().expect("volumes");
        let volume = volumes
            .iter()
            .find(|volume| mount.is_some_and(|mount| mount["name"] == volume["name"]));
        assert!(volume.expect("a volume")["secret"]["secretName"].is_string());

        if role == Role::Gate {
            let clients = port(container, &"clients".into());
            assert_eq!(clients, u64::from(node.options.listen.port()));
            let game = object(&objects, "Service", "game");
            assert_eq!(game["spec"]["ports"][0]["targetPort"], "clients");
            assert!(is_part(
                &game["spec"]["selector"],
                &set["spec"]["template"]["metadata"]["labels"]
            ));
        }
    }
}

/// The paths of the probes, at a node of this framework.
#[tokio::test]
async fn probes_ask_for_what_a_node_answers() {
    let app = App::new().admin(Admin::bind("127.0.0.1:0"));
    let server = app.start().await.expect("the app starts");
    let address = server.admin_address().expect("an admin page");
    let objects = objects();
    for name in ["gate", "backend"] {
        let set = object(&objects, "StatefulSet", name);
        let container = &set["spec"]["template"]["spec"]["containers"][0];
        for probe in ["livenessProbe", "readinessProbe"] {
            let path = container[probe]["httpGet"]["path"].as_str().expect("a path");
            assert_eq!(status(address, path).await, "200", "{probe} of {name}");
        }
    }
    server.shutdown().await;
}

/// Returns the status with which a path is answered.
async fn status(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Who may connect to a port is said by its name.
#[test]
fn policies_open_ports_that_there_are() {
    let objects = objects();
    let sets: Vec<&Value> =
        objects.iter().filter(|object| object["kind"] == "StatefulSet").collect();
    let policies = objects.iter().filter(|object| object["kind"] == "NetworkPolicy");
    let mut opened = BTreeSet::new();
    for policy in policies {
        let selector = &policy["spec"]["podSelector"]["matchLabels"];
        let selected = sets
            .iter()
            .filter(|set| is_part(selector, &set["spec"]["template"]["metadata"]["labels"]));
        for set in selected {
            let container = &set["spec"]["template"]["spec"]["containers"][0];
            for rule in policy["spec"]["ingress"].as_array().expect("rules") {
                for open in rule["ports"].as_array().expect("ports") {
                    opened.insert((
                        set["metadata"]["name"].to_string(),
                        port(container, &open["port"]),
                    ));
                }
            }
        }
    }
    // Metrics of etcd are for the kubelet.
    let expected = [("backend", 7800), ("backend", 9250), ("etcd", 2379), ("etcd", 2380)];
    let gates = [("gate", 3300), ("gate", 7800), ("gate", 9250)];
    let expected = expected.into_iter().chain(gates);
    let expected: BTreeSet<_> =
        expected.map(|(name, port)| (format!("\"{name}\""), port)).collect();
    assert_eq!(opened, expected);
}

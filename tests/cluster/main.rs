//! Clusters whose nodes are processes that are stopped and killed, are in networks that fail, or are kept in a real etcd.
//! `cargo xtask cluster` runs these tests.

#[cfg(unix)]
mod clients;
#[cfg(unix)]
mod clocks;
mod etcd;
#[cfg(unix)]
mod game;
#[cfg(unix)]
mod load;
#[cfg(unix)]
mod mill;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(unix)]
mod node;
mod ports;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod robots;
#[cfg(unix)]
mod table;
mod wait;

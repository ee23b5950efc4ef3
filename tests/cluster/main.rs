//! Clusters whose nodes are processes that are stopped and killed, are in networks that fail, or are kept in a real etcd.
//! `cargo xtask cluster` runs these tests.

mod etcd;
#[cfg(unix)]
mod game;
#[cfg(unix)]
mod load;
#[cfg(unix)]
#[allow(dead_code, reason = "further tests need the rest")]
mod node;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
#[allow(dead_code, reason = "further tests need the rest")]
mod table;
mod wait;

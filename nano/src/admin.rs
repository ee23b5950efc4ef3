//! The admin page: metrics, health, lists of routes and sessions, a live page, and the playground, over HTTP.

mod access;
mod health;
mod listing;
mod nodes;
mod opening;
mod options;
mod page;
mod playground;
mod rooms;
mod router;
mod serve;
mod sessions;
mod site;

pub(crate) use opening::Opening;
pub use options::Admin;
pub(crate) use serve::Served;

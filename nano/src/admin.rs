//! The admin page: metrics, health, lists of routes and sessions, and a live page, over HTTP.

mod access;
mod health;
mod listing;
mod opening;
mod options;
mod page;
mod rooms;
mod router;
mod serve;
mod sessions;
mod site;

pub(crate) use opening::Opening;
pub use options::Admin;
pub(crate) use serve::Served;

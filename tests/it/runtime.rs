//! What clients of each kind see of a running app, and what handlers hold.

mod admission;
mod axum;
mod compression;
mod data;
mod dialects;
mod group;
mod listeners;
mod memory;
mod messages;
mod routes;
mod session;

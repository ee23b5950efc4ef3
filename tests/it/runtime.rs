//! Tests of a running app, as clients of each kind and handlers see it.

mod admin;
mod admission;
mod axum;
mod bad_request;
mod compression;
mod data;
mod dialects;
mod group;
mod handshake;
mod kicks;
mod listeners;
mod memory;
mod messages;
mod metrics;
mod paused;
mod pipeline;
mod policy;
mod proxies;
mod rooms;
mod routes;
mod rows;
mod session;
mod session_data;
mod spans;
mod tls;
mod users;

//! Tests of the client against a scripted server.

mod fake;
mod handshake;
mod lifetime;
mod messages;
mod pushes;
mod sockets;

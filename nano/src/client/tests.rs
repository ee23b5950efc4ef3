//! The client against a server that says what it is told to.

mod fake;
mod handshake;
mod lifetime;
mod messages;
mod pushes;
mod sockets;

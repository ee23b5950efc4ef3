//! The files of the JavaScript client, for programs that serve or write them.

macro_rules! file {
    ($path:literal) => {
        ($path, include_str!($path))
    };
}

/// The client's scripts and their types: the path of each from the folder of `nano.js`, and its text.
pub const FILES: &[(&str, &str)] = &[
    file!("nano.js"),
    file!("nano.d.ts"),
    file!("nano/codec.js"),
    file!("nano/connection.js"),
    file!("nano/error.js"),
    file!("nano/farewell.js"),
    file!("nano/inflate.js"),
    file!("nano/json.js"),
    file!("nano/kick.js"),
    file!("nano/listeners.js"),
    file!("nano/newest.js"),
    file!("nano/pipeline.js"),
    file!("nano/session.js"),
    file!("nano/socket.js"),
    file!("nano/text.js"),
    file!("nano/wait.js"),
    file!("nano/webtransport.js"),
];

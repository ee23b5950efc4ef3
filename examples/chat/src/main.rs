//! Chat
fn main() {}

//! Expansions under the lints that a careful crate denies.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused, rust_2018_idioms)]
#![forbid(unsafe_code)]

use nano::{Context, Reply, Result, Session, component, push};

/// A room.
#[derive(Debug)]
pub struct Room {
    count: u32,
}

#[derive(serde::Deserialize, serde::Serialize)]
struct Private(u32);

#[component]
impl Room {
    /// Joins.
    #[handler]
    pub fn join(&mut self, session: &Session) -> u32 {
        let _ = session;
        self.count += 1;
        self.count
    }

    #[handler]
    #[deprecated]
    async fn old(&self, private: Private, reply: Reply<Private>) {
        reply.send(private);
    }

    #[handler]
    #[allow(non_snake_case)]
    fn Shout(&self) {}

    #[on(init)]
    fn load(&mut self, _: &Context<Self>) -> Result<()> {
        Ok(())
    }
}

/// An empty one.
#[derive(Debug)]
pub struct Nothing;

#[component]
impl Nothing {}

/// Events.
#[push]
pub trait Events {
    /// All numbers.
    fn numbers(numbers: Vec<u32>);
}

fn main() {}

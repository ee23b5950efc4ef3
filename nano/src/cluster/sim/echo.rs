//! The nodes and players of the faults with numbers.

use std::future::pending;
use std::time::Duration;

use serde_json::Value;

use super::world::{Life, Role, Setting, World};
use crate::testing::TestApp;
use crate::{App, Node, component};

const GATE: Role = Role {
    app: |life| App::new().component(Watch(life.clone())),
    play: |life, app| {
        Box::pin(async move {
            tokio::join!(play(&life, &app, "echo"), play(&life, &app, "stuck"));
        })
    },
};

const BACKEND: Role =
    Role { app: |_| App::new().component(Chat), play: |_, _| Box::pin(pending()) };

impl World {
    /// A node with players.
    pub(super) fn gate(&mut self, name: &'static str, setting: Setting) {
        self.host(name, GATE, setting);
    }

    /// A node with the component.
    pub(super) fn backend(&mut self, name: &'static str, setting: Setting) {
        self.host(name, BACKEND, setting);
    }
}

/// The component of the backends.
struct Chat;

#[component(crate = crate)]
impl Chat {
    #[handler]
    fn echo(&self, number: u64) -> u64 {
        number
    }

    #[handler(timeout = "100s")]
    async fn stuck(&self) {
        pending::<()>().await;
    }
}

/// The component of the gates, which notes who comes and goes.
struct Watch(Life);

#[component(crate = crate)]
impl Watch {
    #[on(node_joined)]
    fn joined(&self, node: &Node) {
        self.0.with(|host| host.noted.push(format!("{} joined", node.name())));
    }

    #[on(node_left)]
    async fn left(&self, node: &Node) {
        self.0.with(|host| host.noted.push(format!("{} left", node.name())));
    }
}

/// A player, who asks again and again, and comes back when the connection is closed.
async fn play(life: &Life, app: &TestApp, route: &'static str) {
    loop {
        let client = app.connect().await;
        for number in 1_u64.. {
            let path = format!("chat.{route}");
            let asked = client.request::<_, Value>(&path, &number).await;
            let is_closed = asked.as_ref().is_err_and(|error| error.code().is_none());
            let is_wrong = route == "echo" && asked.as_ref().is_ok_and(|answer| *answer != number);
            if is_wrong {
                life.with(|host| host.fault = Some(format!("a wrong answer to {number}")));
            }
            let answer = asked
                .map(drop)
                .map_err(|error| error.code().map_or_else(|| error.to_string(), str::to_owned));
            life.answered(route, answer);
            tokio::time::sleep(Duration::from_millis(20)).await;
            if is_closed {
                break;
            }
        }
    }
}

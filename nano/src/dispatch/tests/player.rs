//! A client over either of the two links.

use tokio::sync::mpsc;

use super::recorder::{self, Message};
use crate::codec::{MessageKind, PacketKind};
use crate::testing::{RawClient, TestApp};

/// The link of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The link of a connection to this node.
    Local,
    /// The link that records routes and bodies.
    Recorder,
    /// The link to a client of another node.
    #[cfg(feature = "cluster")]
    Gate,
}

/// A message or an end, as the client receives it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    Push { route: String, body: String },
    Reply { id: u64, body: String },
    Error { id: u64, code: String },
    Closed(String),
}

impl Said {
    pub(super) fn push(route: &str, body: &str) -> Self {
        Self::Push { route: route.into(), body: body.into() }
    }

    pub(super) fn reply(id: u64, body: &str) -> Self {
        Self::Reply { id, body: body.into() }
    }

    pub(super) fn error(id: u64, code: &str) -> Self {
        Self::Error { id, code: code.into() }
    }
}

pub(super) enum Player {
    Local(RawClient),
    #[cfg(feature = "cluster")]
    Gate(RawClient, TestApp),
    Recorder(mpsc::UnboundedSender<Message>, mpsc::UnboundedReceiver<Said>),
}

impl Player {
    pub(super) async fn connect(app: &TestApp, over: Over) -> Self {
        match over {
            Over::Local => Self::Local(open(app).await),
            #[cfg(feature = "cluster")]
            Over::Gate => {
                use crate::cluster::tests::cable;

                let gate = TestApp::start(crate::App::new().cluster(cable::node(1))).await;
                cable::join(&gate, app).await;
                Self::Gate(open(&gate).await, gate)
            }
            Over::Recorder => {
                let (send, inbox) = mpsc::unbounded_channel();
                let (say, said) = mpsc::unbounded_channel();
                let runtime = app.server().core().runtime.clone();
                let tasks = runtime.tasks.clone();
                tasks.spawn(recorder::serve(runtime, inbox, say));
                Self::Recorder(send, said)
            }
        }
    }

    pub(super) async fn request(&mut self, id: u64, route: &str, body: &str) {
        match self {
            Self::Local(client) => client.request(id, route, body).await,
            #[cfg(feature = "cluster")]
            Self::Gate(client, _) => client.request(id, route, body).await,
            Self::Recorder(send, _) => {
                let message = Message { id, route: route.into(), body: body.into() };
                send.send(message).unwrap_or_else(|_| panic!("the session has ended"));
            }
        }
    }

    pub(super) async fn notify(&mut self, route: &str, body: &str) {
        match self {
            Self::Local(client) => client.notify(route, body).await,
            #[cfg(feature = "cluster")]
            Self::Gate(client, _) => client.notify(route, body).await,
            Self::Recorder(..) => self.request(0, route, body).await,
        }
    }

    pub(super) async fn next(&mut self) -> Said {
        match self {
            Self::Local(client) => hear(client).await,
            #[cfg(feature = "cluster")]
            Self::Gate(client, _) => hear(client).await,
            Self::Recorder(_, said) => said.recv().await.expect("the session goes on"),
        }
    }

    /// Waits until the app has no session any more, and every task of theirs has ended.
    pub(super) async fn gone(self, app: &TestApp) {
        // A gate that went, too, would end its sessions in another way.
        #[cfg(feature = "cluster")]
        let _gate = match self {
            Self::Gate(client, gate) => {
                drop(client);
                Some(gate)
            }
            player => {
                drop(player);
                None
            }
        };
        #[cfg(not(feature = "cluster"))]
        drop(self);
        let tasks = &app.server().core().runtime.tasks;
        while !tasks.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(app.server().sessions(), 0);
    }
}

async fn open(app: &TestApp) -> RawClient {
    let mut client = app.raw();
    client.handshake(serde_json::json!({"sys": {"features": ["errors"]}})).await;
    client.ack().await;
    client
}

async fn hear(client: &mut RawClient) -> Said {
    loop {
        let packet = client.packet().await.expect("the connection goes on");
        match packet.kind {
            PacketKind::Heartbeat => {}
            PacketKind::Kick => {
                let kick: serde_json::Value = serde_json::from_slice(&packet.body).expect("json");
                return Said::Closed(kick["reason"].as_str().expect("a reason").to_owned());
            }
            _ => {
                let message = crate::codec::Message::decode(&packet.body).expect("a message");
                let body = String::from_utf8(message.body.to_vec()).expect("json");
                return match (message.kind, message.error) {
                    (MessageKind::Push, _) => {
                        let crate::codec::Route::Name(route) = message.route else {
                            panic!("pushes that are not registered travel by name")
                        };
                        Said::Push { route: route.to_owned(), body }
                    }
                    (_, false) => Said::Reply { id: message.id, body },
                    (_, true) => {
                        let error: serde_json::Value = serde_json::from_str(&body).expect("json");
                        let code = error["code"].as_str().expect("a code").to_owned();
                        Said::Error { id: message.id, code }
                    }
                };
            }
        }
    }
}

//! The command line of both servers.

#[path = "../nodes.rs"]
mod nodes;

use std::time::Duration;

use nano::{Admin, App, Error, Result, Resume, Tcp, WebSocket};

const USAGE: &str = "options: --listen ADDRESS (WebSocket), --tcp ADDRESS, of which 127.0.0.1:0 is the \
     default; --admin ADDRESS, whose token is in ADMIN_TOKEN; --max-sessions NUMBER; --heartbeat SECONDS; --resume SECONDS; --nodes 2";

/// Serves the app over WebSocket and TCP, and prints where. Its manifest is for the playground.
///
/// On two nodes, its clients are those of `gate`, another app, which forwards their messages.
pub(crate) async fn serve(mut app: App, gate: App, manifest: &str) -> Result<()> {
    let mut backend = None;
    if std::env::args().any(|argument| argument == "--nodes") {
        let (gate, server) = nodes::split(app, gate).await?;
        (app, backend) = (gate, Some(server));
    }
    let [mut listen, mut tcp] = ["127.0.0.1:0"; 2].map(String::from);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next();
        let number = value.as_deref().and_then(|value| value.parse::<u32>().ok());
        match (name.as_str(), value, number) {
            ("--listen", Some(address), _) => listen = address,
            ("--tcp", Some(address), _) => tcp = address,
            ("--admin", Some(address), _) => {
                let admin = Admin::bind(address).manifest(manifest);
                app = app.admin(match std::env::var("ADMIN_TOKEN") {
                    Ok(token) => admin.token(token),
                    Err(_) => admin,
                });
            }
            ("--max-sessions", _, Some(number)) => app = app.max_sessions(number as usize),
            ("--heartbeat", _, Some(seconds)) => {
                app = app.heartbeat(Duration::from_secs(seconds.into()));
            }
            // It has been looked at.
            ("--nodes", _, Some(2)) => {}
            ("--resume", _, Some(seconds)) => {
                let window = Duration::from_secs(seconds.into());
                app = app.resume(Resume::new().window(window));
            }
            _ => return Err(Error::internal(format!("`{name}` is not understood; {USAGE}"))),
        }
    }
    let server =
        app.listen(WebSocket::bind(listen).path("/nano")).listen(Tcp::bind(tcp)).start().await?;
    let [websocket, tcp] = server.addresses() else {
        return Err(Error::internal("two listeners have two addresses"));
    };
    let admin = server.admin_address();
    // The reader of the addresses may send a signal at once, so signals are handled from here on.
    let (ran, ()) = tokio::join!(biased; server.run(), async {
        println!("websocket  ws://{websocket}/nano");
        println!("tcp        tcp://{tcp}");
        if let Some(admin) = admin {
            println!("admin      http://{admin}/");
        }
    });
    if let Some(backend) = backend {
        backend.shutdown().await;
    }
    ran
}

//! The admin page, as HTTP clients see it.

mod nodes;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use nano::component::RoomType;
use nano::testing::TestApp;
use nano::{Admin, App, Error, ProxyProtocol, Result, Session, Tcp, WebSocket, component};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::promises::support::{in_time, sessions};

const TOKEN: &str = "a-token-of-a-test";

#[derive(Default)]
struct Gate {
    reached: Arc<Notify>,
    free: Arc<Notify>,
}

#[component]
impl Gate {
    /// Lets somebody in.
    #[handler]
    async fn enter(&self, session: &Session, uid: String) -> Result<()> {
        session.bind(uid).await
    }

    #[on(before_shutdown)]
    async fn closing(&self) {
        self.reached.notify_one();
        self.free.notified().await;
    }
}

fn require_member(session: &Session) -> Result<()> {
    session.uid().map(drop).ok_or_else(|| Error::reject("no_member", "log in first"))
}

struct Shop;

#[component(max_body = "4KiB", before = require_member)]
impl Shop {
    #[handler(timeout = "500ms", rate = "10/s burst 20")]
    fn buy(&self, item: u32) -> u32 {
        item
    }

    #[handler(concurrent, guest, before = off, max_body = off)]
    fn look(&self) {}
}

struct Table;

#[component(room)]
impl Table {}

struct Hall;

#[component(room)]
impl Hall {}

/// Sends a request, and returns the status and the body of the answer.
pub(super) async fn ask(address: SocketAddr, head: &str, body: &str) -> (u16, String) {
    let answered = async {
        let mut stream = TcpStream::connect(address).await.expect("the page is served");
        let len = body.len();
        let request = format!("{head}\r\nConnection: close\r\nContent-Length: {len}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).await.expect("the page reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the page answers");
        answer
    };
    let answer = in_time("an answer", answered).await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("a status"), body.to_owned())
}

/// A page with a token.
#[derive(Clone, Copy)]
struct Page(SocketAddr);

impl Page {
    async fn of(app: App) -> (TestApp, Self) {
        let app = TestApp::start(app.admin(Admin::bind("127.0.0.1:0").token(TOKEN))).await;
        let address = app.server().admin_address().expect("an address");
        (app, Self(address))
    }

    async fn without_token(&self, path: &str) -> u16 {
        ask(self.0, &format!("GET {path} HTTP/1.1\r\nHost: any"), "").await.0
    }

    async fn get(&self, path: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nHost: any\r\nAuthorization: Bearer {TOKEN}");
        let (status, body) = ask(self.0, &head, "").await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.get(path).await).expect("JSON")
    }

    async fn kick(&self, id: &str, body: &str) -> (u16, String) {
        let head = format!("POST /sessions/{id}/kick HTTP/1.1\r\nHost: any");
        ask(self.0, &format!("{head}\r\nAuthorization: Bearer {TOKEN}"), body).await
    }
}

#[tokio::test]
async fn only_the_token_opens_the_page_and_a_wrong_one_is_a_fault() {
    let (_app, page) = Page::of(App::new()).await;
    for path in ["/metrics", "/routes", "/sessions", "/grafana.json"] {
        assert_eq!(page.without_token(path).await, 401, "{path}");
        page.get(path).await;
    }
    for path in ["/", "/healthz", "/readyz"] {
        assert_eq!(page.without_token(path).await, 200, "{path}");
    }
    assert_eq!(page.without_token("/nowhere").await, 404);
    for wrong in ["a-token-of-a-tesT", "a-token-of-a-test1", "", "a"] {
        let head = format!("GET /routes HTTP/1.1\r\nHost: any\r\nAuthorization: Bearer {wrong}");
        assert_eq!(ask(page.0, &head, "").await.0, 401, "{wrong}");
    }
    // A token in the address would end up in logs.
    assert_eq!(page.without_token(&format!("/routes?token={TOKEN}")).await, 401);
    let metrics = page.get("/metrics").await;
    assert!(metrics.contains("nano_faults_total{kind=\"admin_refused\"} 4\n"), "{metrics}");
}

#[tokio::test]
async fn without_a_token_the_page_shows_to_this_machine_and_does_nothing() {
    let app = TestApp::start(App::new().admin(Admin::bind("127.0.0.1:0"))).await;
    let address = app.server().admin_address().expect("an address");
    let get = |host: &str| format!("GET /sessions HTTP/1.1\r\nHost: {host}");
    assert_eq!(ask(address, &get("127.0.0.1:9250"), "").await.0, 200);
    // A page elsewhere, whose name leads here.
    assert_eq!(ask(address, &get("evil.example"), "").await.0, 403);
    let kick = "POST /sessions/1/kick HTTP/1.1\r\nHost: localhost";
    assert_eq!(ask(address, kick, "").await.0, 403);
}

#[tokio::test]
async fn sessions_are_listed_found_and_kicked() {
    let (app, page) = Page::of(App::new().component(Gate::default())).await;
    let mut clients = Vec::new();
    for n in 0..5 {
        let mut client = app.raw();
        client.open().await;
        client.request(1, "gate.enter", format!("\"user-{n}\"")).await;
        client.message().await;
        clients.push(client);
    }
    let listed = |list: &Value| -> Vec<String> {
        let all = list["sessions"].as_array().expect("sessions").iter();
        all.map(|session| session["uid"].as_str().expect("a user").to_owned()).collect()
    };
    let first = page.json("/sessions?limit=3").await;
    assert_eq!(listed(&first), ["user-0", "user-1", "user-2"]);
    assert_eq!(first["total"], 5);
    let next = first["next"].as_str().expect("there are more");
    let rest = page.json(&format!("/sessions?limit=3&after={next}")).await;
    assert_eq!(listed(&rest), ["user-3", "user-4"]);
    assert_eq!(rest["next"], Value::Null);
    let found = page.json("/sessions?uid=er-3").await;
    assert_eq!(listed(&found), ["user-3"]);

    let id = found["sessions"][0]["id"].as_str().expect("an id");
    let long = json!({"reason": "x".repeat(257)}).to_string();
    assert_eq!(page.kick(id, &long).await.0, 400);
    assert_eq!(page.kick(id, "reason=x").await.0, 400);
    assert_eq!(page.kick("1", "").await.0, 404);
    assert_eq!(page.kick(id, r#"{"reason":"too loud"}"#).await.0, 204);
    assert_eq!(clients[3].kick_reason().await, "too loud");
    clients.remove(3).expect_closed().await;
    sessions(&app, 4).await;
    assert_eq!(listed(&page.json("/sessions?uid=er-3").await), [""; 0]);
    let metrics = page.get("/metrics").await;
    for line in [
        "nano_messages_total{route=\"gate.enter\",outcome=\"ok\"} 5\n",
        "nano_handler_seconds_count{route=\"gate.enter\"} 5\n",
        "nano_sessions_ended_total{reason=\"kicked\"} 1\n",
        "# TYPE nano_handler_seconds histogram\n",
    ] {
        assert!(metrics.contains(line), "no {line} in {metrics}");
    }
    let routes = page.json("/routes").await;
    assert_eq!(routes["routes"][0]["route"], "gate.enter");
    assert_eq!(routes["routes"][0]["docs"], "Lets somebody in.");
}

#[tokio::test]
async fn routes_are_listed_with_their_policies() {
    let app = App::new().require_bind().handler_timeout(Duration::from_secs(7)).component(Shop);
    let (_app, page) = Page::of(app).await;
    let list = page.json("/routes").await;
    assert_eq!((&list["require_bind"], &list["timeout"]), (&json!(true), &json!(7.0)));
    assert_eq!(list["max_body"], 64 * 1024);
    let rows = list["routes"].as_array().expect("routes").iter();
    let rows: Vec<_> = rows.map(|row| (&row["route"], &row["kind"], &row["policy"])).collect();
    let (request, notify) = (json!("request"), json!("notify"));
    let buy = json!({
        "timeout": 0.5, "rate": "10/s burst 20", "max_body": 4096, "guest": false,
        "before": "it::runtime::admin::require_member",
    });
    // What is null is as the app's settings say.
    let look = json!({
        "timeout": null, "rate": null, "max_body": null, "guest": true, "before": null,
    });
    let expected = [(&json!("shop.buy"), &request, &buy), (&json!("shop.look"), &notify, &look)];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn rooms_are_counted_listed_and_closed() {
    let app = App::new().rooms(RoomType::<Table>::new()).rooms(RoomType::<Hall>::new());
    let (app, page) = Page::of(app).await;
    let tables = app.server().rooms::<Table>().expect("they are registered");
    let halls = app.server().rooms::<Hall>().expect("they are registered");
    let first = tables.open_named("by <b>the window</b>", Table).await.expect("a room").id().get();
    let hall = halls.open(Hall).expect("a room").id().get();
    let last = tables.open(Table).expect("a room").id().get();
    let ids = |list: &Value| -> Vec<(u64, String)> {
        let all = list["rooms"].as_array().expect("rooms").iter();
        all.map(|room| {
            let kind = room["type"].as_str().expect("a type").to_owned();
            (room["id"].as_u64().expect("an id"), kind)
        })
        .collect()
    };
    let part = page.json("/rooms?limit=2").await;
    assert_eq!(ids(&part), [(first, "table".into()), (hall, "hall".into())]);
    assert_eq!(part["total"], 3);
    assert_eq!(part["rooms"][0]["name"], "by <b>the window</b>");
    assert_eq!(part["next"], hall);
    let rest = page.json(&format!("/rooms?after={hall}&limit=2")).await;
    assert_eq!((ids(&rest), &rest["next"]), (vec![(last, "table".into())], &Value::Null));

    let close = |id: u64, head: String| async move {
        let head = format!("POST /rooms/{id}/close HTTP/1.1\r\nHost: any{head}");
        ask(page.0, &head, "").await.0
    };
    let authorized = || format!("\r\nAuthorization: Bearer {TOKEN}");
    assert_eq!(close(hall, String::new()).await, 401);
    assert_eq!(close(hall, authorized()).await, 204);
    assert_eq!(close(u64::MAX, authorized()).await, 404);
    in_time("the end of the room", async {
        while !halls.is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let all = page.json("/rooms").await;
    assert_eq!(ids(&all), [(first, "table".into()), (last, "table".into())]);
    // The gauge is set four times a second.
    in_time("the gauge", async {
        loop {
            let metrics = page.get("/metrics").await;
            if metrics.contains("nano_rooms{type=\"table\"} 2\n")
                && metrics.contains("nano_rooms{type=\"hall\"} 0\n")
            {
                return;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_app_that_shuts_down_lives_and_is_not_ready() {
    let gate = Gate::default();
    let (reached, free) = (gate.reached.clone(), gate.free.clone());
    let (app, page) = Page::of(App::new().component(gate)).await;
    assert_eq!(page.without_token("/readyz").await, 200);
    let ending = tokio::spawn({
        let app = app.clone();
        async move { app.shutdown().await }
    });
    in_time("the shutdown", reached.notified()).await;
    assert_eq!(page.without_token("/readyz").await, 503);
    assert_eq!(page.without_token("/healthz").await, 200);
    free.notify_one();
    in_time("the end", ending).await.expect("no panic");
    // The page ends with the app, and its port is free again.
    let refused = async {
        while TcpStream::connect(page.0).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    in_time("the end of the page", refused).await;
}

#[tokio::test]
async fn a_page_that_would_be_open_to_all_does_not_start() {
    for (admin, problem) in [
        (Admin::bind("0.0.0.0:0"), "it needs a token, see `Admin::token`"),
        (Admin::mounted(), "a mounted admin page needs a token"),
        (Admin::bind("127.0.0.1:0").token("short"), "has 5 characters; 16 are the least"),
        (
            Admin::bind("127.0.0.1:0").token("sixteen letters!"),
            "other characters than visible ASCII",
        ),
        (Admin::bind("nowhere").token(TOKEN), "cannot listen on `nowhere`"),
    ] {
        let error = App::new().admin(admin).start().await.expect_err("a problem").to_string();
        assert!(error.contains(problem), "{error}");
        assert!(!error.contains("short") && !error.contains(TOKEN), "{error}");
    }
}

#[tokio::test]
async fn an_application_serves_the_page_itself_with_its_own_metrics() {
    let admin = Admin::mounted().token(TOKEN).metrics(|| "own_total 1\n".to_owned());
    let app = TestApp::start(App::new().admin(admin)).await;
    let router = app.server().admin_router().expect("it is mounted");
    assert_eq!(app.server().admin_address(), None);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let page = Page(listener.local_addr().expect("an address"));
    let site = axum::Router::new().nest("/admin", router);
    tokio::spawn(async move { axum::serve(listener, site).await });
    assert_eq!(page.get("/admin/metrics").await, "own_total 1\n");
    assert_eq!(page.without_token("/admin/sessions").await, 401);
    assert_eq!(page.without_token("/admin").await, 200);
}

#[tokio::test]
async fn the_playground_knows_the_app_and_asks_for_the_token() {
    const MANIFEST: &str = r#"{"format": 1, "package": "hall"}"#;
    let admin = Admin::bind("127.0.0.1:0").token(TOKEN).manifest(MANIFEST);
    let app = App::new()
        .component(Shop)
        .listen(Tcp::bind("127.0.0.1:0"))
        .listen(WebSocket::bind("127.0.0.1:0").path("/nano"))
        .listen(ProxyProtocol::over(WebSocket::bind("127.0.0.1:0")));
    let app = TestApp::start(app.admin(admin)).await;
    let page = Page(app.server().admin_address().expect("an address"));
    // The page has nothing of the app in it, and its files are those of everybody.
    for path in
        ["/playground/", "/playground/main.js", "/playground/nano.js", "/playground/nano/codec.js"]
    {
        assert_eq!(page.without_token(path).await, 200, "{path}");
    }
    assert_eq!(page.without_token("/playground").await, 308);
    for path in ["/playground/nano.d.ts", "/playground/../admin.rs", "/playground/page.html"] {
        assert_eq!(page.without_token(path).await, 404, "{path}");
    }
    assert_eq!(page.without_token("/playground/app").await, 401);
    let known = page.json("/playground/app").await;
    assert_eq!(known["serializer"], "json");
    assert_eq!(known["manifest"]["package"], "hall");
    assert_eq!(known["dictionary"]["codes"], json!({"shop.buy": 1, "shop.look": 2}));
    // Browsers speak neither TCP nor the header of a proxy.
    let url = format!("ws://{}/nano", app.server().addresses()[1]);
    assert_eq!(known["urls"], json!([url]));
}

#[tokio::test]
async fn options_of_the_playground_that_cannot_be_used_are_reported() {
    let admin = || Admin::bind("127.0.0.1:0");
    for (admin, problem) in [
        (admin().manifest("# routes"), "the manifest of the admin page is none of nano-build: "),
        (admin().manifest(r#"{"format": 2}"#), "has format 2; 1 can be read"),
        (admin().websocket("game.example.org"), "`game.example.org`; a URL begins with ws://"),
    ] {
        let error = App::new().admin(admin).start().await.expect_err("a problem").to_string();
        assert!(error.contains(problem), "{error}");
    }
    let url = "wss://game.example.org/nano";
    let app = App::new().listen(WebSocket::bind("127.0.0.1:0")).admin(admin().websocket(url));
    let app = TestApp::start(app).await;
    let address = app.server().admin_address().expect("an address");
    let (_, known) = ask(address, "GET /playground/app HTTP/1.1\r\nHost: localhost", "").await;
    let known: Value = serde_json::from_str(&known).expect("JSON");
    assert_eq!((&known["urls"], &known["manifest"]), (&json!([url]), &Value::Null));
}

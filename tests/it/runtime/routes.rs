//! The routes that a build script found: their codes on the wire, and their differences from the registered
//! ones.

use std::panic::{AssertUnwindSafe, catch_unwind};

use nano::__private::{ScannedKind, ScannedRoute, routes};
use nano::codec::{MessageHead, MessageKind, Route};
use nano::testing::{TestApp, assert_routes};
use nano::{App, ErrorKind, Protobuf, Routes, Session, component, push};
use prost::Message;
use serde_json::json;

/// As `build.rs` of this package writes it.
const SCANNED: Routes = nano::include_routes!();

#[expect(unreachable_pub, reason = "prost writes public items")]
mod pb {
    nano::include_proto!("game.v1");
}

#[push]
trait HallPush {
    #[push(name = "onEntered")]
    fn entered(visitor: pb::Visitor);
}

struct Hall;

#[component]
impl Hall {
    #[handler]
    fn enter(&self, session: &Session, visitor: pb::Visitor) -> nano::Result<pb::Visitor> {
        HallPush::to(session).entered(&visitor)?;
        Ok(visitor)
    }

    #[handler]
    fn leave(&self) {}
}

struct Gate;

#[component]
impl Gate {
    #[handler]
    fn open(&self) {}
}

fn app() -> App {
    App::new().serializer(Protobuf).routes(SCANNED)
}

fn by_code(code: u16, id: u64) -> MessageHead<'static> {
    let route = Route::Code(code);
    MessageHead { kind: MessageKind::Request, id, route, compressed: false, error: false }
}

#[tokio::test]
async fn the_codes_on_the_wire_are_those_of_the_build_script() {
    let app = TestApp::start(app().component(Hall)).await;
    assert_eq!(app.server().dictionary().version(), "3f2a9c0d11223344");
    let mut client = app.raw();
    let sys = &client.open_as(json!({ "sys": { "features": [] } })).await["sys"];
    let codes = json!({ "hall.enter": 7, "hall.leave": 300, "onEntered": 2 });
    assert_eq!(sys["dict"], codes);
    assert_eq!(sys["dictVersion"], "3f2a9c0d11223344");
    let ann = pb::Visitor { name: "ann".into() }.encode_to_vec();
    client.send_message(by_code(7, 1), &ann).await;
    // The push has its code without `App::push`.
    let push = client.message().await;
    assert_eq!((push.route.as_str(), push.code, &push.body[..]), ("onEntered", Some(2), &ann[..]));
    let reply = client.message().await;
    assert_eq!((reply.id, &reply.body[..]), (1, &ann[..]));
    client.send_message(by_code(300, 2), "").await;
    assert_eq!(client.message().await.id, 2);
    // Names still work.
    client.request(3, "hall.leave", "").await;
    assert_eq!(client.message().await.id, 3);
}

struct EntryHandler;

#[component(name = "connector.entryHandler", parts(rooms))]
impl EntryHandler {
    #[handler]
    fn entry(&self, name: String) -> String {
        name
    }
}

mod rooms {
    #[nano::component(name = "connector.entryHandler", part = "rooms")]
    impl super::EntryHandler {
        #[handler(name = "listRooms", notify)]
        fn list_rooms(&self) -> nano::Result<()> {
            Ok(())
        }
    }
}

/// Has a handler of the name with which the routes of the other component start.
struct Connector;

#[component]
impl Connector {
    #[handler(name = "entryHandler")]
    fn entry_handler(&self) -> u8 {
        7
    }
}

#[tokio::test]
async fn f0_routes_of_three_parts_are_called_by_name_and_by_code() {
    let app = TestApp::start(App::new().component(EntryHandler).component(Connector)).await;
    let routes: Vec<_> = app.server().routes().map(|info| (info.name(), info.method())).collect();
    let expected = [
        ("connector.entryHandler.entry", "entry"),
        ("connector.entryHandler.listRooms", "list_rooms"),
        ("connector.entryHandler", "entry_handler"),
    ];
    assert_eq!(routes, expected);

    let mut client = app.raw();
    let codes = client.open().await["sys"]["dict"].clone();
    client.request(1, "connector.entryHandler.entry", "\"ann\"").await;
    assert_eq!(client.message().await.json(), "ann");
    let code = codes["connector.entryHandler.entry"].as_u64().expect("a code");
    client.send_message(by_code(u16::try_from(code).expect("a code"), 2), "\"bob\"").await;
    assert_eq!(client.message().await.json(), "bob");
    // Neither route hides the other, and a part of one is none.
    client.request(3, "connector.entryHandler", "").await;
    assert_eq!(client.message().await.json(), 7);
    for (id, route) in [(4, "entryHandler.entry"), (5, "connector.entry"), (6, "connector")] {
        client.request(id, route, "").await;
        let reply = client.message().await;
        assert_eq!((reply.id, &reply.json()["error"]["code"]), (id, &json!("not_found")));
    }

    let client = app.connect().await;
    let caller = EntryHandlerClient::new(&client);
    assert_eq!(caller.entry(&"eve".to_owned()).await.expect("a reply"), "eve");
    caller.list_rooms().await.expect("a notify that was sent");
}

#[tokio::test]
async fn a_code_that_no_route_has_ends_the_connection() {
    let app = TestApp::start(app().component(Hall)).await;
    for gap in [0, 1, 3, 6, 8, 299, 301, u16::MAX] {
        let mut client = app.raw();
        client.open().await;
        client.send_message(by_code(gap, 1), "").await;
        let reason = client.kick_reason().await;
        assert!(reason.contains(&format!("unknown route code {gap}")), "{reason}");
    }
}

#[tokio::test]
async fn a_client_built_with_the_same_table_is_not_sent_the_dictionary() {
    let app = TestApp::start(app().component(Hall)).await;
    let mut client = app.raw();
    let hello = |version| json!({ "sys": { "features": ["errors"], "dictVersion": version } });
    let reply = client.handshake(hello("3f2a9c0d11223344")).await;
    assert!(reply["sys"].get("dict").is_none(), "{reply}");
    client.ack().await;
    client.send_message(by_code(300, 1), "").await;
    assert_eq!(client.message().await.id, 1);
    let reply = app.raw().handshake(hello("an older one")).await;
    assert_eq!(reply["sys"]["dict"]["hall.leave"], 300);
}

#[tokio::test]
async fn a_start_names_every_difference_between_what_is_scanned_and_what_is_registered() {
    let error = app().component(Gate).start().await.expect_err("differences");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.to_string(),
        "\
the app cannot start, for 3 reasons
  - `gate.open` (Gate::open) is not in the scanned routes: the build script did not see it; is the \
component made by a macro, behind a cfg that the build script does not know, or in another crate that is \
not among its roots?
  - `hall.enter` was found at it/runtime/routes.rs (Hall::enter), but no registered component has it: add \
`.component(..)`, or use `Routes::partial` if this app serves only some of them
  - `hall.leave` was found at it/runtime/routes.rs (Hall::leave), but no registered component has it: add \
`.component(..)`, or use `Routes::partial` if this app serves only some of them"
    );
}

#[tokio::test]
async fn codes_that_cannot_be_are_named() {
    const fn route(name: &'static str, code: u16) -> ScannedRoute {
        let (kind, place) = (ScannedKind::Push, "src/room.rs");
        ScannedRoute { name, code, kind, place, item: "RoomPush::x" }
    }
    const ODD: Routes = routes("1", &[route("a", 0), route("b", 3), route("c", 3), route("c", 3)]);
    let error = App::new().routes(ODD).start().await.expect_err("no dictionary");
    assert_eq!(
        error.to_string(),
        "\
the app cannot start, for 2 reasons
  - the scanned route `a` has the code 0; the least is 1
  - the scanned routes `b` and `c` have the same code, 3"
    );
}

#[tokio::test]
async fn an_app_that_serves_a_part_knows_all_codes() {
    let app = App::new().routes(SCANNED.partial());
    assert_routes(&app);
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    assert_eq!(client.open().await["sys"]["dict"]["hall.enter"], 7);
    for (id, code) in [(1, 7), (2, 300), (3, 2)] {
        client.send_message(by_code(code, id), "").await;
        let reply = client.message().await;
        assert_eq!((reply.id, &reply.json()["error"]["code"]), (id, &json!("not_found")));
    }
    // A part is still a part of what was scanned.
    let error = App::new().routes(SCANNED.partial()).component(Gate).start().await;
    let error = error.expect_err("an unknown component").to_string();
    assert!(error.starts_with("the app cannot start\n  - `gate.open` (Gate::open)"), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
}

/// Works without a runtime, and with a listener that could not be bound.
#[test]
fn routes_are_asserted_without_starting_the_app() {
    let refused = |app: &App| -> String {
        let panic = catch_unwind(AssertUnwindSafe(|| assert_routes(app))).expect_err("a panic");
        match panic.downcast::<&str>() {
            Ok(text) => text.to_string(),
            Err(panic) => *panic.downcast().expect("a text"),
        }
    };
    let app = || app().listen(nano::Tcp::bind("256.0.0.1:1"));
    assert_routes(&app().component(Hall));
    assert_routes(&app().component(Hall).push(HallPush));
    let text = refused(&app().component(Gate).component(Hall));
    assert!(text.contains("they differ (1)\n  - `gate.open` (Gate::open) is not"), "{text}");
    let text = refused(&app());
    assert!(text.contains("`hall.enter` was found at it/runtime/routes.rs"), "{text}");
    assert!(text.contains("`hall.leave` was found at it/runtime/routes.rs"), "{text}");
    let text = refused(&App::new().component(Hall));
    assert!(text.contains("call App::routes"), "{text}");
}

use super::{Face, Group};
use crate::emit::client::NAMING;
use crate::emit::tests::{manifest, push, request};
use crate::manifest::Manifest;

/// Components with these handlers, and pushes with these names.
fn routes(components: &[(&str, &[&str])], pushes: &[(&str, &str)]) -> Manifest {
    let components: Vec<_> = components
        .iter()
        .map(|(name, handlers)| {
            let handlers = handlers.iter().map(|handler| request(name, handler, None));
            (*name, handlers.collect())
        })
        .collect();
    let pushes = pushes.iter().map(|(name, route)| push(name, route, None)).collect();
    Manifest { pushes, ..manifest(&components) }
}

fn check(components: &[(&str, &[&str])], pushes: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(Face::of(&routes(components, pushes), &NAMING).problems, expected);
}

/// The groups and their handlers, as `room { join leave }`.
fn tree(groups: &[Group<'_>]) -> String {
    let texts = groups.iter().map(|group| {
        let handlers = group.handlers.iter().map(|(member, _)| format!("{member} "));
        let handlers: String = handlers.collect();
        format!("{} {{ {handlers}{}}} ", group.member, tree(&group.groups))
    });
    texts.collect()
}

#[test]
fn f0_each_dot_opens_a_group() {
    let check = |components: &[(&str, &[&str])], expected: &str| {
        let manifest = routes(components, &[("new_user", "chat.on.then")]);
        let face = Face::of(&manifest, &NAMING);
        assert_eq!((face.problems, tree(&face.groups).trim()), (vec![], expected));
    };
    check(
        &[
            ("connector.entryHandler", &["entry", "leave_room"]),
            ("connector.gate_handler", &["query"]),
        ],
        "connector { entryHandler { entry leaveRoom } gateHandler { query } }",
    );
    // A component may have handlers beside those that stand below it.
    check(&[("a.b.c", &["d"]), ("a", &["x"]), ("a.b", &["e"])], "a { x b { e c { d } } }");
    // One group is the way to components whose first parts differ in case alone.
    check(
        &[("Chat.room", &["say"]), ("chat.lobby", &["say"])],
        "chat { room { say } lobby { say } }",
    );
    // Taken are the members of the client itself only.
    check(
        &[("chat.on", &["client"]), ("a.constructor.class", &["default", "__proto__"])],
        "chat { on { client } } a { constructor { class { default proto } } }",
    );
}

#[test]
fn f0_refuses_a_handler_where_a_group_stands() {
    check(
        &[("chat", &["room"]), ("chat.room", &["x", "y"])],
        &[],
        &[
            "`chat.room` would be `game.chat.room`, and `chat.room.x` (and 1 more) would stand below it: rename the handler, with #[handler(name = \"..\")], or the component, with #[component(name = \"..\")]",
        ],
    );
    // Whichever comes first, at any level, and where no component ends.
    check(
        &[("a.chat_room.lobby.x", &["y"]), ("A", &["ChatRoom"]), ("a.chatRoom", &["lobby"])],
        &[],
        &[
            "`A.ChatRoom` would be `game.a.chatRoom`, and `a.chatRoom.lobby` (and 1 more) would stand below it: rename the handler, with #[handler(name = \"..\")], or the component, with #[component(name = \"..\")]",
            "`a.chatRoom.lobby` would be `game.a.chatRoom.lobby`, and `a.chat_room.lobby.x.y` would stand below it: rename the handler, with #[handler(name = \"..\")], or the component, with #[component(name = \"..\")]",
        ],
    );
    check(
        &[("connector.entryHandler", &["a"]), ("connector.EntryHandler", &["b"])],
        &[],
        &[
            "`connector.entryHandler.a` and `connector.EntryHandler.b` would both stand at `game.connector.entryHandler`: rename one of the components `connector.entryHandler` and `connector.EntryHandler`, with #[component(name = \"..\")]",
        ],
    );
    check(
        &[("on.chat", &["a"]), ("a.then.b", &["c", "d"]), ("x.y", &["then"])],
        &[],
        &[
            "`on.chat.a` would stand at `game.on`, where the client has something of its own: rename the component `on.chat`, with #[component(name = \"..\")]",
            "`a.then.b.c` (and 1 more) would stand at `game.a.then`, which JavaScript takes for a promise: rename the component `a.then.b`, with #[component(name = \"..\")]",
            "`x.y.then` would be `game.x.y.then`, which JavaScript takes for a promise: rename the handler, with #[handler(name = \"..\")]",
        ],
    );
}

#[test]
fn refuses_properties_that_clash() {
    check(&[("room", &["join", "leave"]), ("lobby", &["join"])], &[("join", "join")], &[]);
    check(
        &[("room", &["new_user", "newUser"])],
        &[],
        &[
            "`room.new_user` and `room.newUser` would both be `game.room.newUser`: rename one of the handlers, with #[handler(name = \"..\")]",
        ],
    );
    check(
        &[("chat_room", &["join", "leave"]), ("ChatRoom", &["say"])],
        &[],
        &[
            "`chat_room.join` (and 1 more) and `ChatRoom.say` would both stand at `game.chatRoom`: rename one of the components `chat_room` and `ChatRoom`, with #[component(name = \"..\")]",
        ],
    );
    check(
        &[],
        &[("new_user", "onNewUser"), ("newUser", "user")],
        &[
            "the pushes `onNewUser` and `user` would both be `game.on.newUser`: rename one of the methods `new_user` and `newUser` (#[push(name = \"..\")] keeps the route)",
        ],
    );
    check(
        &[],
        &[("message", "onMessage"), ("message", "onLobbyMessage")],
        &[
            "the pushes `onMessage` and `onLobbyMessage` would both be `game.on.message`: rename the method `message` in one of the two traits (#[push(name = \"..\")] keeps the route)",
        ],
    );
}

#[test]
fn refuses_properties_with_a_meaning() {
    check(
        &[("Client", &["a"]), ("on", &["b"]), ("then", &["c"])],
        &[],
        &[
            "`Client.a` would stand at `game.client`, where the client has something of its own: rename the component `Client`, with #[component(name = \"..\")]",
            "`on.b` would stand at `game.on`, where the client has something of its own: rename the component `on`, with #[component(name = \"..\")]",
            "`then.c` would stand at `game.then`, which JavaScript takes for a promise: rename the component `then`, with #[component(name = \"..\")]",
        ],
    );
    check(
        &[("room", &["Then"])],
        &[("then", "onThen")],
        &[
            "`room.Then` would be `game.room.then`, which JavaScript takes for a promise: rename the handler, with #[handler(name = \"..\")]",
            "the push `onThen` would be `game.on.then`, which JavaScript takes for a promise: rename the method `then` of its trait (#[push(name = \"onThen\")] keeps the route)",
        ],
    );
}

#[test]
fn f0_a_name_that_no_route_has_is_refused() {
    let long = "a.".repeat(100_000);
    check(
        &[(&long, &["b"])],
        &[],
        &[&format!(
            "the name of a component is 200000 bytes long, the limit of a route is 255: `{}..`",
            &long[..40]
        )],
    );
}

#[test]
fn joins_components_of_one_name() {
    check(&[("room", &["join"]), ("room", &["leave"])], &[], &[]);
    check(
        &[("room", &["join"]), ("room", &["Join"])],
        &[],
        &[
            "`room.join` and `room.Join` would both be `game.room.join`: rename one of the handlers, with #[handler(name = \"..\")]",
        ],
    );
}

#[test]
fn leaves_out_components_without_handlers() {
    check(&[("on", &[])], &[], &[]);
}

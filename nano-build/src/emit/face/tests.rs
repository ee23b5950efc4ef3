use super::Face;
use crate::emit::tests::{manifest, push, request};
use crate::manifest::Manifest;

/// The problems of components with these handlers, and of pushes with these names.
fn check(components: &[(&str, &[&str])], pushes: &[(&str, &str)], expected: &[&str]) {
    let components: Vec<_> = components
        .iter()
        .map(|(name, handlers)| {
            let handlers = handlers.iter().map(|handler| request(name, handler, None));
            (*name, handlers.collect())
        })
        .collect();
    let pushes = pushes.iter().map(|(name, route)| push(name, route, None)).collect();
    let manifest = Manifest { pushes, ..manifest(&components) };
    assert_eq!(Face::of(&manifest).problems, expected);
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
            "`then.c` would make `game.then`, which JavaScript takes for a promise: rename the component `then`, with #[component(name = \"..\")]",
        ],
    );
    check(
        &[("room", &["Then"])],
        &[("then", "onThen")],
        &[
            "`room.Then` would make `game.room.then`, which JavaScript takes for a promise: rename the handler, with #[handler(name = \"..\")]",
            "the push `onThen` would make `game.on.then`, which JavaScript takes for a promise: rename the method `then` of its trait (#[push(name = \"onThen\")] keeps the route)",
        ],
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

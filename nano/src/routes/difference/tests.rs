//! Tests of the reported differences.

use super::*;

const fn scanned(
    kind: ScannedKind,
    name: &'static str,
    place: &'static str,
    item: &'static str,
) -> ScannedRoute {
    ScannedRoute { name, code: 1, kind, place, item }
}

fn handler(name: &'static str, owner: &'static str, method: &'static str) -> LinkedRoute {
    LinkedRoute { name, kind: ScannedKind::Handler, owner, method }
}

fn push(name: &'static str, owner: &'static str, method: &'static str) -> LinkedRoute {
    LinkedRoute { name, kind: ScannedKind::Push, owner, method }
}

const JOIN: ScannedRoute = scanned(ScannedKind::Handler, "room.join", "src/room.rs", "Room::join");
const SAY: ScannedRoute = scanned(ScannedKind::Handler, "room.say", "src/room.rs", "Room::say");
const NEW_USER: ScannedRoute =
    scanned(ScannedKind::Push, "onNewUser", "src/room.rs", "RoomPush::new_user");

fn room_join() -> LinkedRoute {
    handler("room.join", "game::Room", "join")
}

fn room_say() -> LinkedRoute {
    handler("room.say", "game::Room", "say")
}

fn check(linked: &[LinkedRoute], scanned: &[ScannedRoute], expected: &[&str]) {
    let routes = Routes::new("1", scanned.to_vec().leak());
    assert_eq!(differences(linked, &routes), expected);
    let about_linked: Vec<_> =
        expected.iter().filter(|problem| !problem.contains("was found at")).collect();
    let partial = differences(linked, &routes.partial());
    assert_eq!(partial.iter().collect::<Vec<_>>(), about_linked, "partial");
}

#[test]
fn what_agrees_is_no_problem() {
    check(&[], &[], &[]);
    check(&[room_join(), room_say()], &[JOIN, SAY], &[]);
    check(&[room_join(), push("onNewUser", "RoomPush", "new_user")], &[JOIN, NEW_USER], &[]);
    // A push needs no registration.
    check(&[room_join()], &[JOIN, NEW_USER], &[]);
    // The name is what counts: a type may have another path, or be a generic one.
    check(&[handler("room.join", "game::Hall<game::Map>", "enter")], &[JOIN], &[]);
}

#[test]
fn one_name_may_be_a_handler_and_a_push() {
    let both = [JOIN, scanned(ScannedKind::Push, "room.join", "src/room.rs", "RoomPush::join")];
    check(&[room_join(), push("room.join", "RoomPush", "join")], &both, &[]);
}

#[test]
fn what_the_build_script_did_not_see_is_named_with_the_likely_cause() {
    check(
        &[room_join()],
        &[],
        &[
            "`room.join` (Room::join) is not in the scanned routes: the build script did not see it; is \
           the component made by a macro, behind a cfg that the build script does not know, or in \
           another crate that is not among its roots?",
        ],
    );
    check(
        &[push("onEnd", "RoomPush", "end")],
        &[],
        &[
            "the push `onEnd` (RoomPush::end) is not in the scanned routes: the build script did not see \
           it; is the trait made by a macro, behind a cfg that the build script does not know, or in \
           another crate that is not among its roots?",
        ],
    );
    check(
        &[room_join(), room_say(), handler("room.kick", "game::Room<game::Map>", "kick")],
        &[JOIN, SAY],
        &[
            "`room.kick` (Room::kick) is not in the scanned routes: the build script found `room.join`, \
           `room.say` in Room at src/room.rs, but not this method; is it behind a cfg that the build \
           script does not know?",
        ],
    );
}

#[test]
fn a_renamed_route_is_one_problem_and_not_two() {
    check(
        &[handler("hall.join", "game::Room", "join"), handler("hall.say", "game::Room", "say")],
        &[JOIN, SAY],
        &[
            "`hall.join` (Room::join) is not in the scanned routes: it was renamed: the build script \
             found it as `room.join` at src/room.rs; does the name depend on a cfg that the build \
             script does not know?",
            "`hall.say` (Room::say) is not in the scanned routes: it was renamed: the build script found \
             it as `room.say` at src/room.rs; does the name depend on a cfg that the build script does \
             not know?",
        ],
    );
    check(
        &[handler("room.Join", "game::Hall", "Join")],
        &[JOIN],
        &[
            "`room.Join` (Hall::Join) is not in the scanned routes: the build script found `room.join` at \
           src/room.rs (Room::join): is one of them misspelt?",
        ],
    );
    check(
        &[push("on_new_user", "LobbyPush", "on_new_user")],
        &[NEW_USER],
        &[
            "the push `on_new_user` (LobbyPush::on_new_user) is not in the scanned routes: the build \
           script found `onNewUser` at src/room.rs (RoomPush::new_user): is one of them misspelt?",
        ],
    );
}

#[test]
fn a_push_and_a_handler_of_one_name_are_told_apart() {
    check(
        &[handler("onNewUser", "game::Hall", "new_user")],
        &[NEW_USER],
        &[
            "`onNewUser` (Hall::new_user) is not in the scanned routes: it is a handler, but the build \
           script found a push of that name at src/room.rs (RoomPush::new_user)",
        ],
    );
    check(
        &[push("room.join", "HallPush", "join")],
        &[JOIN],
        &[
            "the push `room.join` (HallPush::join) is not in the scanned routes: it is a push, but the \
           build script found a handler of that name at src/room.rs (Room::join)",
        ],
    );
}

#[test]
fn what_is_not_registered_is_named_with_its_place() {
    check(
        &[room_say()],
        &[JOIN, SAY, NEW_USER],
        &[
            "`room.join` was found at src/room.rs (Room::join), but no registered component has it: add \
           `.component(..)`, or use `Routes::partial` if this app serves only some of them",
        ],
    );
}

//! The bounds of rooms, and mistakes in their registration.

use nano::component::{Component, Definition, Enter, Room, Shared};
use nano::testing::TestApp;
use nano::{App, ErrorKind, RoomType, component};

use super::{Scene, TableInfo};
use crate::promises::support::Logged;

#[tokio::test(start_paused = true)]
async fn there_are_no_more_rooms_than_allowed() {
    let logged = Logged::above_debug();
    let _guard = tracing::subscriber::set_default(logged.clone());
    let scene = Scene::start(RoomType::new().max(2).max_members(1)).await;
    let find = || scene.tables.find_or_open(|_| true, || scene.table());
    let (_one, other) = (find().expect("a seat"), scene.open());
    let other_seat = find().expect("the seat of the other table");
    for refused in
        [find().expect_err("two tables"), scene.tables.open(scene.table()).expect_err("two")]
    {
        assert_eq!(refused.kind(), ErrorKind::TooManyRooms);
        assert_eq!(refused.to_string(), "there are 2 rooms, as many as there may be");
    }
    let warnings = logged.of("WARN");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].starts_with("message=a room is not opened: there are as many as there may be")
    );
    assert!(warnings[0].contains("room=\"table\" limit=2"), "{warnings:?}");

    // A room that closes makes way for another.
    other.close();
    scene.log.reached("closes after 0 (None)").await;
    while scene.tables.len() == 2 {
        tokio::task::yield_now().await;
    }
    let again = find().expect("a new table");
    // The seat of a room that has ended is given back to nobody.
    drop(other_seat);
    assert_eq!(again.info().expect("it is open").members, 1);
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_uses_rooms_is_told() {
    let scene = Scene::start(RoomType::new()).await;
    let table = scene.open();
    let (tables, filtered) = (scene.tables.clone(), table.clone());
    let mistake = tokio::spawn(async move {
        let filter = |_: &nano::RoomInfo<TableInfo>| filtered.info().is_some();
        let make = || -> nano::NewRoom<super::Table> { unreachable!("it comes to no end") };
        tables.find_or_open(filter, make).is_ok()
    });
    assert!(mistake.await.expect_err("it panics").is_panic());
    assert_eq!(scene.tables.list().len(), 1, "the rooms are usable still");
}

/// Written by hand, with mistakes that the macro does not let pass.
struct ByHand;

impl Component for ByHand {
    const NAME: &'static str = "by_hand";
    type Access = Shared;

    fn define(on: &mut Definition<Self>) {
        on.shared(Enter::<u8>::new("by_hand.enter"), |_, _, _| Ok(()));
    }
}

impl Room for ByHand {
    type Entry = u16;
    type Info = ();
}

struct Mixed;

#[component(room, parts(hooks))]
impl Mixed {}

#[component(part = "hooks")]
impl Mixed {
    #[on(init)]
    fn load(&self) {}

    #[on(session_opened)]
    fn opened(&self) {}
}

#[tokio::test]
async fn a_start_reports_mistakes_with_rooms() {
    let error = App::new()
        .rooms(RoomType::<ByHand>::new().max(0).max_members(0))
        .component(Mixed)
        .rooms(RoomType::<Mixed>::new())
        .start()
        .await
        .expect_err("an app with problems");
    assert_eq!(
        error.to_string(),
        "\
the app cannot start, for 6 reasons
  - the rooms `by_hand` have a max of 0: none could be opened
  - the rooms `by_hand` have max_members 0: nobody could enter
  - the rooms `by_hand` are no rooms by their definition: it has to call `on.room()`
  - the rooms `by_hand` have an `enter` hook for another value than `Room::Entry`
  - `mixed` is a room, of which there are many: register it with `App::rooms`, not `App::component`
  - component `mixed` is registered twice"
    );
    let error = App::new().rooms(RoomType::<Mixed>::new()).start().await.expect_err("hooks");
    assert_eq!(
        error.to_string(),
        "\
the app cannot start, for 2 reasons
  - the rooms `mixed` have the hook `mixed.load` of the app or of all sessions: that is for components that the app \
         has one of
  - the rooms `mixed` have the hook `mixed.opened` of the app or of all sessions: that is for components that the app \
         has one of"
    );
    let app = TestApp::start(App::new()).await;
    assert!(app.server().rooms::<Mixed>().is_none());
}

//! Models of the end of a room that others wait for, in every interleaving that loom finds: `cargo xtask loom`.
//!
//! Directory, instance, routes, hooks and handles are those of the library, and the lock is tokio's. Only the task of the
//! end is a thread of loom's.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use loom::thread;
use tokio::runtime::Handle;

use super::{Room, RoomEvent, RoomId, RoomSet};
use crate::ErrorKind;
use crate::component::room::{NewRoom, RoomIds, RoomType};
use crate::component::tests::session;
use crate::component::{Component, Definition, Exclusive, Incoming, Lifetime, Route, Surroundings};
use crate::metrics::Measure;
use crate::sync::{block_on, turn};

/// A room that notes its calls.
struct Table(Calls);

/// The calls of a room. A mutex that loom does not know: whoever notes a call has the room.
type Calls = Arc<Mutex<Vec<&'static str>>>;

impl Table {
    fn note(&mut self, call: &'static str) {
        self.0.lock().expect("no panic").push(call);
    }
}

impl Component for Table {
    const NAME: &'static str = "table";
    type Access = Exclusive;

    fn define(on: &mut Definition<Self>) {
        on.room();
        on.exclusive(Route::notify("table.play"), |this, _, ()| {
            this.note("play");
            Ok(())
        });
        on.future(Route::notify("table.think"), |call, ()| async move {
            let mut table = call.exclusive().await?;
            turn().await;
            table.note("think");
            Ok(())
        });
        on.future(RoomEvent::Close.hook("table.close"), |call, ()| async move {
            let mut table = call.exclusive().await?;
            turn().await;
            table.note("close");
            Ok(())
        });
    }
}

impl Room for Table {
    type Entry = ();
    type Info = ();
}

/// Runs a model with a type of rooms.
fn model(switches: usize, run: impl Fn(Arc<RoomSet<Table>>) + Send + Sync + 'static) {
    crate::sync::model(switches, move || {
        let around = Surroundings {
            registry: Weak::new(),
            life: Lifetime::default(),
            ids: Arc::<RoomIds>::default(),
            hook_limit: Duration::from_secs(1),
            home: Handle::current(),
        };
        run(RoomType::new().build(Definition::of_component(), around));
    });
}

/// Sends a message to a room that its session was in a moment ago, and waits for its handler.
fn send(rooms: &RoomSet<Table>, room: RoomId, route: usize) {
    let Some(room) = rooms.directory.get(room) else { return };
    let definition = Definition::<Table>::of_component();
    let (session, route) = (session(), &definition.routes[route]);
    let message = Incoming::new(&session, route.info.name(), None, 1000, Measure::begin(None));
    block_on(route.entry.dispatch(room.instance(), message, b"").finish());
}

/// Ends a room as its task does.
fn end(rooms: &RoomSet<Table>, room: RoomId) {
    let room = rooms.shut(room, false).expect("it is open");
    block_on(rooms.finish_close(&room));
}

/// Whoever waits for the room is let in before its end, or refused. The close hook is the last call.
#[test]
fn the_close_hook_is_the_last_call_of_a_room() {
    for route in 0..2 {
        model(2, move |rooms| {
            let calls = Calls::default();
            let new = NewRoom::new(Table(calls.clone())).name("first");
            let table = rooms.open(new).expect("a room");
            let id = table.id();
            let sender = thread::spawn({
                let rooms = rooms.clone();
                move || send(&rooms, id, route)
            });
            let closer = thread::spawn({
                let rooms = rooms.clone();
                move || end(&rooms, id)
            });
            let called = block_on(table.call(|table| table.note("call")));
            sender.join().expect("no panic");
            closer.join().expect("no panic");
            let calls = calls.lock().expect("no panic");
            assert_eq!(calls.last(), Some(&"close"), "{calls:?}");
            assert_eq!(called.is_ok(), calls.contains(&"call"), "{calls:?}");
            if let Err(error) = called {
                assert_eq!(error.kind(), ErrorKind::RoomClosed);
            }
            assert!(table.is_closed() && rooms.directory.len() == 0);
            rooms.open(NewRoom::new(Table(Calls::default())).name("first")).expect("a free name");
        });
    }
}

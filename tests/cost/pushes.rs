//! Pushes to groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use allocation_counter::measure;
use nano::serializer::{SerializerError, Shape, Target, Value};
use nano::{App, Group, Json, Result, Serializer, Session, component, push};

use crate::peer::{Calls, Peer, Running, message, push as pushed, runtime};

/// JSON that counts what it writes.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Serializer for Counting {
    fn name(&self) -> &'static str {
        Json.name()
    }

    fn supports(&self, shape: Shape) -> bool {
        Json.supports(shape)
    }

    fn encode(
        &self,
        value: Value<'_>,
        out: &mut bytes::BytesMut,
    ) -> std::result::Result<(), SerializerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Json.encode(value, out)
    }

    fn decode(&self, body: &[u8], target: Target<'_>) -> std::result::Result<(), SerializerError> {
        Json.decode(body, target)
    }
}

#[push]
trait RoomPush {
    #[push(name = "room.said")]
    fn said(number: u32);
}

#[derive(Default)]
struct Room {
    members: Group,
}

#[component]
impl Room {
    #[handler]
    fn join(&self, session: &Session) -> Result<()> {
        self.members.add(session)
    }

    #[handler(notify)]
    fn say(&self, number: u32) -> Result<()> {
        RoomPush::to(&self.members).said(&number)
    }
}

/// A room with its members.
struct Scene {
    runtime: tokio::runtime::Runtime,
    _running: Running,
    members: Vec<Peer>,
    encodings: Counting,
}

impl Scene {
    fn with_members(count: usize) -> Self {
        let (runtime, encodings) = (runtime(), Counting::default());
        let (_running, members) = runtime.block_on(async {
            let app = App::new().serializer(encodings.clone()).component(Room::default());
            let running = Running::start(app).await;
            let mut members = Vec::new();
            for _ in 0..count {
                let member = running.connect().await;
                member.send(&message(1, "room.join", b""));
                member.receive(6 + b"{}".len()).await;
                members.push(member);
            }
            (running, members)
        });
        Self { runtime, _running, members, encodings }
    }

    /// Lets the first member say something so many times, and everyone hear it.
    fn say(&self, times: usize) {
        let notify = message(0, "room.say", b"7");
        let heard = pushed("room.said", b"7").len();
        self.runtime.block_on(async {
            for _ in 0..times {
                self.members[0].send(&notify);
                for member in &self.members {
                    member.receive(heard).await;
                }
            }
        });
    }

    fn forget(&self) {
        self.encodings.0.store(0, Ordering::Relaxed);
        self.members.iter().for_each(|member| {
            member.calls();
        });
    }
}

#[test]
fn a_broadcast_is_encoded_once_and_written_once_to_each_member() {
    let scene = Scene::with_members(1000);
    scene.say(2);
    scene.forget();
    scene.say(1);
    assert_eq!(scene.encodings.0.load(Ordering::Relaxed), 1, "encodings");
    for (index, member) in scene.members.iter().enumerate() {
        let reads = usize::from(index == 0);
        assert_eq!(member.calls(), Calls { reads, writes: 1 }, "the calls of member {index}");
    }
}

#[test]
fn a_broadcast_allocates_for_itself_and_once_for_each_member() {
    let allocations = |members: u64| {
        let scene = Scene::with_members(usize::try_from(members).expect("few"));
        scene.say(3);
        (measure(|| scene.say(11)).count_total - measure(|| scene.say(1)).count_total) / 10
    };
    // The message itself takes five, and the queue of each member one. The first hears it within its own turn, without
    // a queue.
    for members in [10, 110] {
        assert_eq!(allocations(members), 5 + members - 1, "for {members} members");
    }
}

//! A handler of a room that lets sessions into the same room.

use std::sync::Mutex;

use nano::{RoomType, Rooms, Session};

use super::*;

/// The session that a room lets in.
#[derive(Clone, Default)]
struct Guest(Arc<Mutex<Option<Session>>>);

impl Guest {
    fn session(&self) -> Session {
        self.0.lock().expect("no panic").clone().expect("a guest")
    }
}

struct Door(Guest);

#[component]
impl Door {
    /// Makes the caller the guest.
    #[handler]
    fn wait(&self, session: &Session) {
        *self.0.0.lock().expect("no panic") = Some(session.clone());
    }

    #[handler]
    async fn enter(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.rooms::<Club>()?.named("club")?).await
    }
}

/// A room whose hooks need its borrow.
struct Club {
    guest: Guest,
    log: Log,
    gate: Arc<Gate>,
}

#[component(room)]
impl Club {
    /// Lets the guest in, and has the room meanwhile.
    #[handler]
    async fn invite(&mut self, ctx: &Context<Self>) -> Result<()> {
        self.guest.session().enter(&ctx.handle()).await
    }

    /// The same with a borrow that others may share.
    #[handler]
    async fn admit(&self, ctx: &Context<Self>) -> Result<()> {
        self.guest.session().enter(&ctx.handle()).await
    }

    /// The hook of the exit waits for this handler.
    #[handler]
    async fn swap(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        session.leave::<Self>();
        session.spectate(&ctx.handle()).await
    }

    #[handler]
    fn ping(&self) -> u8 {
        1
    }

    #[on(enter)]
    async fn entered(&self) {
        self.log.add("enters");
        self.gate.pass().await;
    }

    #[on(leave)]
    fn left(&mut self) {
        self.log.add("leaves");
    }
}

/// A room without hooks.
struct Park(Guest);

#[component(room)]
impl Park {
    #[handler]
    async fn invite(&mut self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        session.leave::<Self>();
        session.enter(&ctx.handle()).await?;
        self.0.session().enter(&ctx.handle()).await
    }

    #[handler]
    fn ping(&self) -> u8 {
        1
    }

    #[handler]
    fn locked(&mut self) {}
}

struct Lobby;

#[component]
impl Lobby {
    #[handler]
    async fn stroll(&self, session: &Session, ctx: &Context<Self>) -> Result<()> {
        session.enter(&ctx.rooms::<Park>()?.named("park")?).await
    }
}

struct Scene {
    app: TestApp,
    clubs: Rooms<Club>,
    host: RawClient,
    guest: RawClient,
    log: Log,
    gate: Arc<Gate>,
    logged: Logged,
    _logs: tracing::subscriber::DefaultGuard,
}

impl Scene {
    /// Has a club with the host in it, a park, and a guest who is in neither.
    async fn start() -> Self {
        let logged = Logged::default();
        let _logs = tracing::subscriber::set_default(logged.clone());
        let (guest, log, gate) = (Guest::default(), Log::default(), Arc::<Gate>::default());
        let app = App::new()
            .component(Door(guest.clone()))
            .component(Lobby)
            .rooms(RoomType::<Club>::new().max_members(2))
            .rooms(RoomType::<Park>::new());
        let app = TestApp::start(app).await;
        let clubs = app.server().rooms::<Club>().expect("it is registered");
        let club = Club { guest: guest.clone(), log: log.clone(), gate: gate.clone() };
        clubs.open_named("club", club).await.expect("a room");
        let parks = app.server().rooms::<Park>().expect("it is registered");
        parks.open_named("park", Park(guest)).await.expect("a room");
        let (mut host, mut guest) = (app.raw(), app.raw());
        host.open().await;
        guest.open().await;
        ask(&mut guest, 1, "door.wait").await;
        gate.0.add_permits(1);
        ask(&mut host, 1, "door.enter").await;
        Self { app, clubs, host, guest, log, gate, logged, _logs }
    }

    /// Expects that the call was refused at once, and that the log names both sides.
    fn refused(&self, reply: &Value, waiting: &str, holder: &str) {
        assert_eq!(code_of(reply), "internal");
        let line = format!("waiting=\"{waiting}\" holder=\"{holder}\"");
        let lines = [self.logged.of("ERROR"), self.logged.of("DEBUG")].concat();
        assert!(lines.iter().any(|logged| logged.ends_with(&line)), "{line}: {lines:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_handler_that_lets_a_session_into_its_own_room_is_told_or_goes_through() {
    let mut scene = Scene::start().await;
    let began = tokio::time::Instant::now();
    let refused = ask(&mut scene.host, 2, "club.invite").await;
    scene.refused(&refused, "club.entered", "club.invite");
    assert_eq!(code_of(&ask(&mut scene.guest, 2, "club.ping").await), "not_in_room");
    // The seat was given back, and the guest may enter any time.
    scene.gate.0.add_permits(1);
    assert!(ask(&mut scene.guest, 3, "door.enter").await.get("error").is_none());
    assert_eq!(ask(&mut scene.guest, 4, "club.ping").await, 1);

    // Nothing has to wait for a room without hooks.
    ask(&mut scene.host, 3, "lobby.stroll").await;
    assert!(ask(&mut scene.host, 4, "park.invite").await.get("error").is_none());
    assert_eq!(ask(&mut scene.host, 5, "park.ping").await, 1);
    assert_eq!(ask(&mut scene.guest, 5, "park.ping").await, 1);
    assert!(began.elapsed().as_millis() < 100, "nothing waited");
    scene.app.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_handler_that_leaves_its_room_and_enters_again_is_told() {
    let mut scene = Scene::start().await;
    let began = tokio::time::Instant::now();
    let refused = ask(&mut scene.host, 2, "club.swap").await;
    scene.refused(&refused, "club.left", "club.swap");
    scene.log.reached("leaves").await;
    scene.gate.0.add_permits(1);
    assert!(ask(&mut scene.host, 3, "door.enter").await.get("error").is_none());
    assert_eq!(scene.log.entries(), ["enters", "leaves", "enters"]);
    assert_eq!(scene.clubs.list()[0].members, 1);
    assert!(began.elapsed().as_millis() < 100, "nothing waited");
    scene.app.shutdown().await;
}

/// The handler has the room when its guest goes, whose exit needs the room as well.
#[tokio::test(start_paused = true)]
async fn promise_2_a_session_that_goes_while_a_handler_of_the_room_lets_it_in_leaves_the_room() {
    let mut scene = Scene::start().await;
    let began = tokio::time::Instant::now();
    scene.host.request(2, "club.admit", "").await;
    scene.log.reached_times("enters", 2).await;
    drop(scene.guest);
    // The session ends once its entry has.
    while scene.app.server().sessions() > 1 {
        tokio::task::yield_now().await;
    }
    scene.gate.0.add_permits(1);
    assert_eq!(code_of(&scene.host.message().await.json()), "closed");
    scene.log.reached("leaves").await;
    assert_eq!(scene.log.entries(), ["enters", "enters", "leaves"]);
    assert_eq!(ask(&mut scene.host, 3, "club.ping").await, 1);
    assert_eq!(scene.clubs.list()[0].members, 1);
    assert!(began.elapsed().as_millis() < 100, "nothing waited");
    scene.app.shutdown().await;
}

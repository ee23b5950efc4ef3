//! Rooms: an entry runs the room's hook within the call that awaits it.

use nano::{RoomType, Session};

use super::*;

#[derive(Default)]
struct Hall {
    entered: u32,
}

#[component]
impl Hall {
    /// Has the hall while it waits for the hook of the desk.
    #[handler]
    async fn lead(&mut self, session: &Session, back: bool, ctx: &Context<Self>) -> Result<()> {
        self.entered += 1;
        let desk = ctx.open(Desk)?;
        session.enter_with(&desk, back).await
    }

    #[handler]
    fn entered(&mut self) -> u32 {
        self.entered
    }
}

struct Desk;

#[component(room)]
impl Desk {
    #[on(enter)]
    async fn enter(&mut self, back: bool, ctx: &Context<Self>) -> Result<()> {
        if back {
            ctx.component::<Hall>()?.call(|hall| hall.entered += 100).await?;
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn promise_2_a_hook_that_calls_back_its_caller_is_refused() {
    let app = App::new().component(Hall::default()).rooms(RoomType::<Desk>::new());
    let app = TestApp::start(app).await;
    let mut client = app.raw();
    client.open().await;
    client.request(1, "hall.lead", "true").await;
    assert_eq!(code_of(&client.message().await.json()), "internal");
    assert_eq!(ask(&mut client, 2, "hall.entered").await, 1, "it is free, and nothing was called");
    client.request(3, "hall.lead", "false").await;
    assert!(client.message().await.json().get("error").is_none());
}

//! Another path to the crate.

#[component(crate = engine::nano)]
impl Room {
    #[engine::nano::handler]
    async fn join(&self, session: &Session, join: Join) -> Joined {
        Joined
    }

    #[handler]
    fn leave(&self, reply: Reply<()>) {}

    #[on(session_closed)]
    fn left(&self, session: &Session) {}

    #[every("1s")]
    fn tick(&mut self) {}
}

#[push(crate = crate::nano)]
trait Events {
    fn tick();
    fn joined(who: Joined);
}

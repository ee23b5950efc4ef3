//! Handlers whose callers do not wait, and those that take what is stored with the session.

#[component]
impl Game {
    #[handler(notify)]
    fn step(&mut self, player: Data<Player>, step: Step) -> Result<()> {
        Ok(())
    }

    #[handler(notify)]
    async fn shout(&self, Data(player): nano::Data<Player>, team: Data<Team>) {}

    #[handler]
    fn name(&self, reply: Reply<String>, player: Data<Player>) {}
}

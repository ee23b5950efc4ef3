//! Handlers for other components, with a session and without.

#[component]
impl Bank {
    #[handler(internal)]
    async fn pay(&mut self, gold: u64) -> Result<u64> {
        Ok(gold)
    }

    #[handler(internal, notify, before = require_player)]
    fn give(&self, session: &Session, item: Item) {}
}

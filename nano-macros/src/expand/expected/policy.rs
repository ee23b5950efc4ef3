//! The policies of handlers, of a component, and of a part, which names a default and switches others off.

#[component(max_body = "4KiB", guest, before = require_player)]
impl Shop {
    #[handler(timeout = "2s", rate = "10/s")]
    fn buy(&self, item: Item) -> u32 {
        item.price
    }

    #[handler]
    fn list(&self) {}

    #[handler(
        timeout = off,
        rate = off,
        max_body = off,
        guest = off,
        before = crate::guards::Staff::require::<Shop>,
    )]
    async fn restock(&mut self, session: &Session) -> Result<()> {
        Ok(())
    }

    #[handler(concurrent, rate = "100/m burst 5", before = off)]
    fn look(&self) {}
}

#[component(name = "shop", part = "chat", rate = "5/h")]
impl Shop {
    #[handler(guest = off)]
    fn say(&self) {}
}

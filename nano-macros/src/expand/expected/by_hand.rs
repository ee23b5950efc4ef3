//! The example in the documentation of `Definition`, which shows what is written here by hand.

#[component]
impl Counter {
    /// Adds to the value and answers with the sum.
    #[handler]
    fn add(&mut self, amount: i64) -> i64 {
        self.value += amount;
        self.value
    }

    #[handler]
    async fn save(&self) -> Result<()> {
        Ok(())
    }

    #[on(session_closed)]
    fn left(&self, session: &Session) {
        println!("{} left", session.id());
    }

    #[every("500ms")]
    fn decay(&mut self) {
        self.value /= 2;
    }
}

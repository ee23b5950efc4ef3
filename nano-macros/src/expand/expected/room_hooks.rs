//! Rooms: with every hook and an info, and with nothing but the mark.

#[component(room(info = lobby::TableInfo))]
impl Table {
    #[handler]
    fn play(&mut self, session: &Session, card: Card) -> Result<()> {
        self.put(session, card)
    }

    #[on(enter)]
    async fn entered(&mut self, seat: Seat, context: &Context<Self>, session: &Session) -> Result<()> {
        self.sit(session, seat)
    }

    #[on(leave)]
    fn left(&mut self, session: &Session, reason: LeaveReason) {}

    #[on(leave)]
    fn count(&self) {}

    #[on(close)]
    async fn save(&self) -> Result<()> {
        Ok(())
    }

    #[every("100ms")]
    fn tick(&mut self) {}
}

#[component(room)]
impl Zone {}

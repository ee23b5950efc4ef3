//! Hooks of the component and of sessions, alone and together on one method.

#[component]
impl Gate {
    #[on(init)]
    async fn load(&mut self, context: &Context<Self>) -> Result<()> {
        Ok(())
    }

    #[on(after_init)]
    fn announce(&self) {}

    #[on(before_shutdown)]
    fn refuse(&mut self) -> Result<(), Broken> {
        Ok(())
    }

    #[on(shutdown)]
    async fn save(&self) {}

    #[on(handshake)]
    async fn greet(&self, session: &Session, hello: Handshake<Login>) -> Result<Welcome> {
        Ok(Welcome)
    }

    #[cfg(feature = "closed")]
    #[on(handshake)]
    fn refuse_all(&self) -> Result<()> {
        Err(Error::reject("closed", "come back tomorrow"))
    }

    #[on(session_opened)]
    fn opened(&mut self, session: &Session) {}

    #[on(session_bound)]
    async fn bound(&self, context: &Context<Self>, session: &Session) -> Result<()> {
        Ok(())
    }

    #[on(session_lost)]
    fn lost(&mut self, session: &Session) {}

    #[on(session_resumed)]
    async fn resumed(&self, session: &Session) {}

    #[on(session_closed)]
    fn closed(&self) {}

    #[on(node_joined)]
    fn came(&mut self, node: &Node) {}

    #[on(node_left)]
    async fn went(&self, node: &Node, context: &Context<Self>) -> Result<()> {
        Ok(())
    }

    #[on(room_lost)]
    fn rescue(&mut self, session: &Session, room: LostRoom) -> Result<()> {
        Ok(())
    }

    #[on(room_lost)]
    #[on(session_opened)]
    #[on(session_closed)]
    #[on(node_left)]
    #[every("1m")]
    fn count(&self, context: &Context<Self>) {}
}

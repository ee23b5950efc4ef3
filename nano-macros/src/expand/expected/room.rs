//! The example that every page of the documentation starts with.

/// What the server pushes to clients.
#[push]
trait RoomPush {
    /// Somebody came in.
    #[push(name = "onNewUser")]
    fn new_user(msg: NewUser);
    /// Somebody said something.
    #[push(name = "onMessage")]
    fn message(msg: ChatMessage);
}

#[component]
impl Room {
    /// Joins the room and answers with who is there.
    #[handler]
    async fn join(&mut self, session: &Session, req: JoinRequest) -> Result<JoinResponse> {
        session.bind(req.uid).await?;
        RoomPush::to(&self.members).new_user(&NewUser { name: req.name })?;
        self.members.add(session)?;
        Ok(JoinResponse { members: self.members.uids() })
    }

    #[handler]
    fn message(&self, msg: ChatMessage) -> Result<()> {
        RoomPush::to(&self.members).message(&msg)
    }

    #[on(session_closed)]
    fn left(&mut self, session: &Session) {
        self.members.leave(session);
    }

    #[every("60s")]
    fn report(&self) {
        tracing::info!(members = self.members.len(), "room");
    }
}

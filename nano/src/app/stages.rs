//! The addition of stages to an app.

use std::future::Future;

use super::App;
use crate::dispatch::{InboundMessage, InboundStage};
use crate::wire::stages::OutboundMessage;
use crate::{Error, Result, Session};

impl App {
    /// Adds a stage that every message of a client passes on its way to its handler.
    ///
    /// It sees session, route and body. It may change the body, or refuse the message: a request is answered with the
    /// error, as if the handler had failed. Stages run in the order in which they are added. See
    /// [`pipeline`](crate::pipeline), also for outbound stages and an example of encryption.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Error};
    ///
    /// let app = App::new().inbound(|message| {
    ///     if message.session().uid().is_none() && message.route() != "login.enter" {
    ///         return Err(Error::reject("not_logged_in", "log in first"));
    ///     }
    ///     Ok(())
    /// });
    /// ```
    pub fn inbound(
        mut self,
        stage: impl Fn(&mut InboundMessage<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.pipeline.inbound.push(InboundStage::Plain(Box::new(stage)));
        self
    }

    /// Adds a stage as [`App::inbound`] does, which may wait.
    ///
    /// It hands the message on by returning it. The session's next message waits for it, as for a handler, and the time
    /// that it takes counts as the handler's.
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Error};
    ///
    /// async fn is_banned(uid: Option<nano::Uid>) -> bool {
    ///     false // asks a database
    /// }
    ///
    /// let app = App::new().inbound_async(|message| async move {
    ///     if is_banned(message.session().uid()).await {
    ///         return Err(Error::reject("banned", "until tomorrow"));
    ///     }
    ///     Ok(message)
    /// });
    /// ```
    pub fn inbound_async<F>(
        mut self,
        stage: impl Fn(InboundMessage<'static>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<InboundMessage<'static>>> + Send + 'static,
    {
        let stage = move |message| Box::pin(stage(message)) as _;
        self.pipeline.inbound.push(InboundStage::Waiting(Box::new(stage)));
        self
    }

    /// Adds a stage that every reply, error and push passes on its way to one client, such as encryption.
    ///
    /// It sees the client's session, and may change the body, or fail. A broadcast then has a body for each receiver; a
    /// stage whose work is the same for all is [`App::outbound_shared`], which costs less. Stages run in the order in
    /// which they are added, after the shared ones. What passes a session's stage first goes out first. A stage cannot
    /// send messages. See [`pipeline`](crate::pipeline).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::App;
    ///
    /// #[derive(Clone)]
    /// struct Key(u8);
    ///
    /// let app = App::new().outbound(|session, message| {
    ///     if let Some(Key(key)) = session.get() {
    ///         message.body_mut().iter_mut().for_each(|byte| *byte ^= key);
    ///     }
    ///     Ok(())
    /// });
    /// ```
    pub fn outbound(
        mut self,
        stage: impl Fn(&Session, &mut OutboundMessage<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.pipeline.outbound.add_session(Box::new(move |receiver, message| {
            let session = receiver.downcast_ref();
            stage(session.ok_or_else(|| Error::internal("a receiver is no session"))?, message)
        }));
        self
    }

    /// Adds a stage that every reply, error and push passes, and whose work is the same for all receivers: it runs once
    /// for a broadcast. See [`App::outbound`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, OutboundKind};
    ///
    /// let app = App::new().outbound_shared(|message| {
    ///     if message.kind() == OutboundKind::Push {
    ///         message.body_mut().push(b'\n');
    ///     }
    ///     Ok(())
    /// });
    /// ```
    pub fn outbound_shared(
        mut self,
        stage: impl Fn(&mut OutboundMessage<'_>) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.pipeline.outbound.add_shared(Box::new(stage));
        self
    }
}

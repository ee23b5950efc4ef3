//! The call of a handler or hook: its session, context and borrow.

use std::fmt;
use std::future::Future;

use super::access::ExclusiveGuard;
use super::place::Shared;
use super::{Component, Context, Data, Exclusive, Place};
use crate::{Node, Result, Session};

/// One call of a plain `fn`: its context and, for handlers and hooks of a session, the session.
pub struct Call<'a, C: Component, S = Session> {
    place: Place<'a, C>,
    subject: &'a S,
}

impl<'a, C: Component, S> Call<'a, C, S> {
    pub(crate) fn new(place: Place<'a, C>, subject: &'a S) -> Self {
        Self { place, subject }
    }

    /// The context of the call.
    pub fn context(&self) -> Context<C> {
        Context::new(self.place.instance.clone(), self.place.label)
    }
}

impl<'a, C: Component> Call<'a, C> {
    /// The session that the call is about.
    pub fn session(&self) -> &'a Session {
        self.subject
    }

    /// The value of type `T` that is stored with the session.
    ///
    /// # Errors
    ///
    /// The code `no_data` when there is none.
    pub fn data<T: Clone + Send + 'static>(&self) -> Result<Data<T>> {
        Data::of(self.subject)
    }
}

impl<'a, C: Component> Call<'a, C, Node> {
    /// The node that the call is about.
    pub fn node(&self) -> &'a Node {
        self.subject
    }
}

impl<C: Component, S> Clone for Call<'_, C, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C: Component, S> Copy for Call<'_, C, S> {}

impl<C: Component, S> fmt::Debug for Call<'_, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("label", &self.place.label).finish_non_exhaustive()
    }
}

/// One call of an `async fn`, which borrows its component itself.
pub struct AsyncCall<C: Component, S = Session> {
    context: Context<C>,
    subject: S,
    is_hook: bool,
}

impl<C: Component, S> AsyncCall<C, S> {
    pub(crate) fn new(place: Place<'_, C>, subject: S) -> Self {
        let context = Context::new(place.instance.clone(), place.label);
        Self { context, subject, is_hook: place.is_hook }
    }

    /// The context of the call.
    pub fn context(&self) -> &Context<C> {
        &self.context
    }

    fn place(&self) -> Place<'_, C> {
        Place { is_hook: self.is_hook, ..self.context.place() }
    }

    /// Waits for a shared borrow of the component.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SelfLock`] when this call has the component already, and another waits for it alone: neither could
    /// go on. [`ErrorKind::RoomClosed`] when the room's `#[on(close)]` hooks have begun, and this is none of them.
    ///
    /// [`ErrorKind::RoomClosed`]: crate::ErrorKind::RoomClosed
    /// [`ErrorKind::SelfLock`]: crate::ErrorKind::SelfLock
    pub fn shared(&self) -> impl Future<Output = Result<Shared<'_, C>>> + Send {
        self.place().shared()
    }
}

impl<C: Component<Access = Exclusive>, S> AsyncCall<C, S> {
    /// Waits for the exclusive borrow of the component.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SelfLock`] when this call has the component already: it would wait for itself.
    /// [`ErrorKind::RoomClosed`] as [`shared`](Self::shared).
    ///
    /// [`ErrorKind::RoomClosed`]: crate::ErrorKind::RoomClosed
    /// [`ErrorKind::SelfLock`]: crate::ErrorKind::SelfLock
    pub fn exclusive(&self) -> impl Future<Output = Result<ExclusiveGuard<'_, C>>> + Send {
        self.place().exclusive()
    }
}

impl<C: Component> AsyncCall<C> {
    /// The session that the call is about.
    pub fn session(&self) -> &Session {
        &self.subject
    }

    /// The value of type `T` that is stored with the session.
    ///
    /// # Errors
    ///
    /// The code `no_data` when there is none.
    pub fn data<T: Clone + Send + 'static>(&self) -> Result<Data<T>> {
        Data::of(&self.subject)
    }
}

impl<C: Component> AsyncCall<C, Node> {
    /// The node that the call is about.
    pub fn node(&self) -> &Node {
        &self.subject
    }
}

impl<C: Component, S> fmt::Debug for AsyncCall<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncCall").field("context", &self.context).finish_non_exhaustive()
    }
}

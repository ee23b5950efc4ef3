//! The example that every page of the documentation starts with.
/// What the server pushes to clients.
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
#[allow(dead_code)]
struct RoomPush;
///Sends the pushes of [`RoomPush`] to one target, from [`RoomPush::to`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct RoomPushTo<'a, T: ?::core::marker::Sized>(&'a T);
///Hears the pushes of [`RoomPush`], from [`RoomPush::on`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct RoomPushOn<'a, S>(&'a S);
#[allow(
    clippy::needless_question_mark,
    dead_code,
    deprecated,
    non_snake_case,
    private_bounds,
    private_interfaces,
    rustdoc::broken_intra_doc_links,
    unreachable_pub,
    unused_variables,
)]
const _: () = {
    use ::nano::__private as __nano;
    impl RoomPush {
        /// Sends to `target`: a session, a group, a part of a group.
        pub fn to<__T: __nano::PushTarget + ?__nano::Sized>(
            target: &__T,
        ) -> RoomPushTo<'_, __T> {
            RoomPushTo(target)
        }
        /// Listens to `source`: a Rust client.
        pub fn on<__S: __nano::PushSource>(source: &__S) -> RoomPushOn<'_, __S> {
            RoomPushOn(source)
        }
    }
    impl<__T: __nano::PushTarget + ?__nano::Sized> RoomPushTo<'_, __T> {
        /// Somebody came in.
        ///
        /// Pushes `onNewUser`.
        pub fn new_user(&self, msg: &NewUser) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("onNewUser"),
                    msg,
                    __nano::encoder!(NewUser),
                )
        }
        /// Somebody said something.
        ///
        /// Pushes `onMessage`.
        pub fn message(&self, msg: &ChatMessage) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("onMessage"),
                    msg,
                    __nano::encoder!(ChatMessage),
                )
        }
    }
    impl<__S: __nano::PushSource> RoomPushOn<'_, __S> {
        /// Somebody came in.
        ///
        /// Hears `onNewUser`.
        pub fn new_user(
            &self,
            handler: impl __nano::FnMut(NewUser) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<NewUser>,
        {
            self.0.on("onNewUser", handler);
            self
        }
        /// Somebody said something.
        ///
        /// Hears `onMessage`.
        pub fn message(
            &self,
            handler: impl __nano::FnMut(ChatMessage) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<ChatMessage>,
        {
            self.0.on("onMessage", handler);
            self
        }
    }
    impl __nano::From<RoomPush> for __nano::PushSet {
        fn from(_: RoomPush) -> Self {
            Self::new(
                "RoomPush",
                &[
                    __nano::PushEvent {
                        route: "onNewUser",
                        method: "new_user",
                        docs: "Somebody came in.",
                    },
                    __nano::PushEvent {
                        route: "onMessage",
                        method: "message",
                        docs: "Somebody said something.",
                    },
                ],
            )
        }
    }
};
impl Room {
    /// Joins the room and answers with who is there.
    async fn join(
        &mut self,
        session: &Session,
        req: JoinRequest,
    ) -> Result<JoinResponse> {
        session.bind(req.uid).await?;
        RoomPush::to(&self.members).new_user(&NewUser { name: req.name })?;
        self.members.add(session)?;
        Ok(JoinResponse {
            members: self.members.uids(),
        })
    }
    fn message(&self, msg: ChatMessage) -> Result<()> {
        RoomPush::to(&self.members).message(&msg)
    }
    fn left(&mut self, session: &Session) {
        self.members.leave(session);
    }
    fn report(&self) {
        tracing::info!(members = self.members.len(), "room");
    }
}
///Calls the handlers of [`Room`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct RoomClient<C>(C);
#[allow(
    clippy::needless_question_mark,
    dead_code,
    deprecated,
    non_snake_case,
    private_bounds,
    private_interfaces,
    rustdoc::broken_intra_doc_links,
    unreachable_pub,
    unused_variables,
)]
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    impl __nano::Component for Room {
        const NAME: &'static str = "room";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::request("room.join")
                    .docs("Joins the room and answers with who is there.")
                    .payload(__nano::decoder!(JoinRequest))
                    .reply(__nano::encoder!(JoinResponse)),
                |call, payload| async move {
                    __nano::Ok(
                        Self::join(
                                &mut *call.exclusive().await?,
                                call.session(),
                                payload,
                            )
                            .await?,
                    )
                },
            );
            on.shared(
                __nano::Route::request("room.message")
                    .sessionless()
                    .payload(__nano::decoder!(ChatMessage)),
                |this, _, payload| __nano::Ok(Self::message(this, payload)?),
            );
            on.exclusive(
                __nano::SessionEvent::Closed.hook("room.left"),
                |this, call, _| __nano::Ok(Self::left(this, call.session())),
            );
            on.shared(
                __nano::Every::new(__nano::Duration::from_millis(60000), "room.report"),
                |this, _, _| __nano::Ok(Self::report(this)),
            );
        }
    }
    impl<__C: __nano::Caller> RoomClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Joins the room and answers with who is there.
        ///
        /// Requests `room.join`.
        pub async fn join(&self, request: &JoinRequest) -> __nano::Result<JoinResponse>
        where
            __C::Serializer: __nano::Encode<JoinRequest> + __nano::Decode<JoinResponse>,
        {
            self.0.request("room.join", request).await
        }
        /// Requests `room.message`.
        pub async fn message(&self, request: &ChatMessage) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<ChatMessage> + __nano::Decode<()>,
        {
            self.0.request("room.message", request).await
        }
    }
};

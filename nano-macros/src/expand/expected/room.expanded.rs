//! The example that every page of the documentation starts with.
/// What the server pushes to clients.
trait RoomPush: ::nano::__private::PushTarget {
    /// Somebody came in.
    fn new_user(&self, msg: &NewUser) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "onNewUser", msg, __nano::encoder!(NewUser))
    }
    /// Somebody said something.
    fn message(&self, msg: &ChatMessage) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(
            self,
            "onMessage",
            msg,
            __nano::encoder!(ChatMessage),
        )
    }
}
#[automatically_derived]
impl<__T: ::nano::__private::PushTarget + ?::core::marker::Sized> RoomPush for __T {}
///The events of the trait [`RoomPush`](trait@RoomPush), for [`App::push`](::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
const RoomPush: ::nano::PushSet = ::nano::__private::PushSet::new(
    "RoomPush",
    &[
        ::nano::__private::PushEvent {
            route: "onNewUser",
            method: "new_user",
            docs: "Somebody came in.",
        },
        ::nano::__private::PushEvent {
            route: "onMessage",
            method: "message",
            docs: "Somebody said something.",
        },
    ],
);
impl Room {
    /// Joins the room and answers with who is there.
    async fn join(
        &mut self,
        session: &Session,
        req: JoinRequest,
    ) -> Result<JoinResponse> {
        session.bind(req.uid).await?;
        self.members.new_user(&NewUser { name: req.name })?;
        self.members.add(session)?;
        Ok(JoinResponse {
            members: self.members.uids(),
        })
    }
    fn message(&self, msg: ChatMessage) -> Result<()> {
        self.members.message(&msg)
    }
    fn left(&mut self, session: &Session) {
        self.members.leave(session);
    }
    fn report(&self) {
        tracing::info!(members = self.members.len(), "room");
    }
}
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
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
                        Self::join(&mut *call.exclusive().await, call.session(), payload)
                            .await?,
                    )
                },
            );
            on.shared(
                __nano::Route::request("room.message")
                    .payload(__nano::decoder!(ChatMessage)),
                |this, _, payload| __nano::Ok(Self::message(this, payload)?),
            );
            on.exclusive(
                __nano::SessionEvent::Closed.hook("room.left"),
                |this, call, _| __nano::Ok(Self::left(this, call.session())),
            );
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(60000u64),
                    "room.report",
                ),
                |this, _, _| __nano::Ok(Self::report(this)),
            );
        }
    }
};
::nano::__private::client! {
    ///Calls the handlers of [`Room`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct RoomClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for RoomClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for RoomClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(RoomClient))
        }
    }
    #[allow(
        dead_code,
        deprecated,
        non_snake_case,
        private_bounds,
        private_interfaces,
        rustdoc::broken_intra_doc_links,
        unreachable_pub,
    )]
    impl<__S: ::nano::serializer::Serializer> RoomClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Joins the room and answers with who is there.
        ///
        /// Requests `room.join`.
        pub async fn join(&self, request: &JoinRequest) -> ::nano::Result<JoinResponse>
        where
            __S: ::nano::serializer::Encode<JoinRequest>
                + ::nano::serializer::Decode<JoinResponse>,
        {
            self.client.request("room.join", request).await
        }
        /// Requests `room.message`.
        pub async fn message(&self, request: &ChatMessage) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<ChatMessage> + ::nano::serializer::Decode<()>,
        {
            self.client.request("room.message", request).await
        }
    }
}

//! The example that every page of the documentation starts with.
/// What the server pushes to clients.
trait RoomPush: ::nano::__private::PushTarget {
    /// Somebody came in.
    fn new_user(&self, msg: &NewUser) -> ::nano::Result<()> {
        ::nano::__private::PushTarget::push_with(
            self,
            "onNewUser",
            msg,
            ::nano::__private::encoder!(NewUser),
        )
    }
    /// Somebody said something.
    fn message(&self, msg: &ChatMessage) -> ::nano::Result<()> {
        ::nano::__private::PushTarget::push_with(
            self,
            "onMessage",
            msg,
            ::nano::__private::encoder!(ChatMessage),
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
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Room {
    const NAME: &'static str = "room";
    type Access = ::nano::__private::Exclusive;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.join",
                    method: "join",
                    docs: "Joins the room and answers with who is there.",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(JoinRequest),
                ::nano::__private::encoder!(JoinResponse),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        let __output = Self::join(
                                &mut __this,
                                __call.session(),
                                __payload,
                            )
                            .await;
                        ::core::mem::drop(__this);
                        __call.finish_value_result(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.message",
                    method: "message",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(ChatMessage),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::message(__this, __payload);
                            __call.finish_result(__output)
                        })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Closed,
                "room.left",
                |__context, __session| {
                    let __session = ::core::clone::Clone::clone(__session);
                    __context
                        .run_exclusive(move |__this| {
                            Self::left(__this, &__session);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .every(
                "room.report",
                ::nano::__private::Duration::from_millis(60000u64),
                |__context| {
                    __context
                        .run_shared(move |__this| {
                            Self::report(__this);
                            ::nano::__private::done(())
                        })
                },
            );
    }
}
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

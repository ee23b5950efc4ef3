//! Names that differ from the identifiers, and a handler that runs beside its session.
impl ChatRoom {
    fn join_room(&self) {}
    fn say_something(&self) {}
    async fn slow(&self) -> u64 {
        0
    }
    async fn even_slower(&self) -> u64 {
        0
    }
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for ChatRoom {
    const NAME: &'static str = "ChatRoom";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "ChatRoom.JoinRoom",
                    method: "join_room",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            Self::join_room(__this);
                            __call.finish(())
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "ChatRoom.say",
                    method: "say_something",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            Self::say_something(__this);
                            __call.finish(())
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "ChatRoom.Slow",
                    method: "slow",
                    docs: "",
                    concurrent: true,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(u64),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::slow(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish_value(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "ChatRoom.slower",
                    method: "even_slower",
                    docs: "",
                    concurrent: true,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(u64),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::even_slower(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish_value(__output, __encoder)
                    })
                },
            );
    }
}
impl HTTPGate {
    fn join_room(&self) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for HTTPGate {
    const NAME: &'static str = "lobby";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "lobby.JOIN-ROOM",
                    method: "join_room",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            Self::join_room(__this);
                            __call.finish(())
                        })
                },
            );
    }
}
::nano::__private::client! {
    ///Calls the handlers of [`ChatRoom`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct ChatRoomClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for ChatRoomClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for ChatRoomClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(
                __formatter,
                ::core::stringify!(ChatRoomClient),
            )
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
    impl<__S: ::nano::serializer::Serializer> ChatRoomClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Notifies `ChatRoom.JoinRoom`.
        pub async fn join_room(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("ChatRoom.JoinRoom", &()).await
        }
        /// Notifies `ChatRoom.say`.
        pub async fn say_something(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("ChatRoom.say", &()).await
        }
        /// Requests `ChatRoom.Slow`.
        pub async fn slow(&self) -> ::nano::Result<u64>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<u64>,
        {
            self.client.request("ChatRoom.Slow", &()).await
        }
        /// Requests `ChatRoom.slower`.
        pub async fn even_slower(&self) -> ::nano::Result<u64>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<u64>,
        {
            self.client.request("ChatRoom.slower", &()).await
        }
    }
}
::nano::__private::client! {
    ///Calls the handlers of [`HTTPGate`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct HTTPGateClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for HTTPGateClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for HTTPGateClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(
                __formatter,
                ::core::stringify!(HTTPGateClient),
            )
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
    impl<__S: ::nano::serializer::Serializer> HTTPGateClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Notifies `lobby.JOIN-ROOM`.
        pub async fn join_room(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("lobby.JOIN-ROOM", &()).await
        }
    }
}

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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for ChatRoom {
        const NAME: &'static str = "ChatRoom";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("ChatRoom.JoinRoom").method("join_room"),
                |this, _, _| __nano::Ok(Self::join_room(this)),
            );
            on.shared(
                __nano::Route::notify("ChatRoom.say").method("say_something"),
                |this, _, _| __nano::Ok(Self::say_something(this)),
            );
            on.future(
                __nano::Route::request("ChatRoom.Slow")
                    .method("slow")
                    .concurrent()
                    .reply(__nano::encoder!(u64)),
                |call, _| async move {
                    __nano::Ok(Self::slow(&*call.shared().await).await)
                },
            );
            on.future(
                __nano::Route::request("ChatRoom.slower")
                    .method("even_slower")
                    .concurrent()
                    .reply(__nano::encoder!(u64)),
                |call, _| async move {
                    __nano::Ok(Self::even_slower(&*call.shared().await).await)
                },
            );
        }
    }
};
impl HTTPGate {
    fn join_room(&self) {}
}
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for HTTPGate {
        const NAME: &'static str = "lobby";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("lobby.JOIN-ROOM").method("join_room"),
                |this, _, _| __nano::Ok(Self::join_room(this)),
            );
        }
    }
};
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

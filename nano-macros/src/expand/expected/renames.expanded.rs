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
///Calls the handlers of [`ChatRoom`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ChatRoomClient<C>(C);
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
    impl __nano::Component for ChatRoom {
        const NAME: &'static str = "ChatRoom";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("ChatRoom.JoinRoom")
                    .method("join_room")
                    .sessionless(),
                |this, _, _| __nano::Ok(Self::join_room(this)),
            );
            on.shared(
                __nano::Route::notify("ChatRoom.say")
                    .method("say_something")
                    .sessionless(),
                |this, _, _| __nano::Ok(Self::say_something(this)),
            );
            on.future(
                __nano::Route::request("ChatRoom.Slow")
                    .method("slow")
                    .concurrent()
                    .sessionless()
                    .reply(__nano::encoder!(u64)),
                |call, _| async move {
                    __nano::Ok(Self::slow(&*call.shared().await?).await)
                },
            );
            on.future(
                __nano::Route::request("ChatRoom.slower")
                    .method("even_slower")
                    .concurrent()
                    .sessionless()
                    .reply(__nano::encoder!(u64)),
                |call, _| async move {
                    __nano::Ok(Self::even_slower(&*call.shared().await?).await)
                },
            );
        }
    }
    impl<__C: __nano::Caller> ChatRoomClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `ChatRoom.JoinRoom`.
        pub async fn join_room(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("ChatRoom.JoinRoom", &()).await
        }
        /// Notifies `ChatRoom.say`.
        pub async fn say_something(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("ChatRoom.say", &()).await
        }
        /// Requests `ChatRoom.Slow`.
        pub async fn slow(&self) -> __nano::Result<u64>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<u64>,
        {
            self.0.request("ChatRoom.Slow", &()).await
        }
        /// Requests `ChatRoom.slower`.
        pub async fn even_slower(&self) -> __nano::Result<u64>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<u64>,
        {
            self.0.request("ChatRoom.slower", &()).await
        }
    }
};
impl HTTPGate {
    fn join_room(&self) {}
}
///Calls the handlers of [`HTTPGate`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct HTTPGateClient<C>(C);
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
    impl __nano::Component for HTTPGate {
        const NAME: &'static str = "lobby";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("lobby.JOIN-ROOM")
                    .method("join_room")
                    .sessionless(),
                |this, _, _| __nano::Ok(Self::join_room(this)),
            );
        }
    }
    impl<__C: __nano::Caller> HTTPGateClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `lobby.JOIN-ROOM`.
        pub async fn join_room(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("lobby.JOIN-ROOM", &()).await
        }
    }
};
impl EntryHandler {
    fn enter_room(&self) {}
}
///Calls the handlers of [`EntryHandler`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct EntryHandlerClient<C>(pub(crate) C);
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
    impl __nano::Component for EntryHandler {
        const NAME: &'static str = "connector.entryHandler";
        type Access = <__nano::Shared as __nano::Join<
            <Self as __nano::Part<7723577364108916034u64>>::Access,
        >>::Access;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("connector.entryHandler.enterRoom")
                    .method("enter_room")
                    .sessionless(),
                |this, _, _| __nano::Ok(Self::enter_room(this)),
            );
            <Self as __nano::Part<7723577364108916034u64>>::define(on);
        }
    }
    impl __nano::Listed<7723577364108916034u64> for EntryHandler {}
    impl<__C: __nano::Caller> EntryHandlerClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `connector.entryHandler.enterRoom`.
        pub async fn enter_room(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("connector.entryHandler.enterRoom", &()).await
        }
    }
};
impl EntryHandler {
    fn sweep(&self) {}
}
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
    impl __nano::Part<7723577364108916034u64> for EntryHandler {
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(60000),
                    "connector.entryHandler.sweep",
                ),
                |this, _, _| __nano::Ok(Self::sweep(this)),
            );
        }
    }
};

//! Another path to the crate.
impl Room {
    async fn join(&self, session: &Session, join: Join) -> Joined {
        Joined
    }
    fn leave(&self, reply: Reply<()>) {}
    fn left(&self, session: &Session) {}
    fn tick(&mut self) {}
}
const _: () = {
    use engine::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Room {
        const NAME: &'static str = "room";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::request("room.join")
                    .payload(__nano::decoder!(Join))
                    .reply(__nano::encoder!(Joined)),
                |call, payload| async move {
                    __nano::Ok(
                        Self::join(&*call.shared().await, call.session(), payload).await,
                    )
                },
            );
            on.shared(
                __nano::Route::request("room.leave").reply_later(__nano::encoder!(())),
                |this, _, (_, reply)| __nano::Ok(Self::leave(this, reply)),
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("room.left"),
                |this, call, _| __nano::Ok(Self::left(this, call.session())),
            );
            on.exclusive(
                __nano::Every::new(__nano::Duration::from_millis(1000u64), "room.tick"),
                |this, _, _| __nano::Ok(Self::tick(this)),
            );
        }
    }
};
trait Events: crate::nano::__private::PushTarget {
    fn tick(&self) -> crate::nano::Result<()> {
        use crate::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "tick", &(), __nano::Encoder::unit())
    }
    fn joined(&self, who: &Joined) -> crate::nano::Result<()> {
        use crate::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "joined", who, __nano::encoder!(Joined))
    }
}
#[automatically_derived]
impl<__T: crate::nano::__private::PushTarget + ?::core::marker::Sized> Events for __T {}
///The events of the trait [`Events`](trait@Events), for [`App::push`](crate::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
const Events: crate::nano::PushSet = crate::nano::__private::PushSet::new(
    "Events",
    &[
        crate::nano::__private::PushEvent {
            route: "tick",
            method: "tick",
            docs: "",
        },
        crate::nano::__private::PushEvent {
            route: "joined",
            method: "joined",
            docs: "",
        },
    ],
);
engine::nano::__private::client! {
    ///Calls the handlers of [`Room`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct RoomClient<S = engine::nano::Json> {
        client: engine::nano::client::Client<S>,
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
    impl<__S: engine::nano::serializer::Serializer> RoomClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &engine::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Requests `room.join`.
        pub async fn join(&self, request: &Join) -> engine::nano::Result<Joined>
        where
            __S: engine::nano::serializer::Encode<Join>
                + engine::nano::serializer::Decode<Joined>,
        {
            self.client.request("room.join", request).await
        }
        /// Requests `room.leave`.
        pub async fn leave(&self) -> engine::nano::Result<()>
        where
            __S: engine::nano::serializer::Encode<()> + engine::nano::serializer::Decode<()>,
        {
            self.client.request("room.leave", &()).await
        }
    }
}

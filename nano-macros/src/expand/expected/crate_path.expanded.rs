//! Another path to the crate.
impl Room {
    async fn join(&self, session: &Session, join: Join) -> Joined {
        Joined
    }
    fn leave(&self, reply: Reply<()>) {}
    fn left(&self, session: &Session) {}
    fn tick(&mut self) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl engine::nano::__private::Component for Room {
    const NAME: &'static str = "room";
    type Access = engine::nano::__private::Exclusive;
    fn define(__definition: &mut engine::nano::__private::Definition<Self>) {
        __definition
            .route(
                engine::nano::__private::RouteInfo {
                    name: "room.join",
                    method: "join",
                    docs: "",
                    concurrent: false,
                    kind: engine::nano::__private::RouteKind::Request,
                },
                engine::nano::__private::decoder!(Join),
                engine::nano::__private::encoder!(Joined),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return engine::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    engine::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::join(&__this, __call.session(), __payload)
                            .await;
                        ::core::mem::drop(__this);
                        __call.finish_value(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                engine::nano::__private::RouteInfo {
                    name: "room.leave",
                    method: "leave",
                    docs: "",
                    concurrent: false,
                    kind: engine::nano::__private::RouteKind::Request,
                },
                engine::nano::__private::Decoder::none(),
                engine::nano::__private::encoder!(()),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return engine::nano::__private::Step::ready(());
                    };
                    let (__call, __reply) = __call.reply(__encoder);
                    __context
                        .run_shared(move |__this| {
                            Self::leave(__this, __reply);
                            __call.finish_deferred(())
                        })
                },
            );
        __definition
            .session_hook(
                engine::nano::__private::SessionEvent::Closed,
                "room.left",
                |__context, __session| {
                    let __session = ::core::clone::Clone::clone(__session);
                    __context
                        .run_shared(move |__this| {
                            Self::left(__this, &__session);
                            engine::nano::__private::done(())
                        })
                },
            );
        __definition
            .every(
                "room.tick",
                engine::nano::__private::Duration::from_millis(1000u64),
                |__context| {
                    __context
                        .run_exclusive(move |__this| {
                            Self::tick(__this);
                            engine::nano::__private::done(())
                        })
                },
            );
    }
}
trait Events: crate::nano::__private::PushTarget {
    fn tick(&self) -> crate::nano::Result<()> {
        crate::nano::__private::PushTarget::push_with(
            self,
            "tick",
            &(),
            crate::nano::__private::Encoder::unit(),
        )
    }
    fn joined(&self, who: &Joined) -> crate::nano::Result<()> {
        crate::nano::__private::PushTarget::push_with(
            self,
            "joined",
            who,
            crate::nano::__private::encoder!(Joined),
        )
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

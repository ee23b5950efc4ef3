//! What is generated for a method exists exactly when the method does.
impl Room {
    #[cfg(unix)]
    fn path(&self) -> String {
        String::new()
    }
    #[cfg(not(unix))]
    fn drive(&self) -> String {
        String::new()
    }
    #[cfg_attr(feature = "admin", inline)]
    #[allow(clippy::unused_self)]
    fn reset(&mut self) {}
    #[cfg(feature = "metrics")]
    #[cfg(unix)]
    fn report(&self) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Room {
    const NAME: &'static str = "room";
    type Access = ::nano::__private::Exclusive;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        #[cfg(unix)]
        {
            __definition
                .route(
                    ::nano::__private::RouteInfo {
                        name: "room.path",
                        method: "path",
                        docs: "",
                        concurrent: false,
                        kind: ::nano::__private::RouteKind::Request,
                    },
                    ::nano::__private::Decoder::none(),
                    ::nano::__private::encoder!(String),
                    |__context, __call, __decoder, __encoder| {
                        let ::core::option::Option::Some((__call, ())) = __call
                            .decode(__decoder) else {
                            return ::nano::__private::Step::ready(());
                        };
                        __context
                            .run_shared(move |__this| {
                                let __output = Self::path(__this);
                                __call.finish_value(__output, __encoder)
                            })
                    },
                );
        }
        #[cfg(not(unix))]
        {
            __definition
                .route(
                    ::nano::__private::RouteInfo {
                        name: "room.path",
                        method: "drive",
                        docs: "",
                        concurrent: false,
                        kind: ::nano::__private::RouteKind::Request,
                    },
                    ::nano::__private::Decoder::none(),
                    ::nano::__private::encoder!(String),
                    |__context, __call, __decoder, __encoder| {
                        let ::core::option::Option::Some((__call, ())) = __call
                            .decode(__decoder) else {
                            return ::nano::__private::Step::ready(());
                        };
                        __context
                            .run_shared(move |__this| {
                                let __output = Self::drive(__this);
                                __call.finish_value(__output, __encoder)
                            })
                    },
                );
        }
        #[cfg(feature = "admin")]
        {
            __definition
                .route(
                    ::nano::__private::RouteInfo {
                        name: "room.reset",
                        method: "reset",
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
                            .run_exclusive(move |__this| {
                                Self::reset(__this);
                                __call.finish(())
                            })
                    },
                );
        }
        #[cfg(feature = "metrics")] #[cfg(unix)]
        {
            __definition
                .every(
                    "room.report",
                    ::nano::__private::Duration::from_millis(1000u64),
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
}
pub trait Events: ::nano::__private::PushTarget {
    #[cfg(feature = "metrics")]
    fn load(&self, load: &Load) -> ::nano::Result<()> {
        ::nano::__private::PushTarget::push_with(
            self,
            "load",
            load,
            ::nano::__private::encoder!(Load),
        )
    }
    fn tick(&self) -> ::nano::Result<()> {
        ::nano::__private::PushTarget::push_with(
            self,
            "tick",
            &(),
            ::nano::__private::Encoder::unit(),
        )
    }
}
#[automatically_derived]
impl<__T: ::nano::__private::PushTarget + ?::core::marker::Sized> Events for __T {}
///The events of the trait [`Events`](trait@Events), for [`App::push`](::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
pub const Events: ::nano::PushSet = ::nano::__private::PushSet::new(
    "Events",
    &[
        #[cfg(feature = "metrics")]
        ::nano::__private::PushEvent {
            route: "load",
            method: "load",
            docs: "",
        },
        ::nano::__private::PushEvent {
            route: "tick",
            method: "tick",
            docs: "",
        },
    ],
);
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
        #[cfg(unix)]
        /// Requests `room.path`.
        pub async fn path(&self) -> ::nano::Result<String>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<String>,
        {
            self.client.request("room.path", &()).await
        }
        #[cfg(not(unix))]
        /// Requests `room.path`.
        pub async fn drive(&self) -> ::nano::Result<String>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<String>,
        {
            self.client.request("room.path", &()).await
        }
        #[cfg(feature = "admin")]
        /// Notifies `room.reset`.
        pub async fn reset(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("room.reset", &()).await
        }
    }
}

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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Room {
        const NAME: &'static str = "room";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            #[cfg(unix)]
            {
                on.shared(
                    __nano::Route::request("room.path").reply(__nano::encoder!(String)),
                    |this, _, _| __nano::Ok(Self::path(this)),
                );
            }
            #[cfg(not(unix))]
            {
                on.shared(
                    __nano::Route::request("room.path")
                        .method("drive")
                        .reply(__nano::encoder!(String)),
                    |this, _, _| __nano::Ok(Self::drive(this)),
                );
            }
            #[cfg(feature = "admin")]
            {
                on.exclusive(
                    __nano::Route::notify("room.reset"),
                    |this, _, _| __nano::Ok(Self::reset(this)),
                );
            }
            #[cfg(feature = "metrics")] #[cfg(unix)]
            {
                on.shared(
                    __nano::Every::new(
                        __nano::Duration::from_millis(1000u64),
                        "room.report",
                    ),
                    |this, _, _| __nano::Ok(Self::report(this)),
                );
            }
        }
    }
};
pub trait Events: ::nano::__private::PushTarget {
    #[cfg(feature = "metrics")]
    fn load(&self, load: &Load) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "load", load, __nano::encoder!(Load))
    }
    fn tick(&self) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "tick", &(), __nano::Encoder::unit())
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

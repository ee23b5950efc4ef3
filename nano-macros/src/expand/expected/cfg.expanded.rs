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
            #[cfg(unix)]
            {
                on.shared(
                    __nano::Route::request("room.path")
                        .sessionless()
                        .reply(__nano::encoder!(String)),
                    |this, _, _| __nano::Ok(Self::path(this)),
                );
            }
            #[cfg(not(unix))]
            {
                on.shared(
                    __nano::Route::request("room.path")
                        .method("drive")
                        .sessionless()
                        .reply(__nano::encoder!(String)),
                    |this, _, _| __nano::Ok(Self::drive(this)),
                );
            }
            #[cfg(feature = "admin")]
            {
                on.exclusive(
                    __nano::Route::notify("room.reset").sessionless(),
                    |this, _, _| __nano::Ok(Self::reset(this)),
                );
            }
            #[cfg(feature = "metrics")] #[cfg(unix)]
            {
                on.shared(
                    __nano::Every::new(
                        __nano::Duration::from_millis(1000),
                        "room.report",
                    ),
                    |this, _, _| __nano::Ok(Self::report(this)),
                );
            }
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
        #[cfg(unix)]
        /// Requests `room.path`.
        pub async fn path(&self) -> __nano::Result<String>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<String>,
        {
            self.0.request("room.path", &()).await
        }
        #[cfg(not(unix))]
        /// Requests `room.path`.
        pub async fn drive(&self) -> __nano::Result<String>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<String>,
        {
            self.0.request("room.path", &()).await
        }
        #[cfg(feature = "admin")]
        /// Notifies `room.reset`.
        pub async fn reset(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("room.reset", &()).await
        }
    }
};
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
#[allow(dead_code)]
pub struct Events;
///Sends the pushes of [`Events`] to one target, from [`Events::to`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
pub struct EventsTo<'a, T: ?::core::marker::Sized>(&'a T);
///Hears the pushes of [`Events`], from [`Events::on`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
pub struct EventsOn<'a, S>(&'a S);
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
    impl Events {
        /// Sends to `target`: a session, a group, a part of a group.
        pub fn to<__T: __nano::PushTarget + ?__nano::Sized>(
            target: &__T,
        ) -> EventsTo<'_, __T> {
            EventsTo(target)
        }
        /// Listens to `source`: a Rust client.
        pub fn on<__S: __nano::PushSource>(source: &__S) -> EventsOn<'_, __S> {
            EventsOn(source)
        }
    }
    impl<__T: __nano::PushTarget + ?__nano::Sized> EventsTo<'_, __T> {
        #[cfg(feature = "metrics")]
        /// Pushes `load`.
        pub fn load(&self, load: &Load) -> __nano::Result<()> {
            self.0
                .push_with(__nano::Push::reliable("load"), load, __nano::encoder!(Load))
        }
        /// Pushes `tick`.
        pub fn tick(&self) -> __nano::Result<()> {
            self.0
                .push_with(__nano::Push::reliable("tick"), &(), __nano::Encoder::unit())
        }
    }
    impl<__S: __nano::PushSource> EventsOn<'_, __S> {
        #[cfg(feature = "metrics")]
        /// Hears `load`.
        pub fn load(
            &self,
            handler: impl __nano::FnMut(Load) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Load>,
        {
            self.0.on("load", handler);
            self
        }
        /// Hears `tick`.
        pub fn tick(
            &self,
            mut handler: impl __nano::FnMut() + __nano::Send + 'static,
        ) -> &Self {
            self.0.on_bytes("tick", move |_| handler());
            self
        }
    }
    impl __nano::From<Events> for __nano::PushSet {
        fn from(_: Events) -> Self {
            Self::new(
                "Events",
                &[
                    #[cfg(feature = "metrics")]
                    __nano::PushEvent {
                        route: "load",
                        method: "load",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "tick",
                        method: "tick",
                        docs: "",
                    },
                ],
            )
        }
    }
};

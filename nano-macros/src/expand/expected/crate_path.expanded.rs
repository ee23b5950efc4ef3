//! Another path to the crate.
impl Room {
    async fn join(&self, session: &Session, join: Join) -> Joined {
        Joined
    }
    fn leave(&self, reply: Reply<()>) {}
    fn left(&self, session: &Session) {}
    fn tick(&mut self) {}
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
    use engine::nano::__private as __nano;
    #[automatically_derived]
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
                        Self::join(&*call.shared().await?, call.session(), payload).await,
                    )
                },
            );
            on.shared(
                __nano::Route::request("room.leave")
                    .sessionless()
                    .reply_later(__nano::encoder!(())),
                |this, _, (_, reply)| __nano::Ok(Self::leave(this, reply)),
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("room.left"),
                |this, call, _| __nano::Ok(Self::left(this, call.session())),
            );
            on.exclusive(
                __nano::Every::new(__nano::Duration::from_millis(1000), "room.tick"),
                |this, _, _| __nano::Ok(Self::tick(this)),
            );
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
        /// Requests `room.join`.
        pub async fn join(&self, request: &Join) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<Join> + __nano::Decode<Joined>,
        {
            self.0.request("room.join", request).await
        }
        /// Requests `room.leave`.
        pub async fn leave(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<()>,
        {
            self.0.request("room.leave", &()).await
        }
    }
};
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
#[allow(dead_code)]
struct Events;
///Sends the pushes of [`Events`] to one target, from [`Events::to`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct EventsTo<'a, T: ?::core::marker::Sized>(&'a T);
///Hears the pushes of [`Events`], from [`Events::on`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct EventsOn<'a, S>(&'a S);
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
    use crate::nano::__private as __nano;
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
        /// Pushes `tick`.
        pub fn tick(&self) -> __nano::Result<()> {
            self.0
                .push_with(__nano::Push::reliable("tick"), &(), __nano::Encoder::unit())
        }
        /// Pushes `joined`.
        pub fn joined(&self, who: &Joined) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("joined"),
                    who,
                    __nano::encoder!(Joined),
                )
        }
    }
    impl<__S: __nano::PushSource> EventsOn<'_, __S> {
        /// Hears `tick`.
        pub fn tick(
            &self,
            mut handler: impl __nano::FnMut() + __nano::Send + 'static,
        ) -> &Self {
            self.0.on_bytes("tick", move |_| handler());
            self
        }
        /// Hears `joined`.
        pub fn joined(
            &self,
            handler: impl __nano::FnMut(Joined) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Joined>,
        {
            self.0.on("joined", handler);
            self
        }
    }
    impl __nano::From<Events> for __nano::PushSet {
        fn from(_: Events) -> Self {
            Self::new(
                "Events",
                &[
                    __nano::PushEvent {
                        route: "tick",
                        method: "tick",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "joined",
                        method: "joined",
                        docs: "",
                    },
                ],
            )
        }
    }
};

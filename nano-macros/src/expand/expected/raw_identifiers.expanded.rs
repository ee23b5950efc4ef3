//! `r#type` is `type` on the wire and in logs.
impl r#Match {
    fn r#type(&self) -> Kind {
        Kind
    }
    fn r#loop(&mut self) {}
}
///Calls the handlers of [`Match`](r#Match): from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct MatchClient<C>(C);
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
    impl __nano::Component for r#Match {
        const NAME: &'static str = "match";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("match.type")
                    .sessionless()
                    .reply(__nano::encoder!(Kind)),
                |this, _, _| __nano::Ok(Self::r#type(this)),
            );
            on.exclusive(
                __nano::Lifecycle::Init.hook("match.loop"),
                |this, _, _| __nano::Ok(Self::r#loop(this)),
            );
        }
    }
    impl<__C: __nano::Caller> MatchClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Requests `match.type`.
        pub async fn r#type(&self) -> __nano::Result<Kind>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<Kind>,
        {
            self.0.request("match.type", &()).await
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
        /// Pushes `move`.
        pub fn r#move(&self, r#where: &Point) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("move"),
                    r#where,
                    __nano::encoder!(Point),
                )
        }
    }
    impl<__S: __nano::PushSource> EventsOn<'_, __S> {
        /// Hears `move`.
        pub fn r#move(
            &self,
            handler: impl __nano::FnMut(Point) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Point>,
        {
            self.0.on("move", handler);
            self
        }
    }
    impl __nano::From<Events> for __nano::PushSet {
        fn from(_: Events) -> Self {
            Self::new(
                "Events",
                &[
                    __nano::PushEvent {
                        route: "move",
                        method: "move",
                        docs: "",
                    },
                ],
            )
        }
    }
};

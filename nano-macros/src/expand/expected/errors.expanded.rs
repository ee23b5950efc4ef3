//! What is wrong is left out, with an error for each fault; the impl block stays whole.
impl Room {
    fn by_value(self) {}
    fn generic<T>(&self, value: T) {}
    fn good(&mut self) {}
    fn another(&self) {}
    fn timer(&self) {}
    fn hook(&self, session: &Session) {}
    fn helper(&self) {}
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
            on.exclusive(
                __nano::Route::notify("room.good").sessionless(),
                |this, _, _| __nano::Ok(Self::good(this)),
            );
            on.shared(
                __nano::Route::notify("room.good").method("another").sessionless(),
                |this, _, _| __nano::Ok(Self::another(this)),
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
        /// Notifies `room.good`.
        pub async fn good(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("room.good", &()).await
        }
        /// Notifies `room.good`.
        pub async fn another(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("room.good", &()).await
        }
    }
};
::core::compile_error! {
    "unknown option `nmae` of `#[component]`, expected one of `name`, `rename_all`, `crate`, `parts`, `part`, `room`, `timeout`, `rate`, `max_body`, `guest`, `before`"
}
::core::compile_error! {
    "a handler borrows its component: `&self` or `&mut self`, not `self`\n\na handler is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of\n    `&Session`, a payload (an owned type, or `Bytes`), `Reply<T>`, `&Context<Self>`\nand any number of `Data<T>` (values stored with the session),\nand returns `()`, `T`, `Result<()>` or `Result<T>`; with a `Reply<T>`, `()` or `Result<()>`"
}
::core::compile_error! {
    "a handler cannot have generics or lifetimes: its types are fixed when the routes are built"
}
::core::compile_error! {
    "a period is a whole number and one unit of `ms`, `s`, `m`, `h`, as in `60s`, got `soon`"
}
::core::compile_error! {
    "no session is at hand here: take `&Session` in a handler or an `#[on(session_..)]` hook\n\na hook or timer is `fn` or `async fn`; it takes `&self` or `&mut self`, then optionally `&Context<Self>`,\nand returns `()` or `Result<()>`"
}
::core::compile_error! {
    "the route `room.good` is taken already"
}
::core::compile_error! {
    "`room.good` is first taken here"
}
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
        /// Pushes `with_self`.
        pub fn with_self(&self, message: &Message) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("with_self"),
                    message,
                    __nano::encoder!(Message),
                )
        }
        /// Pushes `good`.
        pub fn good(&self, message: &Message) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("good"),
                    message,
                    __nano::encoder!(Message),
                )
        }
    }
    impl<__S: __nano::PushSource> EventsOn<'_, __S> {
        /// Hears `with_self`.
        pub fn with_self(
            &self,
            handler: impl __nano::FnMut(Message) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Message>,
        {
            self.0.on("with_self", handler);
            self
        }
        /// Hears `good`.
        pub fn good(
            &self,
            handler: impl __nano::FnMut(Message) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Message>,
        {
            self.0.on("good", handler);
            self
        }
    }
    impl __nano::From<Events> for __nano::PushSet {
        fn from(_: Events) -> Self {
            Self::new(
                "Events",
                &[
                    __nano::PushEvent {
                        route: "with_self",
                        method: "with_self",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "good",
                        method: "good",
                        docs: "",
                    },
                ],
            )
        }
    }
};
::core::compile_error! {
    "a push takes no `self` here: the generated method has it\n\na push is declared as `fn name(message: Message);`, or `fn name();` without a message"
}

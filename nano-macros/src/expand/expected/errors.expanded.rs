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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Room {
        const NAME: &'static str = "room";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.exclusive(
                __nano::Route::notify("room.good"),
                |this, _, _| __nano::Ok(Self::good(this)),
            );
            on.shared(
                __nano::Route::notify("room.good").method("another"),
                |this, _, _| __nano::Ok(Self::another(this)),
            );
        }
    }
};
::core::compile_error! {
    "unknown option `nmae` of `#[component]`, expected one of `name`, `rename_all`, `crate`"
}
::core::compile_error! {
    "a handler borrows its component: `&self` or `&mut self`, not `self`\n\na handler is `fn` or `async fn`; it takes `&self` or `&mut self`, then in any order at most one each of\n    `&Session`, a payload (an owned type, or `Bytes`), `Reply<T>`, `&Context<Self>`\nand returns `()`, `T`, `Result<()>` or `Result<T>`; with a `Reply<T>`, `()` or `Result<()>`"
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
trait Events: ::nano::__private::PushTarget {
    fn with_self(&self, message: &Message) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(
            self,
            "with_self",
            message,
            __nano::encoder!(Message),
        )
    }
    fn good(&self, message: &Message) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "good", message, __nano::encoder!(Message))
    }
}
#[automatically_derived]
impl<__T: ::nano::__private::PushTarget + ?::core::marker::Sized> Events for __T {}
///The events of the trait [`Events`](trait@Events), for [`App::push`](::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
const Events: ::nano::PushSet = ::nano::__private::PushSet::new(
    "Events",
    &[
        ::nano::__private::PushEvent {
            route: "with_self",
            method: "with_self",
            docs: "",
        },
        ::nano::__private::PushEvent {
            route: "good",
            method: "good",
            docs: "",
        },
    ],
);
::core::compile_error! {
    "a push takes no `self` here: the generated method has it\n\na push is declared as `fn name(message: Message);`, or `fn name();` without a message"
}
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
        /// Notifies `room.good`.
        pub async fn good(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("room.good", &()).await
        }
        /// Notifies `room.good`.
        pub async fn another(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("room.good", &()).await
        }
    }
}

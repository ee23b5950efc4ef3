//! `r#type` is `type` on the wire and in logs.
impl r#Match {
    fn r#type(&self) -> Kind {
        Kind
    }
    fn r#loop(&mut self) {}
}
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for r#Match {
        const NAME: &'static str = "match";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("match.type").reply(__nano::encoder!(Kind)),
                |this, _, _| __nano::Ok(Self::r#type(this)),
            );
            on.exclusive(
                __nano::Lifecycle::Init.hook("match.loop"),
                |this, _, _| __nano::Ok(Self::r#loop(this)),
            );
        }
    }
};
trait Events: ::nano::__private::PushTarget {
    fn r#move(&self, r#where: &Point) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "move", r#where, __nano::encoder!(Point))
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
            route: "move",
            method: "move",
            docs: "",
        },
    ],
);
::nano::__private::client! {
    ///Calls the handlers of [`Match`](r#Match) from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct MatchClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for MatchClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for MatchClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(MatchClient))
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
    impl<__S: ::nano::serializer::Serializer> MatchClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Requests `match.type`.
        pub async fn r#type(&self) -> ::nano::Result<Kind>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<Kind>,
        {
            self.client.request("match.type", &()).await
        }
    }
}

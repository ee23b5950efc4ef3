//! Every return type of an `fn` handler that takes `&self`, with and without a `Reply<T>`.
impl Returns {
    fn unit(&self) {}
    fn value(&self) -> Joined {}
    fn unit_result(&self) -> Result<()> {}
    fn value_result(&self) -> Result<Joined, Full> {}
    fn reply(&self, reply: Reply<Joined>) {}
    fn reply_result(&self, reply: nano::Reply<()>) -> nano::Result<()> {}
}
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Returns {
        const NAME: &'static str = "returns";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("returns.unit"),
                |this, _, _| __nano::Ok(Self::unit(this)),
            );
            on.shared(
                __nano::Route::request("returns.value").reply(__nano::encoder!(Joined)),
                |this, _, _| __nano::Ok(Self::value(this)),
            );
            on.shared(
                __nano::Route::request("returns.unit_result"),
                |this, _, _| __nano::Ok(Self::unit_result(this)?),
            );
            on.shared(
                __nano::Route::request("returns.value_result")
                    .reply(__nano::encoder!(Joined)),
                |this, _, _| __nano::Ok(Self::value_result(this)?),
            );
            on.shared(
                __nano::Route::request("returns.reply")
                    .reply_later(__nano::encoder!(Joined)),
                |this, _, (_, reply)| __nano::Ok(Self::reply(this, reply)),
            );
            on.shared(
                __nano::Route::request("returns.reply_result")
                    .reply_later(__nano::encoder!(())),
                |this, _, (_, reply)| __nano::Ok(Self::reply_result(this, reply)?),
            );
        }
    }
};
::nano::__private::client! {
    ///Calls the handlers of [`Returns`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct ReturnsClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for ReturnsClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for ReturnsClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(ReturnsClient))
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
    impl<__S: ::nano::serializer::Serializer> ReturnsClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Notifies `returns.unit`.
        pub async fn unit(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("returns.unit", &()).await
        }
        /// Requests `returns.value`.
        pub async fn value(&self) -> ::nano::Result<Joined>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<Joined>,
        {
            self.client.request("returns.value", &()).await
        }
        /// Requests `returns.unit_result`.
        pub async fn unit_result(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<()>,
        {
            self.client.request("returns.unit_result", &()).await
        }
        /// Requests `returns.value_result`.
        pub async fn value_result(&self) -> ::nano::Result<Joined>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<Joined>,
        {
            self.client.request("returns.value_result", &()).await
        }
        /// Requests `returns.reply`.
        pub async fn reply(&self) -> ::nano::Result<Joined>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<Joined>,
        {
            self.client.request("returns.reply", &()).await
        }
        /// Requests `returns.reply_result`.
        pub async fn reply_result(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<()>,
        {
            self.client.request("returns.reply_result", &()).await
        }
    }
}

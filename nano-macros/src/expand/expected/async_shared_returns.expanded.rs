//! Every return type of an `async fn` handler that takes `&self`, with and without a `Reply<T>`.
impl Returns {
    async fn unit(&self) {}
    async fn value(&self) -> Joined {}
    async fn unit_result(&self) -> Result<()> {}
    async fn value_result(&self) -> Result<Joined, Full> {}
    async fn reply(&self, reply: Reply<Joined>) {}
    async fn reply_result(&self, reply: nano::Reply<()>) -> nano::Result<()> {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Returns {
    const NAME: &'static str = "returns";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.unit",
                    method: "unit",
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
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        Self::unit(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.value",
                    method: "value",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(Joined),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::value(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish_value(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.unit_result",
                    method: "unit_result",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::unit_result(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish_result(__output)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.value_result",
                    method: "value_result",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(Joined),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::value_result(&__this).await;
                        ::core::mem::drop(__this);
                        __call.finish_value_result(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.reply",
                    method: "reply",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(Joined),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let (__call, __reply) = __call.reply(__encoder);
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        Self::reply(&__this, __reply).await;
                        ::core::mem::drop(__this);
                        __call.finish_deferred(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "returns.reply_result",
                    method: "reply_result",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(()),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let (__call, __reply) = __call.reply(__encoder);
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::reply_result(&__this, __reply).await;
                        ::core::mem::drop(__this);
                        __call.finish_deferred_result(__output)
                    })
                },
            );
    }
}
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

//! Every parameter of an `async fn` handler that takes `&mut self`.
impl Params {
    async fn nothing(&mut self) {}
    async fn session(&mut self, session: &Session) {}
    async fn context(&mut self, context: &Context<Self>) {}
    async fn payload(&mut self, Join { name, .. }: Join) {}
    async fn bytes(&mut self, body: Bytes) {}
    async fn tuple(&mut self, (x, y): (f32, [u8; 2])) {}
    async fn everything(
        &mut self,
        join: Join,
        context: &Context<Self>,
        reply: Reply<Joined>,
        session: &nano::Session,
    ) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Params {
    const NAME: &'static str = "params";
    type Access = ::nano::__private::Exclusive;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.nothing",
                    method: "nothing",
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
                        let mut __this = __context.exclusive().await;
                        Self::nothing(&mut __this).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.session",
                    method: "session",
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
                        let mut __this = __context.exclusive().await;
                        Self::session(&mut __this, __call.session()).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.context",
                    method: "context",
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
                        let mut __this = __context.exclusive().await;
                        Self::context(&mut __this, &__context).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.payload",
                    method: "payload",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::decoder!(Join),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        Self::payload(&mut __this, __payload).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.bytes",
                    method: "bytes",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::decoder!(Bytes),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        Self::bytes(&mut __this, __payload).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.tuple",
                    method: "tuple",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::decoder!((f32, [u8; 2])),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        Self::tuple(&mut __this, __payload).await;
                        ::core::mem::drop(__this);
                        __call.finish(())
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "params.everything",
                    method: "everything",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Join),
                ::nano::__private::encoder!(Joined),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let (__call, __reply) = __call.reply(__encoder);
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        Self::everything(
                                &mut __this,
                                __payload,
                                &__context,
                                __reply,
                                __call.session(),
                            )
                            .await;
                        ::core::mem::drop(__this);
                        __call.finish_deferred(())
                    })
                },
            );
    }
}
::nano::__private::client! {
    ///Calls the handlers of [`Params`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct ParamsClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for ParamsClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for ParamsClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(ParamsClient))
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
    impl<__S: ::nano::serializer::Serializer> ParamsClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Notifies `params.nothing`.
        pub async fn nothing(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("params.nothing", &()).await
        }
        /// Notifies `params.session`.
        pub async fn session(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("params.session", &()).await
        }
        /// Notifies `params.context`.
        pub async fn context(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("params.context", &()).await
        }
        /// Notifies `params.payload`.
        pub async fn payload(&self, request: &Join) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<Join>,
        {
            self.client.notify("params.payload", request).await
        }
        /// Notifies `params.bytes`.
        pub async fn bytes(&self, request: Bytes) -> ::nano::Result<()> {
            self.client.notify_bytes("params.bytes", request).await
        }
        /// Notifies `params.tuple`.
        pub async fn tuple(&self, request: &(f32, [u8; 2])) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<(f32, [u8; 2])>,
        {
            self.client.notify("params.tuple", request).await
        }
        /// Requests `params.everything`.
        pub async fn everything(&self, request: &Join) -> ::nano::Result<Joined>
        where
            __S: ::nano::serializer::Encode<Join> + ::nano::serializer::Decode<Joined>,
        {
            self.client.request("params.everything", request).await
        }
    }
}

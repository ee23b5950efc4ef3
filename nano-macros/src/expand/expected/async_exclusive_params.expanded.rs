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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Params {
        const NAME: &'static str = "params";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::notify("params.nothing"),
                |call, _| async move {
                    __nano::Ok(Self::nothing(&mut *call.exclusive().await).await)
                },
            );
            on.future(
                __nano::Route::notify("params.session"),
                |call, _| async move {
                    __nano::Ok(
                        Self::session(&mut *call.exclusive().await, call.session()).await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.context"),
                |call, _| async move {
                    __nano::Ok(
                        Self::context(&mut *call.exclusive().await, call.context()).await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.payload").payload(__nano::decoder!(Join)),
                |call, payload| async move {
                    __nano::Ok(
                        Self::payload(&mut *call.exclusive().await, payload).await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.bytes").payload(__nano::decoder!(Bytes)),
                |call, payload| async move {
                    __nano::Ok(Self::bytes(&mut *call.exclusive().await, payload).await)
                },
            );
            on.future(
                __nano::Route::notify("params.tuple")
                    .payload(__nano::decoder!((f32, [u8; 2]))),
                |call, payload| async move {
                    __nano::Ok(Self::tuple(&mut *call.exclusive().await, payload).await)
                },
            );
            on.future(
                __nano::Route::request("params.everything")
                    .payload(__nano::decoder!(Join))
                    .reply_later(__nano::encoder!(Joined)),
                |call, (payload, reply)| async move {
                    __nano::Ok(
                        Self::everything(
                                &mut *call.exclusive().await,
                                payload,
                                call.context(),
                                reply,
                                call.session(),
                            )
                            .await,
                    )
                },
            );
        }
    }
};
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

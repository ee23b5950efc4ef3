//! Every parameter of an `fn` handler that takes `&self`.
impl Params {
    fn nothing(&self) {}
    fn session(&self, session: &Session) {}
    fn context(&self, context: &Context<Self>) {}
    fn payload(&self, Join { name, .. }: Join) {}
    fn bytes(&self, body: Bytes) {}
    fn tuple(&self, (x, y): (f32, [u8; 2])) {}
    fn everything(
        &self,
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
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("params.nothing"),
                |this, _, _| __nano::Ok(Self::nothing(this)),
            );
            on.shared(
                __nano::Route::notify("params.session"),
                |this, call, _| __nano::Ok(Self::session(this, call.session())),
            );
            on.shared(
                __nano::Route::notify("params.context"),
                |this, call, _| __nano::Ok(Self::context(this, &call.context())),
            );
            on.shared(
                __nano::Route::notify("params.payload").payload(__nano::decoder!(Join)),
                |this, _, payload| __nano::Ok(Self::payload(this, payload)),
            );
            on.shared(
                __nano::Route::notify("params.bytes").payload(__nano::decoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::bytes(this, payload)),
            );
            on.shared(
                __nano::Route::notify("params.tuple")
                    .payload(__nano::decoder!((f32, [u8; 2]))),
                |this, _, payload| __nano::Ok(Self::tuple(this, payload)),
            );
            on.shared(
                __nano::Route::request("params.everything")
                    .payload(__nano::decoder!(Join))
                    .reply_later(__nano::encoder!(Joined)),
                |this, call, (payload, reply)| __nano::Ok(
                    Self::everything(
                        this,
                        payload,
                        &call.context(),
                        reply,
                        call.session(),
                    ),
                ),
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

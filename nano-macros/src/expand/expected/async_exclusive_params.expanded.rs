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
///Calls the handlers of [`Params`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ParamsClient<C>(C);
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
    impl __nano::Component for Params {
        const NAME: &'static str = "params";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::notify("params.nothing").sessionless(),
                |call, _| async move {
                    __nano::Ok(Self::nothing(&mut *call.exclusive().await?).await)
                },
            );
            on.future(
                __nano::Route::notify("params.session"),
                |call, _| async move {
                    __nano::Ok(
                        Self::session(&mut *call.exclusive().await?, call.session())
                            .await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.context").sessionless(),
                |call, _| async move {
                    __nano::Ok(
                        Self::context(&mut *call.exclusive().await?, call.context())
                            .await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.payload")
                    .sessionless()
                    .payload(__nano::decoder!(Join)),
                |call, payload| async move {
                    __nano::Ok(
                        Self::payload(&mut *call.exclusive().await?, payload).await,
                    )
                },
            );
            on.future(
                __nano::Route::notify("params.bytes")
                    .sessionless()
                    .payload(__nano::decoder!(Bytes)),
                |call, payload| async move {
                    __nano::Ok(Self::bytes(&mut *call.exclusive().await?, payload).await)
                },
            );
            on.future(
                __nano::Route::notify("params.tuple")
                    .sessionless()
                    .payload(__nano::decoder!((f32, [u8; 2]))),
                |call, payload| async move {
                    __nano::Ok(Self::tuple(&mut *call.exclusive().await?, payload).await)
                },
            );
            on.future(
                __nano::Route::request("params.everything")
                    .payload(__nano::decoder!(Join))
                    .reply_later(__nano::encoder!(Joined)),
                |call, (payload, reply)| async move {
                    __nano::Ok(
                        Self::everything(
                                &mut *call.exclusive().await?,
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
    impl<__C: __nano::Caller> ParamsClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `params.nothing`.
        pub async fn nothing(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("params.nothing", &()).await
        }
        /// Notifies `params.session`.
        pub async fn session(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("params.session", &()).await
        }
        /// Notifies `params.context`.
        pub async fn context(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("params.context", &()).await
        }
        /// Notifies `params.payload`.
        pub async fn payload(&self, request: &Join) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<Join>,
        {
            self.0.notify("params.payload", request).await
        }
        /// Notifies `params.bytes`.
        pub async fn bytes(&self, request: Bytes) -> __nano::Result<()> {
            self.0.notify_bytes("params.bytes", request).await
        }
        /// Notifies `params.tuple`.
        pub async fn tuple(&self, request: &(f32, [u8; 2])) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<(f32, [u8; 2])>,
        {
            self.0.notify("params.tuple", request).await
        }
        /// Requests `params.everything`.
        pub async fn everything(&self, request: &Join) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<Join> + __nano::Decode<Joined>,
        {
            self.0.request("params.everything", request).await
        }
    }
};

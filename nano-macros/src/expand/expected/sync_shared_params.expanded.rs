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
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::notify("params.nothing").sessionless(),
                |this, _, _| __nano::Ok(Self::nothing(this)),
            );
            on.shared(
                __nano::Route::notify("params.session"),
                |this, call, _| __nano::Ok(Self::session(this, call.session())),
            );
            on.shared(
                __nano::Route::notify("params.context").sessionless(),
                |this, call, _| __nano::Ok(Self::context(this, &call.context())),
            );
            on.shared(
                __nano::Route::notify("params.payload")
                    .sessionless()
                    .payload(__nano::decoder!(Join)),
                |this, _, payload| __nano::Ok(Self::payload(this, payload)),
            );
            on.shared(
                __nano::Route::notify("params.bytes")
                    .sessionless()
                    .payload(__nano::decoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::bytes(this, payload)),
            );
            on.shared(
                __nano::Route::notify("params.tuple")
                    .sessionless()
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

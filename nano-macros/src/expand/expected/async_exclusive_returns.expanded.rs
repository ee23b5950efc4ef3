//! Every return type of an `async fn` handler that takes `&mut self`, with and without a `Reply<T>`.
impl Returns {
    async fn unit(&mut self) {}
    async fn value(&mut self) -> Joined {}
    async fn unit_result(&mut self) -> Result<()> {}
    async fn value_result(&mut self) -> Result<Joined, Full> {}
    async fn reply(&mut self, reply: Reply<Joined>) {}
    async fn reply_result(&mut self, reply: nano::Reply<()>) -> nano::Result<()> {}
}
///Calls the handlers of [`Returns`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ReturnsClient<C>(C);
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
    impl __nano::Component for Returns {
        const NAME: &'static str = "returns";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::notify("returns.unit").sessionless(),
                |call, _| async move {
                    __nano::Ok(Self::unit(&mut *call.exclusive().await?).await)
                },
            );
            on.future(
                __nano::Route::request("returns.value")
                    .sessionless()
                    .reply(__nano::encoder!(Joined)),
                |call, _| async move {
                    __nano::Ok(Self::value(&mut *call.exclusive().await?).await)
                },
            );
            on.future(
                __nano::Route::request("returns.unit_result").sessionless(),
                |call, _| async move {
                    __nano::Ok(Self::unit_result(&mut *call.exclusive().await?).await?)
                },
            );
            on.future(
                __nano::Route::request("returns.value_result")
                    .sessionless()
                    .reply(__nano::encoder!(Joined)),
                |call, _| async move {
                    __nano::Ok(Self::value_result(&mut *call.exclusive().await?).await?)
                },
            );
            on.future(
                __nano::Route::request("returns.reply")
                    .sessionless()
                    .reply_later(__nano::encoder!(Joined)),
                |call, (_, reply)| async move {
                    __nano::Ok(Self::reply(&mut *call.exclusive().await?, reply).await)
                },
            );
            on.future(
                __nano::Route::request("returns.reply_result")
                    .sessionless()
                    .reply_later(__nano::encoder!(())),
                |call, (_, reply)| async move {
                    __nano::Ok(
                        Self::reply_result(&mut *call.exclusive().await?, reply).await?,
                    )
                },
            );
        }
    }
    impl<__C: __nano::Caller> ReturnsClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `returns.unit`.
        pub async fn unit(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("returns.unit", &()).await
        }
        /// Requests `returns.value`.
        pub async fn value(&self) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<Joined>,
        {
            self.0.request("returns.value", &()).await
        }
        /// Requests `returns.unit_result`.
        pub async fn unit_result(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<()>,
        {
            self.0.request("returns.unit_result", &()).await
        }
        /// Requests `returns.value_result`.
        pub async fn value_result(&self) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<Joined>,
        {
            self.0.request("returns.value_result", &()).await
        }
        /// Requests `returns.reply`.
        pub async fn reply(&self) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<Joined>,
        {
            self.0.request("returns.reply", &()).await
        }
        /// Requests `returns.reply_result`.
        pub async fn reply_result(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<()>,
        {
            self.0.request("returns.reply_result", &()).await
        }
    }
};

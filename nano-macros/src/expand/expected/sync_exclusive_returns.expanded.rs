//! Every return type of an `fn` handler that takes `&mut self`, with and without a `Reply<T>`.
impl Returns {
    fn unit(&mut self) {}
    fn value(&mut self) -> Joined {}
    fn unit_result(&mut self) -> Result<()> {}
    fn value_result(&mut self) -> Result<Joined, Full> {}
    fn reply(&mut self, reply: Reply<Joined>) {}
    fn reply_result(&mut self, reply: nano::Reply<()>) -> nano::Result<()> {}
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
            on.exclusive(
                __nano::Route::notify("returns.unit").sessionless(),
                |this, _, _| __nano::Ok(Self::unit(this)),
            );
            on.exclusive(
                __nano::Route::request("returns.value")
                    .sessionless()
                    .reply(__nano::encoder!(Joined)),
                |this, _, _| __nano::Ok(Self::value(this)),
            );
            on.exclusive(
                __nano::Route::request("returns.unit_result").sessionless(),
                |this, _, _| __nano::Ok(Self::unit_result(this)?),
            );
            on.exclusive(
                __nano::Route::request("returns.value_result")
                    .sessionless()
                    .reply(__nano::encoder!(Joined)),
                |this, _, _| __nano::Ok(Self::value_result(this)?),
            );
            on.exclusive(
                __nano::Route::request("returns.reply")
                    .sessionless()
                    .reply_later(__nano::encoder!(Joined)),
                |this, _, (_, reply)| __nano::Ok(Self::reply(this, reply)),
            );
            on.exclusive(
                __nano::Route::request("returns.reply_result")
                    .sessionless()
                    .reply_later(__nano::encoder!(())),
                |this, _, (_, reply)| __nano::Ok(Self::reply_result(this, reply)?),
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

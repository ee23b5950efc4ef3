//! Handlers for other components, with a session and without.
impl Bank {
    async fn pay(&mut self, gold: u64) -> Result<u64> {
        Ok(gold)
    }
    fn give(&self, session: &Session, item: Item) {}
}
///Calls the handlers of [`Bank`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct BankClient<C>(C);
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
    impl __nano::Component for Bank {
        const NAME: &'static str = "bank";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::request("bank.pay")
                    .internal()
                    .sessionless()
                    .payload(__nano::decoder!(u64))
                    .reply(__nano::encoder!(u64)),
                |call, payload| async move {
                    __nano::Ok(Self::pay(&mut *call.exclusive().await?, payload).await?)
                },
            );
            on.shared(
                __nano::Route::notify("bank.give")
                    .internal()
                    .policy(
                        __nano::Policy::new().before(__nano::Guard::new(require_player)),
                    )
                    .payload(__nano::decoder!(Item)),
                |this, call, payload| __nano::Ok(
                    Self::give(this, call.session(), payload),
                ),
            );
        }
    }
    impl<__C: __nano::Caller> BankClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Requests `bank.pay`.
        pub async fn pay(&self, request: &u64) -> __nano::Result<u64>
        where
            __C::Serializer: __nano::Encode<u64> + __nano::Decode<u64>,
        {
            self.0.request("bank.pay", request).await
        }
        /// Notifies `bank.give`.
        pub async fn give(&self, request: &Item) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<Item>,
        {
            self.0.notify("bank.give", request).await
        }
    }
};

//! The example in the documentation of `Definition`, which shows what is written here by hand.
impl Counter {
    /// Adds to the value and answers with the sum.
    fn add(&mut self, amount: i64) -> i64 {
        self.value += amount;
        self.value
    }
    async fn save(&self) -> Result<()> {
        Ok(())
    }
    fn left(&self, session: &Session) {
        println!("{} left", session.id());
    }
    fn decay(&mut self) {
        self.value /= 2;
    }
}
///Calls the handlers of [`Counter`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct CounterClient<C>(C);
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
    impl __nano::Component for Counter {
        const NAME: &'static str = "counter";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.exclusive(
                __nano::Route::request("counter.add")
                    .docs("Adds to the value and answers with the sum.")
                    .sessionless()
                    .payload(__nano::decoder!(i64))
                    .reply(__nano::encoder!(i64)),
                |this, _, payload| __nano::Ok(Self::add(this, payload)),
            );
            on.future(
                __nano::Route::request("counter.save").sessionless(),
                |call, _| async move {
                    __nano::Ok(Self::save(&*call.shared().await?).await?)
                },
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("counter.left"),
                |this, call, _| __nano::Ok(Self::left(this, call.session())),
            );
            on.exclusive(
                __nano::Every::new(__nano::Duration::from_millis(500), "counter.decay"),
                |this, _, _| __nano::Ok(Self::decay(this)),
            );
        }
    }
    impl<__C: __nano::Caller> CounterClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Adds to the value and answers with the sum.
        ///
        /// Requests `counter.add`.
        pub async fn add(&self, request: &i64) -> __nano::Result<i64>
        where
            __C::Serializer: __nano::Encode<i64> + __nano::Decode<i64>,
        {
            self.0.request("counter.add", request).await
        }
        /// Requests `counter.save`.
        pub async fn save(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<()>,
        {
            self.0.request("counter.save", &()).await
        }
    }
};

//! The policies of handlers, of a component, and of a part, which names a default and switches others off.
impl Shop {
    fn buy(&self, item: Item) -> u32 {
        item.price
    }
    fn list(&self) {}
    async fn restock(&mut self, session: &Session) -> Result<()> {
        Ok(())
    }
    fn look(&self) {}
}
///Calls the handlers of [`Shop`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ShopClient<C>(C);
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
    impl __nano::Component for Shop {
        const NAME: &'static str = "shop";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.defaults(
                __nano::Policy::new()
                    .max_body(4096)
                    .guest(true)
                    .before(__nano::Guard::new(require_player)),
                |on| {
                    on.shared(
                        __nano::Route::request("shop.buy")
                            .sessionless()
                            .policy(
                                __nano::Policy::new()
                                    .timeout(__nano::Duration::from_millis(2000))
                                    .rate(
                                        __nano::Rate::new(10, __nano::Duration::from_millis(1000)),
                                    ),
                            )
                            .payload(__nano::decoder!(Item))
                            .reply(__nano::encoder!(u32)),
                        |this, _, payload| __nano::Ok(Self::buy(this, payload)),
                    );
                    on.shared(
                        __nano::Route::notify("shop.list").sessionless(),
                        |this, _, _| __nano::Ok(Self::list(this)),
                    );
                    on.future(
                        __nano::Route::request("shop.restock")
                            .policy(
                                __nano::Policy::new()
                                    .timeout(__nano::None)
                                    .rate(__nano::None)
                                    .max_body(__nano::None)
                                    .guest(false)
                                    .before(
                                        __nano::Guard::new(crate::guards::Staff::require::<Shop>),
                                    ),
                            ),
                        |call, _| async move {
                            __nano::Ok(
                                Self::restock(&mut *call.exclusive().await?, call.session())
                                    .await?,
                            )
                        },
                    );
                    on.shared(
                        __nano::Route::notify("shop.look")
                            .concurrent()
                            .sessionless()
                            .policy(
                                __nano::Policy::new()
                                    .rate(
                                        __nano::Rate::new(100, __nano::Duration::from_millis(60000))
                                            .burst(5),
                                    )
                                    .before(__nano::None),
                            ),
                        |this, _, _| __nano::Ok(Self::look(this)),
                    );
                },
            );
        }
    }
    impl<__C: __nano::Caller> ShopClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Requests `shop.buy`.
        pub async fn buy(&self, request: &Item) -> __nano::Result<u32>
        where
            __C::Serializer: __nano::Encode<Item> + __nano::Decode<u32>,
        {
            self.0.request("shop.buy", request).await
        }
        /// Notifies `shop.list`.
        pub async fn list(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("shop.list", &()).await
        }
        /// Requests `shop.restock`.
        pub async fn restock(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<()>,
        {
            self.0.request("shop.restock", &()).await
        }
        /// Notifies `shop.look`.
        pub async fn look(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("shop.look", &()).await
        }
    }
};
impl Shop {
    fn say(&self) {}
}
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
    impl __nano::Part<10534135274096692437u64> for Shop {
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.defaults(
                __nano::Policy::new()
                    .rate(__nano::Rate::new(5, __nano::Duration::from_millis(3600000))),
                |on| {
                    on.shared(
                        __nano::Route::notify("shop.say")
                            .sessionless()
                            .policy(__nano::Policy::new().guest(false)),
                        |this, _, _| __nano::Ok(Self::say(this)),
                    );
                },
            );
        }
    }
    impl<__C: __nano::Caller> ShopClient<__C> {
        /// Notifies `shop.say`.
        pub async fn say(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("shop.say", &()).await
        }
    }
};

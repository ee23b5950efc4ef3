//! Rooms: with every hook and an info, and with nothing but the mark.
impl Table {
    fn play(&mut self, session: &Session, card: Card) -> Result<()> {
        self.put(session, card)
    }
    async fn entered(
        &mut self,
        seat: Seat,
        context: &Context<Self>,
        session: &Session,
    ) -> Result<()> {
        self.sit(session, seat)
    }
    fn left(&mut self, session: &Session, reason: LeaveReason) {}
    fn count(&self) {}
    async fn save(&self) -> Result<()> {
        Ok(())
    }
    fn tick(&mut self) {}
}
///Calls the handlers of [`Table`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct TableClient<C>(C);
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
    impl __nano::Room for Table {
        type Entry = Seat;
        type Info = lobby::TableInfo;
    }
    #[automatically_derived]
    impl __nano::Component for Table {
        const NAME: &'static str = "table";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.room();
            on.exclusive(
                __nano::Route::request("table.play").payload(__nano::decoder!(Card)),
                |this, call, payload| __nano::Ok(
                    Self::play(this, call.session(), payload)?,
                ),
            );
            on.future(
                __nano::Enter::<<Self as __nano::Room>::Entry>::new("table.entered"),
                |call, payload| async move {
                    __nano::Ok(
                        Self::entered(
                                &mut *call.exclusive().await?,
                                payload,
                                call.context(),
                                call.session(),
                            )
                            .await?,
                    )
                },
            );
            on.exclusive(
                __nano::Leave::new("table.left"),
                |this, call, payload| __nano::Ok(
                    Self::left(this, call.session(), payload),
                ),
            );
            on.shared(
                __nano::Leave::new("table.count"),
                |this, _, _| __nano::Ok(Self::count(this)),
            );
            on.future(
                __nano::RoomEvent::Close.hook("table.save"),
                |call, _| async move {
                    __nano::Ok(Self::save(&*call.shared().await?).await?)
                },
            );
            on.exclusive(
                __nano::Every::new(__nano::Duration::from_millis(100), "table.tick"),
                |this, _, _| __nano::Ok(Self::tick(this)),
            );
        }
    }
    impl<__C: __nano::Caller> TableClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Requests `table.play`.
        pub async fn play(&self, request: &Card) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<Card> + __nano::Decode<()>,
        {
            self.0.request("table.play", request).await
        }
    }
};
impl Zone {}
///Calls the handlers of [`Zone`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ZoneClient<C>(C);
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
    impl __nano::Room for Zone {
        type Entry = ();
        type Info = ();
    }
    #[automatically_derived]
    impl __nano::Component for Zone {
        const NAME: &'static str = "zone";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.room();
        }
    }
    impl<__C: __nano::Caller> ZoneClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
    }
};

//! Handlers whose callers do not wait, and those that take what is stored with the session.
impl Game {
    fn step(&mut self, player: Data<Player>, step: Step) -> Result<()> {
        Ok(())
    }
    async fn shout(&self, Data(player): nano::Data<Player>, team: Data<Team>) {}
    fn name(&self, reply: Reply<String>, player: Data<Player>) {}
}
///Calls the handlers of [`Game`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct GameClient<C>(C);
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
    impl __nano::Component for Game {
        const NAME: &'static str = "game";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.exclusive(
                __nano::Route::notify("game.step").payload(__nano::decoder!(Step)),
                |this, call, payload| __nano::Ok(
                    Self::step(this, call.data()?, payload)?,
                ),
            );
            on.future(
                __nano::Route::notify("game.shout"),
                |call, _| async move {
                    __nano::Ok(
                        Self::shout(&*call.shared().await?, call.data()?, call.data()?)
                            .await,
                    )
                },
            );
            on.shared(
                __nano::Route::request("game.name")
                    .reply_later(__nano::encoder!(String)),
                |this, call, (_, reply)| __nano::Ok(
                    Self::name(this, reply, call.data()?),
                ),
            );
        }
    }
    impl<__C: __nano::Caller> GameClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Notifies `game.step`.
        pub async fn step(&self, request: &Step) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<Step>,
        {
            self.0.notify("game.step", request).await
        }
        /// Notifies `game.shout`.
        pub async fn shout(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("game.shout", &()).await
        }
        /// Requests `game.name`.
        pub async fn name(&self) -> __nano::Result<String>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<String>,
        {
            self.0.request("game.name", &()).await
        }
    }
};

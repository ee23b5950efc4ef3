//! Timers in every unit, and at times of the day. No method takes `&mut self`, so the component needs no lock.
impl Clock {
    fn millis(&self) {}
    async fn seconds(&self) -> Result<()> {
        Ok(())
    }
    fn minutes(&self, context: &Context<Self>) -> Result<()> {
        Ok(())
    }
    async fn hours(&self, context: &Context<Self>) {}
}
///Calls the handlers of [`Clock`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct ClockClient<C>(C);
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
    impl __nano::Component for Clock {
        const NAME: &'static str = "clock";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Every::new(__nano::Duration::from_millis(250), "clock.millis"),
                |this, _, _| __nano::Ok(Self::millis(this)),
            );
            on.future(
                __nano::Every::new(
                    __nano::Duration::from_millis(60000),
                    "clock.seconds",
                ),
                |call, _| async move {
                    __nano::Ok(Self::seconds(&*call.shared().await?).await?)
                },
            );
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(300000),
                    "clock.minutes",
                ),
                |this, call, _| __nano::Ok(Self::minutes(this, &call.context())?),
            );
            on.future(
                __nano::Every::new(
                    __nano::Duration::from_millis(3600000),
                    "clock.hours",
                ),
                |call, _| async move {
                    __nano::Ok(Self::hours(&*call.shared().await?, call.context()).await)
                },
            );
            on.future(
                __nano::Cron::new("0 4 * * *", "clock.hours"),
                |call, _| async move {
                    __nano::Ok(Self::hours(&*call.shared().await?, call.context()).await)
                },
            );
            on.future(
                __nano::Cron::new("CRON_TZ=Asia/Shanghai 30 21 * * SUN", "clock.hours"),
                |call, _| async move {
                    __nano::Ok(Self::hours(&*call.shared().await?, call.context()).await)
                },
            );
        }
    }
    impl<__C: __nano::Caller> ClockClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
    }
};

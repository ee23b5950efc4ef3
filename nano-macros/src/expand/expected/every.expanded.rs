//! Timers in every unit. No method takes `&mut self`, so the component needs no lock.
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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Clock {
        const NAME: &'static str = "clock";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(250u64),
                    "clock.millis",
                ),
                |this, _, _| __nano::Ok(Self::millis(this)),
            );
            on.future(
                __nano::Every::new(
                    __nano::Duration::from_millis(60000u64),
                    "clock.seconds",
                ),
                |call, _| async move {
                    __nano::Ok(Self::seconds(&*call.shared().await).await?)
                },
            );
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(300000u64),
                    "clock.minutes",
                ),
                |this, call, _| __nano::Ok(Self::minutes(this, &call.context())?),
            );
            on.future(
                __nano::Every::new(
                    __nano::Duration::from_millis(3600000u64),
                    "clock.hours",
                ),
                |call, _| async move {
                    __nano::Ok(Self::hours(&*call.shared().await, call.context()).await)
                },
            );
        }
    }
};
::nano::__private::client! {
    ///Calls the handlers of [`Clock`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct ClockClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for ClockClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for ClockClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(ClockClient))
        }
    }
    #[allow(
        dead_code,
        deprecated,
        non_snake_case,
        private_bounds,
        private_interfaces,
        rustdoc::broken_intra_doc_links,
        unreachable_pub,
    )]
    impl<__S: ::nano::serializer::Serializer> ClockClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
    }
}

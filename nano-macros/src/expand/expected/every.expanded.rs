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
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Clock {
    const NAME: &'static str = "clock";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .every(
                "clock.millis",
                ::nano::__private::Duration::from_millis(250u64),
                |__context| {
                    __context
                        .run_shared(move |__this| {
                            Self::millis(__this);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .every(
                "clock.seconds",
                ::nano::__private::Duration::from_millis(60000u64),
                |__context| {
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::seconds(&__this).await;
                        ::core::mem::drop(__this);
                        ::nano::__private::done_result(__output)
                    })
                },
            );
        __definition
            .every(
                "clock.minutes",
                ::nano::__private::Duration::from_millis(300000u64),
                |__context| {
                    let __runner = __context;
                    let __context = ::core::clone::Clone::clone(__context);
                    __runner
                        .run_shared(move |__this| {
                            let __output = Self::minutes(__this, &__context);
                            ::nano::__private::done_result(__output)
                        })
                },
            );
        __definition
            .every(
                "clock.hours",
                ::nano::__private::Duration::from_millis(3600000u64),
                |__context| {
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        Self::hours(&__this, &__context).await;
                        ::core::mem::drop(__this);
                        ::nano::__private::done(())
                    })
                },
            );
    }
}
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

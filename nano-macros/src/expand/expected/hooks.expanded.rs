//! Hooks of the component and of sessions, alone and together on one method.
impl Gate {
    async fn load(&mut self, context: &Context<Self>) -> Result<()> {
        Ok(())
    }
    fn announce(&self) {}
    fn refuse(&mut self) -> Result<(), Broken> {
        Ok(())
    }
    async fn save(&self) {}
    fn opened(&mut self, session: &Session) {}
    async fn bound(&self, context: &Context<Self>, session: &Session) -> Result<()> {
        Ok(())
    }
    fn closed(&self) {}
    fn count(&self, context: &Context<Self>) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Gate {
    const NAME: &'static str = "gate";
    type Access = ::nano::__private::Exclusive;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .lifecycle(
                ::nano::__private::Lifecycle::Init,
                "gate.load",
                |__context| {
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let mut __this = __context.exclusive().await;
                        let __output = Self::load(&mut __this, &__context).await;
                        ::core::mem::drop(__this);
                        ::nano::__private::done_result(__output)
                    })
                },
            );
        __definition
            .lifecycle(
                ::nano::__private::Lifecycle::AfterInit,
                "gate.announce",
                |__context| {
                    __context
                        .run_shared(move |__this| {
                            Self::announce(__this);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .lifecycle(
                ::nano::__private::Lifecycle::BeforeShutdown,
                "gate.refuse",
                |__context| {
                    __context
                        .run_exclusive(move |__this| {
                            let __output = Self::refuse(__this);
                            ::nano::__private::done_result(__output)
                        })
                },
            );
        __definition
            .lifecycle(
                ::nano::__private::Lifecycle::Shutdown,
                "gate.save",
                |__context| {
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        Self::save(&__this).await;
                        ::core::mem::drop(__this);
                        ::nano::__private::done(())
                    })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Opened,
                "gate.opened",
                |__context, __session| {
                    let __session = ::core::clone::Clone::clone(__session);
                    __context
                        .run_exclusive(move |__this| {
                            Self::opened(__this, &__session);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Bound,
                "gate.bound",
                |__context, __session| {
                    let __session = ::core::clone::Clone::clone(__session);
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::bound(&__this, &__context, &__session)
                            .await;
                        ::core::mem::drop(__this);
                        ::nano::__private::done_result(__output)
                    })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Closed,
                "gate.closed",
                |__context, __session| {
                    __context
                        .run_shared(move |__this| {
                            Self::closed(__this);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Opened,
                "gate.count",
                |__context, __session| {
                    let __runner = __context;
                    let __context = ::core::clone::Clone::clone(__context);
                    __runner
                        .run_shared(move |__this| {
                            Self::count(__this, &__context);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .session_hook(
                ::nano::__private::SessionEvent::Closed,
                "gate.count",
                |__context, __session| {
                    let __runner = __context;
                    let __context = ::core::clone::Clone::clone(__context);
                    __runner
                        .run_shared(move |__this| {
                            Self::count(__this, &__context);
                            ::nano::__private::done(())
                        })
                },
            );
        __definition
            .every(
                "gate.count",
                ::nano::__private::Duration::from_millis(60000u64),
                |__context| {
                    let __runner = __context;
                    let __context = ::core::clone::Clone::clone(__context);
                    __runner
                        .run_shared(move |__this| {
                            Self::count(__this, &__context);
                            ::nano::__private::done(())
                        })
                },
            );
    }
}
::nano::__private::client! {
    ///Calls the handlers of [`Gate`] from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct GateClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for GateClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for GateClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(GateClient))
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
    impl<__S: ::nano::serializer::Serializer> GateClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
    }
}

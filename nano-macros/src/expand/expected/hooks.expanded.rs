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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for Gate {
        const NAME: &'static str = "gate";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Lifecycle::Init.hook("gate.load"),
                |call, _| async move {
                    __nano::Ok(
                        Self::load(&mut *call.exclusive().await, call.context()).await?,
                    )
                },
            );
            on.shared(
                __nano::Lifecycle::AfterInit.hook("gate.announce"),
                |this, _, _| __nano::Ok(Self::announce(this)),
            );
            on.exclusive(
                __nano::Lifecycle::BeforeShutdown.hook("gate.refuse"),
                |this, _, _| __nano::Ok(Self::refuse(this)?),
            );
            on.future(
                __nano::Lifecycle::Shutdown.hook("gate.save"),
                |call, _| async move {
                    __nano::Ok(Self::save(&*call.shared().await).await)
                },
            );
            on.exclusive(
                __nano::SessionEvent::Opened.hook("gate.opened"),
                |this, call, _| __nano::Ok(Self::opened(this, call.session())),
            );
            on.future(
                __nano::SessionEvent::Bound.hook("gate.bound"),
                |call, _| async move {
                    __nano::Ok(
                        Self::bound(
                                &*call.shared().await,
                                call.context(),
                                call.session(),
                            )
                            .await?,
                    )
                },
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("gate.closed"),
                |this, _, _| __nano::Ok(Self::closed(this)),
            );
            on.shared(
                __nano::SessionEvent::Opened.hook("gate.count"),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("gate.count"),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
            );
            on.shared(
                __nano::Every::new(
                    __nano::Duration::from_millis(60000u64),
                    "gate.count",
                ),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
            );
        }
    }
};
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

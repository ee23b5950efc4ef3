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
    async fn greet(
        &self,
        session: &Session,
        hello: Handshake<Login>,
    ) -> Result<Welcome> {
        Ok(Welcome)
    }
    #[cfg(feature = "closed")]
    fn refuse_all(&self) -> Result<()> {
        Err(Error::reject("closed", "come back tomorrow"))
    }
    fn opened(&mut self, session: &Session) {}
    async fn bound(&self, context: &Context<Self>, session: &Session) -> Result<()> {
        Ok(())
    }
    fn lost(&mut self, session: &Session) {}
    async fn resumed(&self, session: &Session) {}
    fn closed(&self) {}
    fn came(&mut self, node: &Node) {}
    async fn went(&self, node: &Node, context: &Context<Self>) -> Result<()> {
        Ok(())
    }
    fn rescue(&mut self, session: &Session, room: LostRoom) -> Result<()> {
        Ok(())
    }
    fn count(&self, context: &Context<Self>) {}
}
///Calls the handlers of [`Gate`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct GateClient<C>(C);
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
    impl __nano::Component for Gate {
        const NAME: &'static str = "gate";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Lifecycle::Init.hook("gate.load"),
                |call, _| async move {
                    __nano::Ok(
                        Self::load(&mut *call.exclusive().await?, call.context()).await?,
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
                    __nano::Ok(Self::save(&*call.shared().await?).await)
                },
            );
            on.future(
                __nano::HandshakeHook::<Handshake<Login>, _>::new("gate.greet"),
                |call, payload| async move {
                    __nano::Ok(
                        Self::greet(&*call.shared().await?, call.session(), payload)
                            .await?,
                    )
                },
            );
            #[cfg(feature = "closed")]
            {
                on.shared(
                    __nano::HandshakeHook::<(), _>::new("gate.refuse_all"),
                    |this, _, _| __nano::Ok(Self::refuse_all(this)?),
                );
            }
            on.exclusive(
                __nano::SessionEvent::Opened.hook("gate.opened"),
                |this, call, _| __nano::Ok(Self::opened(this, call.session())),
            );
            on.future(
                __nano::SessionEvent::Bound.hook("gate.bound"),
                |call, _| async move {
                    __nano::Ok(
                        Self::bound(
                                &*call.shared().await?,
                                call.context(),
                                call.session(),
                            )
                            .await?,
                    )
                },
            );
            on.exclusive(
                __nano::SessionEvent::Lost.hook("gate.lost"),
                |this, call, _| __nano::Ok(Self::lost(this, call.session())),
            );
            on.future(
                __nano::SessionEvent::Resumed.hook("gate.resumed"),
                |call, _| async move {
                    __nano::Ok(
                        Self::resumed(&*call.shared().await?, call.session()).await,
                    )
                },
            );
            on.shared(
                __nano::SessionEvent::Closed.hook("gate.closed"),
                |this, _, _| __nano::Ok(Self::closed(this)),
            );
            on.exclusive(
                __nano::NodeEvent::Joined.hook("gate.came"),
                |this, call, _| __nano::Ok(Self::came(this, call.node())),
            );
            on.future(
                __nano::NodeEvent::Left.hook("gate.went"),
                |call, _| async move {
                    __nano::Ok(
                        Self::went(&*call.shared().await?, call.node(), call.context())
                            .await?,
                    )
                },
            );
            on.exclusive(
                __nano::LoseRoom::new("gate.rescue"),
                |this, call, payload| __nano::Ok(
                    Self::rescue(this, call.session(), payload)?,
                ),
            );
            on.shared(
                __nano::LoseRoom::new("gate.count"),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
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
                __nano::NodeEvent::Left.hook("gate.count"),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
            );
            on.shared(
                __nano::Every::new(__nano::Duration::from_millis(60000), "gate.count"),
                |this, call, _| __nano::Ok(Self::count(this, &call.context())),
            );
        }
    }
    impl<__C: __nano::Caller> GateClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
    }
};

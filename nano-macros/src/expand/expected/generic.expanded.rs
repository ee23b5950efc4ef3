//! A generic component has routes, but no typed caller.
impl<D, const N: usize> Store<D, N>
where
    D: Database + Send + Sync + 'static,
{
    async fn load(&self, key: Key) -> Result<D::Row> {
        self.database.load(key).await
    }
    fn save(&mut self, row: D::Row) {}
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl<D, const N: usize> ::nano::__private::Component for Store<D, N>
where
    D: Database + Send + Sync + 'static,
{
    const NAME: &'static str = "store";
    type Access = ::nano::__private::Exclusive;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "store.load",
                    method: "load",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Key),
                ::nano::__private::encoder!(D::Row),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    let __context = ::core::clone::Clone::clone(__context);
                    ::nano::__private::Step::pending(async move {
                        let __this = __context.shared().await;
                        let __output = Self::load(&__this, __payload).await;
                        ::core::mem::drop(__this);
                        __call.finish_value_result(__output, __encoder)
                    })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "store.save",
                    method: "save",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::decoder!(D::Row),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_exclusive(move |__this| {
                            Self::save(__this, __payload);
                            __call.finish(())
                        })
                },
            );
    }
}
impl Store<Memory> {
    fn size(&self) -> usize {
        0
    }
}
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for Store<Memory> {
    const NAME: &'static str = "store";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "store.size",
                    method: "size",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(usize),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::size(__this);
                            __call.finish_value(__output, __encoder)
                        })
                },
            );
    }
}

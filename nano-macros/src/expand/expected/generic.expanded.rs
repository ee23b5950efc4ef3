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
    impl<D, const N: usize> __nano::Component for Store<D, N>
    where
        D: Database + Send + Sync + 'static,
    {
        const NAME: &'static str = "store";
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.future(
                __nano::Route::request("store.load")
                    .sessionless()
                    .payload(__nano::decoder!(Key))
                    .reply(__nano::encoder!(D::Row)),
                |call, payload| async move {
                    __nano::Ok(Self::load(&*call.shared().await?, payload).await?)
                },
            );
            on.exclusive(
                __nano::Route::notify("store.save")
                    .sessionless()
                    .payload(__nano::decoder!(D::Row)),
                |this, _, payload| __nano::Ok(Self::save(this, payload)),
            );
        }
    }
};
impl Store<Memory> {
    fn size(&self) -> usize {
        0
    }
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
    impl __nano::Component for Store<Memory> {
        const NAME: &'static str = "store";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("store.size")
                    .sessionless()
                    .reply(__nano::encoder!(usize)),
                |this, _, _| __nano::Ok(Self::size(this)),
            );
        }
    }
};

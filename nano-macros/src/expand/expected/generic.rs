//! A generic component has routes, but no typed caller.

#[component]
impl<D, const N: usize> Store<D, N>
where
    D: Database + Send + Sync + 'static,
{
    #[handler]
    async fn load(&self, key: Key) -> Result<D::Row> {
        self.database.load(key).await
    }

    #[handler]
    fn save(&mut self, row: D::Row) {}
}

#[component]
impl Store<Memory> {
    #[handler]
    fn size(&self) -> usize {
        0
    }
}

//! Every return type of an `async fn` handler that takes `&self`, with and without a `Reply<T>`.

#[component]
impl Returns {
    #[handler]
    async fn unit(&self) {}

    #[handler]
    async fn value(&self) -> Joined {}

    #[handler]
    async fn unit_result(&self) -> Result<()> {}

    #[handler]
    async fn value_result(&self) -> Result<Joined, Full> {}

    #[handler]
    async fn reply(&self, reply: Reply<Joined>) {}

    #[handler]
    async fn reply_result(&self, reply: nano::Reply<()>) -> nano::Result<()> {}
}

//! Every return type of an `async fn` handler that takes `&mut self`, with and without a `Reply<T>`.

#[component]
impl Returns {
    #[handler]
    async fn unit(&mut self) {}

    #[handler]
    async fn value(&mut self) -> Joined {}

    #[handler]
    async fn unit_result(&mut self) -> Result<()> {}

    #[handler]
    async fn value_result(&mut self) -> Result<Joined, Full> {}

    #[handler]
    async fn reply(&mut self, reply: Reply<Joined>) {}

    #[handler]
    async fn reply_result(&mut self, reply: nano::Reply<()>) -> nano::Result<()> {}
}

//! Every return type of an `fn` handler that takes `&self`, with and without a `Reply<T>`.

#[component]
impl Returns {
    #[handler]
    fn unit(&self) {}

    #[handler]
    fn value(&self) -> Joined {}

    #[handler]
    fn unit_result(&self) -> Result<()> {}

    #[handler]
    fn value_result(&self) -> Result<Joined, Full> {}

    #[handler]
    fn reply(&self, reply: Reply<Joined>) {}

    #[handler]
    fn reply_result(&self, reply: nano::Reply<()>) -> nano::Result<()> {}
}

//! Every return type of an `fn` handler that takes `&mut self`, with and without a `Reply<T>`.

#[component]
impl Returns {
    #[handler]
    fn unit(&mut self) {}

    #[handler]
    fn value(&mut self) -> Joined {}

    #[handler]
    fn unit_result(&mut self) -> Result<()> {}

    #[handler]
    fn value_result(&mut self) -> Result<Joined, Full> {}

    #[handler]
    fn reply(&mut self, reply: Reply<Joined>) {}

    #[handler]
    fn reply_result(&mut self, reply: nano::Reply<()>) -> nano::Result<()> {}
}

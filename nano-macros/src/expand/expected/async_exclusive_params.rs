//! Every parameter of an `async fn` handler that takes `&mut self`.

#[component]
impl Params {
    #[handler]
    async fn nothing(&mut self) {}

    #[handler]
    async fn session(&mut self, session: &Session) {}

    #[handler]
    async fn context(&mut self, context: &Context<Self>) {}

    #[handler]
    async fn payload(&mut self, Join { name, .. }: Join) {}

    #[handler]
    async fn bytes(&mut self, body: Bytes) {}

    #[handler]
    async fn tuple(&mut self, (x, y): (f32, [u8; 2])) {}

    #[handler]
    async fn everything(&mut self, join: Join, context: &Context<Self>, reply: Reply<Joined>, session: &nano::Session) {}
}

//! Every parameter of an `async fn` handler that takes `&self`.

#[component]
impl Params {
    #[handler]
    async fn nothing(&self) {}

    #[handler]
    async fn session(&self, session: &Session) {}

    #[handler]
    async fn context(&self, context: &Context<Self>) {}

    #[handler]
    async fn payload(&self, Join { name, .. }: Join) {}

    #[handler]
    async fn bytes(&self, body: Bytes) {}

    #[handler]
    async fn tuple(&self, (x, y): (f32, [u8; 2])) {}

    #[handler]
    async fn everything(&self, join: Join, context: &Context<Self>, reply: Reply<Joined>, session: &nano::Session) {}
}

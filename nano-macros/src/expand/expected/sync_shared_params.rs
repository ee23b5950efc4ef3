//! Every parameter of an `fn` handler that takes `&self`.

#[component]
impl Params {
    #[handler]
    fn nothing(&self) {}

    #[handler]
    fn session(&self, session: &Session) {}

    #[handler]
    fn context(&self, context: &Context<Self>) {}

    #[handler]
    fn payload(&self, Join { name, .. }: Join) {}

    #[handler]
    fn bytes(&self, body: Bytes) {}

    #[handler]
    fn tuple(&self, (x, y): (f32, [u8; 2])) {}

    #[handler]
    fn everything(&self, join: Join, context: &Context<Self>, reply: Reply<Joined>, session: &nano::Session) {}
}

//! Every parameter of an `fn` handler that takes `&mut self`.

#[component]
impl Params {
    #[handler]
    fn nothing(&mut self) {}

    #[handler]
    fn session(&mut self, session: &Session) {}

    #[handler]
    fn context(&mut self, context: &Context<Self>) {}

    #[handler]
    fn payload(&mut self, Join { name, .. }: Join) {}

    #[handler]
    fn bytes(&mut self, body: Bytes) {}

    #[handler]
    fn tuple(&mut self, (x, y): (f32, [u8; 2])) {}

    #[handler]
    fn everything(&mut self, join: Join, context: &Context<Self>, reply: Reply<Joined>, session: &nano::Session) {}
}

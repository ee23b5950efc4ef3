//! What is wrong is left out, with an error for each fault; the impl block stays whole.

#[component(nmae = "x")]
impl Room {
    #[handler]
    fn by_value(self) {}

    #[handler]
    fn generic<T>(&self, value: T) {}

    #[handler]
    fn good(&mut self) {}

    #[handler(name = "good")]
    fn another(&self) {}

    #[every("soon")]
    fn timer(&self) {}

    #[on(init)]
    fn hook(&self, session: &Session) {}

    fn helper(&self) {}
}

#[push]
trait Events {
    fn with_self(&self, message: Message);
    fn good(message: Message);
}

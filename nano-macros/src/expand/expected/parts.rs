//! A component in several impl blocks: the main one, and two parts.

#[component(parts(chat, admin))]
impl Room {
    #[handler]
    fn join(&self, name: Name) -> Joined {
        Joined
    }
}

#[component(part = "chat")]
impl Room {
    #[handler]
    fn say(&mut self, text: Text) {}
}

#[component(part = "admin")]
impl super::Room {
    #[on(init)]
    fn load(&self) {}
}

//! Names that differ from the identifiers, and a handler that runs beside its session.

#[component(rename_all = "PascalCase")]
impl ChatRoom {
    #[handler]
    fn join_room(&self) {}

    #[handler(name = "say")]
    fn say_something(&self) {}

    #[nano::handler(concurrent)]
    async fn slow(&self) -> u64 {
        0
    }

    #[handler(name = "slower", concurrent)]
    async fn even_slower(&self) -> u64 {
        0
    }
}

#[component(name = "lobby", rename_all = "SCREAMING-KEBAB-CASE")]
impl HTTPGate {
    #[handler]
    fn join_room(&self) {}
}

#[component(name = "connector.entryHandler", rename_all = "camelCase", parts(rooms))]
impl EntryHandler {
    #[handler]
    fn enter_room(&self) {}
}

#[component(name = "connector.entryHandler", rename_all = "camelCase", part = "rooms")]
impl EntryHandler {
    #[every("1m")]
    fn sweep(&self) {}
}

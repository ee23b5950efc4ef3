//! Names that differ from the identifiers.

use nano::component;

struct ChatRoom;

#[component(rename_all = "PascalCase")]
impl ChatRoom {
    #[handler]
    fn join_room(&self) {}

    #[handler(name = "say-it")]
    fn say(&self) {}
}

struct HTTPGate;

#[component(name = "lobby", rename_all = "SCREAMING-KEBAB-CASE")]
impl HTTPGate {
    #[handler(concurrent, name = "x")]
    fn join_room(&self) {}
}

struct EntryHandler;

#[component(name = "connector.entryHandler", rename_all = "camelCase", parts(rooms))]
impl EntryHandler {
    #[handler]
    fn entry(&self) {}
}

#[component(name = "connector.entryHandler", rename_all = "camelCase", part = "rooms")]
impl EntryHandler {
    #[handler]
    fn list_rooms(&mut self) {}
}

fn name<C: nano::__private::Component>(_: C) -> &'static str {
    C::NAME
}

fn main() {
    assert_eq!(name(ChatRoom), "ChatRoom");
    assert_eq!(name(HTTPGate), "lobby");
    assert_eq!(name(EntryHandler), "connector.entryHandler");
    let _ = |client: &nano::client::Client| {
        let caller = EntryHandlerClient::new(client);
        drop(caller.entry());
        drop(caller.list_rooms());
    };
}

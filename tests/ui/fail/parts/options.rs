use nano::component;

struct Room;

#[component(parts(chat, chat))]
impl Room {}

#[component(part = "chat")]
impl Room {}

struct Gate;

#[component(parts = "chat")]
impl Gate {}

struct Yard;

#[component(part(chat))]
impl Yard {}

fn main() {}

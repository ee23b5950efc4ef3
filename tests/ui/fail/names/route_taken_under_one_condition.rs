use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    #[cfg(all())]
    fn join(&self) {}

    #[handler(name = "join")]
    async fn enter(&self) {}
}

fn main() {}

use nano::component;

struct Full;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self) -> Result<u8, Full> {
        Err(Full)
    }

    #[on(shutdown)]
    fn save(&self) -> Result<(), Full> {
        Err(Full)
    }
}

fn main() {}

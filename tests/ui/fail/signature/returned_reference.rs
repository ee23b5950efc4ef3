use nano::{component, Result};

struct Room;

#[component]
impl Room {
    #[handler]
    fn name(&self) -> &str {
        "room"
    }

    #[handler]
    fn maybe(&self) -> Result<Option<&u8>> {
        Ok(None)
    }
}

fn main() {}

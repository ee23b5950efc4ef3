use nano::{component, Result};
use serde::Serialize;

struct Room;

#[component]
impl Room {
    #[handler]
    fn join(&self, name: impl ToString) {
        let _ = name.to_string();
    }

    #[handler]
    fn members(&self) -> Result<impl Serialize> {
        Ok(vec![1])
    }
}

fn main() {}

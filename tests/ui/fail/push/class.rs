use nano::push;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Moved {
    id: u32,
    x: f32,
}

#[push]
trait Unknown {
    #[push(class = fast)]
    fn fast();

    #[push(class = lossy, key = "id")]
    fn keyed(moved: Moved);
}

#[push]
trait Fields {
    #[push(class = latest, key = "name")]
    fn no_such_field(moved: Moved);

    #[push(class = latest, key = "x")]
    fn not_hashed(moved: Moved);

    #[push(class = latest, key = "id")]
    fn fine(moved: Moved);
}

fn main() {}

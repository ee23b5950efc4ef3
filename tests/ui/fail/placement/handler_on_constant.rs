#![allow(dead_code)]

use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    const NAME: &'static str = "room";

    #[on(init)]
    #[every("1s")]
    const LIMIT: usize = 4;
}

fn main() {}

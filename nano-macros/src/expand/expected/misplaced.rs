//! Attributes on what they do not go on: the item stays, with an error.

#[component]
struct Room;

#[component]
impl Plugin for Room {
    #[handler]
    fn join(&self) {}
}

#[handler]
fn join() {}

#[nano::every("1s")]
fn tick() {}

#[on(init)]
impl Room {}

#[push]
enum Events {}

#[push]
fn event() {}

use nano::component;

#[component]
struct Room;

#[component]
fn join() {}

#[component]
trait Play {}

fn main() {}

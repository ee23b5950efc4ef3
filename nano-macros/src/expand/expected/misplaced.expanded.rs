//! Attributes on what they do not go on: the item stays, with an error.
struct Room;
::core::compile_error! {
    "`#[component]` goes on an inherent impl block: `impl Room { .. }`"
}
impl Plugin for Room {
    fn join(&self) {}
}
::core::compile_error! {
    "`#[component]` goes on an inherent impl block (`impl Room { .. }`), not on the impl of a trait"
}
fn join() {}
::core::compile_error! {
    "`#[handler]` only works on a method of an impl block marked `#[component]`"
}
fn tick() {}
::core::compile_error! {
    "`#[every]` only works on a method of an impl block marked `#[component]`"
}
impl Room {}
::core::compile_error! {
    "`#[on]` only works on a method of an impl block marked `#[component]`"
}
enum Events {}
::core::compile_error! {
    "`#[push]` goes on a trait"
}
fn event() {}
::core::compile_error! {
    "`#[push(..)]` on a method only works inside a trait marked `#[push]`"
}

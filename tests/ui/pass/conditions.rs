//! Conditional methods: the generated code for a method exists exactly when the method does.

use nano::{component, push};

struct Room;

#[component]
impl Room {
    #[cfg(all())]
    #[handler]
    fn path(&self) -> String {
        String::new()
    }

    #[cfg(any())]
    #[handler(name = "path")]
    fn drive(&self, nothing: Nothing) -> Nothing {
        nothing
    }

    #[cfg_attr(all(), handler(concurrent), inline)]
    fn reset(&self) {}

    #[cfg_attr(any(), handler)]
    fn not_a_handler(&self, nothing: std::marker::PhantomData<u8>) {
        let _ = nothing;
    }

    #[cfg(any())]
    #[on(init)]
    fn never(&mut self, nothing: &Context<Nothing>) {}
}

#[push]
trait Events {
    #[cfg(any())]
    fn never(nothing: Nothing);
    fn tick();
}

#[push]
#[cfg(any())]
trait NoEvents {
    fn never(nothing: Nothing);
}

#[cfg(any())]
#[push]
trait NoneEither {
    fn never(nothing: Nothing);
}

#[component]
#[cfg(any())]
impl Nothing {
    #[handler]
    fn never(&self) {}
}

fn main() {
    let room = Room;
    room.not_a_handler(std::marker::PhantomData);
    let _ = Events;
}

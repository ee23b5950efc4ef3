//! Attributes inside a function, inside a private module, and from `macro_rules!`.

#![deny(warnings)]

mod inner {
    pub(super) struct Room;

    pub(super) mod handlers {
        use nano::component;

        #[component]
        impl super::Room {
            #[handler]
            pub(in super::super) fn join(&self, name: String) -> String {
                name
            }
        }
    }
}

macro_rules! counter {
    ($name:ident, $value:ty, $method:ident) => {
        struct $name($value);

        #[nano::component]
        impl $name {
            #[handler]
            fn $method(&mut self, step: $value) -> $value {
                self.0 += step;
                self.0
            }

            #[handler]
            async fn get(&self) -> nano::Result<Vec<$value>> {
                Ok(vec![self.0])
            }
        }
    };
}

counter!(Small, u8, increase);
counter!(Large, u64, add);

fn main() {
    struct Local;

    #[nano::push]
    trait Events {
        fn tick();
    }

    #[nano::component]
    impl Local {
        #[handler]
        fn join(&self, session: &nano::Session) -> nano::Result<()> {
            Events::to(session).tick()
        }
    }

    let _ = (Local, Small(0), Large(0), inner::Room, Events);
}

use nano::component;

struct Room;

#[component]
impl Room {
    #[handler]
    fn types<T: Clone>(&self, value: T) {
        let _ = value.clone();
    }

    #[handler]
    fn lifetimes<'a>(&'a self) {}

    #[handler]
    fn constants<const N: usize>(&self) {}

    #[handler]
    fn clause(&self)
    where
        Self: Sized,
    {
    }
}

fn main() {}

use nano::component;
use std::borrow::Cow;

struct Room;

#[component]
impl Room {
    #[handler]
    fn named(&self, name: &str) {
        let _ = name;
    }

    #[handler]
    fn raw(&self, body: &[u8]) {
        let _ = body;
    }

    #[handler]
    fn nested(&self, names: Vec<&str>) {
        let _ = names;
    }

    #[handler]
    fn anonymous(&self, name: Cow<'_, str>) {
        let _ = name;
    }
}

fn main() {}

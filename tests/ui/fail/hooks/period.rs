use nano::component;

struct Room;

#[component]
impl Room {
    #[every("60")]
    fn no_unit(&self) {}

    #[every("1h30m")]
    fn two_units(&self) {}

    #[every("0s")]
    fn never(&self) {}

    #[every(60)]
    fn number(&self) {}

    #[every]
    fn nothing(&self) {}

    #[every("1s", "2s")]
    fn two(&self) {}
}

fn main() {}

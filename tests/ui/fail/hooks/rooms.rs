use nano::{LeaveReason, Session, component};

struct Lobby;

#[component]
impl Lobby {
    #[on(enter)]
    fn entered(&self) {}

    #[on(close)]
    fn closed(&self) {}
}

struct Table;

#[component(room, parts(chat))]
impl Table {
    #[on(init)]
    fn load(&self) {}

    #[on(session_closed)]
    fn gone(&self, _session: &Session) {}

    #[on(enter)]
    fn entered(&self, _borrowed: &str) {}

    #[on(enter)]
    fn seated(&self, _seat: u8, _stake: u32) {}

    #[on(leave)]
    fn left(&self, _reason: LeaveReason) -> u32 {
        0
    }

    #[on(close)]
    fn closed(&self, _session: &Session) {}
}

#[component(part = "chat", room)]
impl Table {
    #[on(leave)]
    fn quiet(&self) {}
}

struct Zone;

#[component(room = "zone")]
impl Zone {}

struct Match;

#[component(room(infos = u32))]
impl Match {
    #[on(enter)]
    fn first(&self, _seat: u8) {}

    #[on(enter)]
    fn second(&self) {}
}

struct Duel;

#[component(room)]
impl Duel {
    #[cfg(unix)]
    #[on(enter)]
    fn entered(&self, _seat: u8) {}
}

fn main() {}

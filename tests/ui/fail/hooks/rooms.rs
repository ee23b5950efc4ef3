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
    fn gone(&self, session: &Session) {}

    #[on(enter)]
    fn entered(&self, borrowed: &str) {}

    #[on(enter)]
    fn seated(&self, seat: u8, stake: u32) {}

    #[on(leave)]
    fn left(&self, reason: LeaveReason) -> u32 {
        0
    }

    #[on(close)]
    fn closed(&self, session: &Session) {}
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
    fn first(&self, seat: u8) {}

    #[on(enter)]
    fn second(&self) {}
}

struct Duel;

#[component(room)]
impl Duel {
    #[cfg(unix)]
    #[on(enter)]
    fn entered(&self, seat: u8) {}
}

fn main() {}

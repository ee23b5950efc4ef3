use nano::{Result, Session, component};

fn takes_nothing() -> Result<()> {
    Ok(())
}

fn returns_nothing(_session: &Session) {}

fn by_value(_session: Session) -> Result<()> {
    Ok(())
}

async fn not_send(_session: &Session) -> Result<()> {
    let local = std::rc::Rc::new(());
    tokio::task::yield_now().await;
    drop(local);
    Ok(())
}

struct Room;

#[component(before = takes_nothing)]
impl Room {
    #[handler]
    fn join(&self) {}

    #[handler(before = returns_nothing)]
    fn leave(&self) {}

    #[handler(before = by_value)]
    fn say(&self) {}

    #[handler(before = not_send)]
    fn look(&self) {}

    #[handler(before = absent)]
    fn ask(&self) {}
}

fn main() {}

//! Traps of sessions: the state that they leave behind, and their user.

use std::sync::Arc;
use std::time::Duration;

use nano::testing::TestApp;
use nano::{App, ErrorKind, Group, Reply, Result, Session, component};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

/// Something that is stored in every session, and counted by its references.
#[derive(Clone)]
struct Token {
    _held: Arc<()>,
}

struct Hall {
    groups: [Group; 2],
    token: Token,
    sessions: UnboundedSender<Session>,
}

#[component]
impl Hall {
    #[handler]
    async fn enter(&mut self, session: &Session, uid: i64) -> Result<usize> {
        session.bind(uid).await?;
        session.insert(self.token.clone());
        for group in &self.groups {
            group.add(session)?;
        }
        // The test may not be interested.
        let _ = self.sessions.send(session.clone());
        Ok(self.groups[0].len())
    }

    #[handler]
    fn never(&self, reply: Reply<u32>) {
        tokio::spawn(async move {
            sleep(Duration::from_secs(5)).await;
            drop(reply);
        });
    }
}

/// In another framework sessions stayed in the node's table and in their groups; 113,000 left 270 MB.
#[tokio::test(start_paused = true)]
async fn trap_15_and_30_short_sessions_leave_nothing_behind() {
    let held = Arc::new(());
    let groups = [Group::new(), Group::new()];
    let (sessions, receiver) = unbounded_channel();
    drop(receiver);
    let token = Token { _held: held.clone() };
    let app = App::new().component(Hall { groups: groups.clone(), token, sessions });
    let app = TestApp::start(app).await;
    for round in 0..2000_i64 {
        let mut client = app.raw();
        client.open().await;
        client.request(1, "hall.enter", round.to_string()).await;
        assert!(client.message().await.json().is_u64());
        // Some leave a reply, some a packet that was cut off.
        match round % 3 {
            0 => client.request(2, "hall.never", "").await,
            1 => client.send([4, 0, 0]).await,
            _ => {}
        }
    }
    let since = Instant::now();
    while app.server().sessions() > 0 {
        sleep(Duration::from_millis(1)).await;
        assert!(since.elapsed().as_secs() < 1, "{} sessions are left", app.server().sessions());
    }
    assert_eq!((groups[0].len(), groups[1].len()), (0, 0));
    // By then the last deferred reply is gone as well, and only the component's token is left.
    sleep(Duration::from_secs(10)).await;
    assert_eq!(Arc::strong_count(&held), 2, "the sessions are gone, with what they stored");
}

/// Neither the late end of an old session, nor a kick of it, nor a bind after it, does harm.
#[tokio::test(start_paused = true)]
async fn trap_17_the_end_of_an_old_session_touches_no_new_one() -> Result<()> {
    let group = Group::new();
    let (sessions, mut entered) = unbounded_channel();
    let token = Token { _held: Arc::default() };
    let hall = Hall { groups: [group.clone(), Group::new()], token, sessions };
    let app = TestApp::start(App::new().component(hall)).await;

    let old_client = app.connect().await;
    old_client.request::<_, usize>("hall.enter", &7).await?;
    let old = entered.recv().await.expect("the app is there");
    let new_client = app.connect().await;
    assert_eq!(new_client.request::<_, usize>("hall.enter", &7).await?, 2);
    let new = entered.recv().await.expect("the app is there");

    drop(old_client);
    while !old.is_closed() || group.contains(&old) {
        sleep(Duration::from_millis(1)).await;
    }
    old.kick("replaced");
    old.close();
    assert_eq!(group.find(7), Some(new.clone()));
    assert_eq!(new_client.request::<_, usize>("hall.enter", &7).await?, 1);

    // A session that has ended joins nothing and leaves nothing.
    assert_eq!(group.add(&old).expect_err("the session has ended").kind(), ErrorKind::Closed);
    let client = app.connect().await;
    client.request::<_, usize>("hall.enter", &8).await?;
    assert_eq!((group.len(), group.uids().len()), (2, 2));
    assert_eq!(group.find(7), Some(new));
    Ok(())
}

/// A session is bound once: a second user is refused, and after the end every bind is.
#[tokio::test(start_paused = true)]
async fn trap_17_a_bind_that_comes_too_late() -> Result<()> {
    struct Door(UnboundedSender<Session>);

    #[component]
    impl Door {
        #[on(session_opened)]
        fn opened(&self, session: &Session) {
            // The test may be over.
            let _ = self.0.send(session.clone());
        }
    }

    let (sender, mut opened) = unbounded_channel();
    let app = TestApp::start(App::new().component(Door(sender))).await;
    let client = app.connect().await;
    let session = opened.recv().await.expect("the app is there");
    drop(client);
    while app.server().sessions() > 0 {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(session.bind(7).await.expect_err("the session has ended").kind(), ErrorKind::Closed);
    assert_eq!(session.uid(), None);
    Ok(())
}

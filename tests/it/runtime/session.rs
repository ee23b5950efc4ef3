//! The session as handlers use it.

use std::sync::Arc;

use nano::client::Client;
use nano::testing::TestApp;
use nano::{App, ErrorKind, Result, Session, Tcp, Uid, component};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::promises::support::Log;

#[derive(Clone, Debug, PartialEq)]
struct Score(u32);

#[derive(Clone, Debug, PartialEq)]
struct Name(&'static str);

#[derive(Clone)]
struct Lab {
    log: Log,
    sessions: Arc<watch::Sender<Vec<Session>>>,
}

impl Default for Lab {
    fn default() -> Self {
        Self { log: Log::default(), sessions: Arc::new(watch::Sender::new(Vec::new())) }
    }
}

impl Lab {
    fn session(&self) -> Session {
        self.sessions.borrow()[0].clone()
    }
}

#[component]
impl Lab {
    #[handler]
    async fn bind(&self, session: &Session, uid: Uid) -> Result<Option<Uid>> {
        self.log.add(format!("bind {uid}"));
        session.bind(uid).await?;
        Ok(session.uid())
    }

    #[handler]
    async fn bind_and_wait(&self, session: &Session, uid: Uid) -> Result<()> {
        session.bind(uid).await?;
        tokio::task::yield_now().await;
        self.log.add("handler ends");
        Ok(())
    }

    #[handler]
    fn note(&self) {
        self.log.add("note");
    }

    #[handler]
    fn address(&self, session: &Session) -> Option<String> {
        session.remote_addr().map(|address| address.to_string())
    }

    #[on(session_opened)]
    fn opened(&self, session: &Session) {
        self.sessions.send_modify(|sessions| sessions.push(session.clone()));
    }

    #[on(session_bound)]
    fn bound(&self, session: &Session) {
        self.log.add(format!("bound {:?}", session.uid()));
    }

    #[on(session_closed)]
    fn closed(&self, session: &Session) {
        self.log.add(format!("closed {:?}", session.uid()));
    }
}

async fn start() -> (TestApp, Lab, Client) {
    let lab = Lab::default();
    let app = TestApp::start(App::new().component(lab.clone())).await;
    let client = app.connect().await;
    client.request::<_, ()>("lab.note", &()).await.expect("a reply");
    (app, lab, client)
}

#[tokio::test]
async fn binding_is_idempotent_and_final_and_hooks_hear_of_it_once() {
    let (_app, lab, client) = start().await;
    let client = LabClient::new(&client);
    assert_eq!(client.bind(&Uid::from(7)).await.expect("bound"), Some(Uid::from(7)));
    assert_eq!(client.bind(&Uid::from(7)).await.expect("bound again"), Some(Uid::from(7)));
    assert_eq!(
        client.bind(&Uid::from(8)).await.expect_err("another").code(),
        Some("already_bound")
    );
    assert!(client.bind(&Uid::from("7")).await.is_err(), "a text is another user");
    let error = lab.session().bind("ann").await.expect_err("another user");
    assert_eq!(error.kind(), ErrorKind::AlreadyBound);
    assert_eq!(error.to_string(), "the session is bound to user 7, not ann");
    let expected = ["note", "bind 7", "bound Some(7)", "bind 7", "bind 8", "bind 7"];
    assert_eq!(lab.log.entries(), expected);
}

#[tokio::test]
async fn bound_hooks_run_after_the_handler_and_before_the_next_message() {
    let (app, lab, _client) = start().await;
    let mut client = app.raw();
    client.open().await;
    client.notify("lab.bind_and_wait", "\"ann\"").await;
    client.request(1, "lab.note", "").await;
    client.message().await;
    assert_eq!(lab.log.entries(), ["note", "handler ends", "bound Some(\"ann\")", "note"]);
}

#[tokio::test]
async fn a_session_is_bound_from_elsewhere_too() {
    let (_app, lab, _client) = start().await;
    lab.session().bind(5).await.expect("a free session");
    lab.log.reached("bound Some(5)").await;
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_bound() {
    let (_app, lab, client) = start().await;
    client.close().await;
    lab.log.reached("closed None").await;
    let session = lab.session();
    assert_eq!(session.bind(5).await.expect_err("ended").kind(), ErrorKind::Closed);
    assert_eq!(session.push("onNews", &1).expect_err("ended").kind(), ErrorKind::Closed);
    assert_eq!(session.push_bytes("onNews", b"").expect_err("ended").kind(), ErrorKind::Closed);
    assert_eq!((session.uid(), session.is_closed()), (None, true));
    session.close();
    session.kick("again");
    assert_eq!(session.close_reason(), Some(nano::CloseReason::Disconnected));
}

#[tokio::test]
async fn data_is_kept_by_type() {
    let (_app, lab, _client) = start().await;
    let session = lab.session();
    assert_eq!(session.get::<Score>(), None);
    assert_eq!(session.insert(Score(1)), None);
    assert_eq!(session.insert(Name("ann")), None);
    assert_eq!(session.insert(Score(2)), Some(Score(1)));
    assert_eq!(
        (session.get::<Score>(), session.get::<Name>()),
        (Some(Score(2)), Some(Name("ann")))
    );
    let updated = session.update(|score: &mut Score| {
        score.0 += 1;
        // The session can be used meanwhile, apart from this value.
        (session.get::<Name>(), session.insert(7_u8))
    });
    assert_eq!(updated, Some((Some(Name("ann")), None)));
    assert_eq!(session.remove::<Score>(), Some(Score(3)));
    assert_eq!(session.remove::<Score>(), None);
    assert_eq!(session.update(|score: &mut Score| score.0), None);
    assert_eq!(session.clone().get::<Name>(), Some(Name("ann")), "clones are the same session");
}

#[tokio::test]
async fn ids_differ_and_fit_a_signed_integer() {
    let (app, lab, _client) = start().await;
    let _others = [app.connect().await, app.connect().await];
    let mut opened = lab.sessions.subscribe();
    opened.wait_for(|sessions| sessions.len() == 3).await.expect("three sessions");
    let sessions = lab.sessions.borrow().clone();
    let ids: std::collections::BTreeSet<_> = sessions.iter().map(Session::id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| i64::try_from(id.get()).is_ok()));
    assert!(sessions[0] != sessions[1] && sessions[0] == sessions[0].clone());
}

#[tokio::test]
async fn the_remote_address_is_known_over_tcp_and_not_in_memory() {
    let lab = Lab::default();
    let app = TestApp::start(App::new().component(lab).listen(Tcp::bind("127.0.0.1:0"))).await;
    let stream = TcpStream::connect(app.server().addresses()[0]).await.expect("a connection");
    let local = stream.local_addr().expect("an address").to_string();
    let mut client = nano::testing::RawClient::new(stream);
    client.open().await;
    client.request(1, "lab.address", "").await;
    assert_eq!(client.message().await.json(), json!(local));
    let client = app.connect().await;
    let address: Option<String> = client.request("lab.address", &()).await.expect("a reply");
    assert_eq!(address, None);
}

#[test]
fn a_uid_is_a_number_or_a_string_in_json() {
    for (json, uid) in
        [("7", Uid::from(7)), ("-1", Uid::from(-1)), ("\"7\"", Uid::from("7")), ("\"\"", "".into())]
    {
        assert_eq!(serde_json::from_str::<Uid>(json).expect(json), uid);
        assert_eq!(serde_json::to_string(&uid).expect(json), json);
    }
    for json in ["1.5", "null", "[]", "true", "9223372036854775808"] {
        assert!(serde_json::from_str::<Uid>(json).is_err(), "{json}");
    }
}

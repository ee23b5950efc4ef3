//! The server with a database in memory. The database has threads of its own, so time is real.

use std::sync::atomic::{AtomicU32, Ordering};

use nano::client::Client;
use nano::testing::TestApp;
use nano::{Json, Result};

use super::*;
use crate::accounts::{AccountsClient, Credentials, Token, Welcome};
use crate::lounge::LoungeClient;

async fn start() -> TestApp {
    // The name is the database's: each test has one of its own.
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let url = format!("sqlite:file:test-{}?mode=memory", NEXT.fetch_add(1, Ordering::Relaxed));
    let database = Database::open(&url).await.expect("a database in memory");
    TestApp::start(app(database)).await
}

fn form(name: &str, password: &str) -> Credentials {
    Credentials { name: name.to_owned(), password: password.to_owned() }
}

async fn register(client: &Client<Json>, name: &str) -> Welcome {
    let form = form(name, "correct horse");
    AccountsClient::new(client).register(&form).await.expect("a new account")
}

/// The code of an error; empty for a success.
fn code<T>(result: &Result<T>) -> &str {
    result.as_ref().err().and_then(Error::code).unwrap_or_default()
}

#[tokio::test]
async fn a_player_registers_once_and_signs_in_with_the_password() {
    let app = start().await;
    let accounts = AccountsClient::new(&app.connect().await);
    let welcome = register(&app.connect().await, " Ann ").await;
    assert_eq!(welcome.name, "ann", "names are compared without case and spaces");
    assert_eq!(code(&accounts.register(&form("ANN", "another one")).await), "name_taken");
    assert_eq!(code(&accounts.register(&form("bob", "short")).await), "bad_password");
    assert_eq!(code(&accounts.register(&form("b b", "long enough")).await), "bad_name");
    let wrong = accounts.login(&form("ann", "correct house")).await.map(|welcome| welcome.name);
    let nobody = accounts.login(&form("zoe", "correct horse")).await.map(|welcome| welcome.name);
    assert_eq!(format!("{wrong:?}"), format!("{nobody:?}"), "nobody learns which names exist");
    assert_eq!(code(&wrong), "wrong_login");
    let welcome = accounts.login(&form("ann", "correct horse")).await.expect("the password");
    assert_eq!(welcome.name, "ann");
    app.shutdown().await;
}

#[tokio::test]
async fn a_token_signs_in_once_and_brings_the_next() {
    let app = start().await;
    let first = register(&app.connect().await, "ann").await;
    let (one, two) = (app.connect().await, app.connect().await);
    let (one, two) = (AccountsClient::new(&one), AccountsClient::new(&two));
    let token = Token { token: first.token };
    let (one_came, two_came) = tokio::join!(one.resume(&token), two.resume(&token));
    let mut codes = [code(&one_came), code(&two_came)];
    codes.sort_unstable();
    assert_eq!(codes, ["", "bad_token"]);
    let second = one_came.or(two_came).expect("one of them");
    assert_eq!(second.name, "ann");
    let accounts = AccountsClient::new(&app.connect().await);
    let third = accounts.resume(&Token { token: second.token }).await.expect("the next token");
    let out = accounts.logout(&Token { token: third.token.clone() }).await;
    assert!(out.is_ok(), "{out:?}");
    let accounts = AccountsClient::new(&app.connect().await);
    assert_eq!(code(&accounts.resume(&Token { token: third.token }).await), "bad_token");
    app.shutdown().await;
}

#[tokio::test]
async fn nothing_waits_for_the_slow_query_and_one_answers_all() {
    let app = start().await;
    let (ann, bob) = (app.connect().await, app.connect().await);
    register(&ann, "ann").await;
    register(&bob, "bob").await;
    let (ann, bob) = (LoungeClient::new(&ann), LoungeClient::new(&bob));
    let order = std::sync::Mutex::new(Vec::new());
    let note = |what: &'static str| order.lock().expect("no panic").push(what);
    let (one, two, people) =
        tokio::join!(async { (ann.report().await, note("report")).0 }, bob.report(), async {
            (ann.people().await, note("people")).0
        },);
    assert_eq!(people.expect("an answer").names, ["ann", "bob"]);
    assert_eq!(*order.lock().expect("no panic"), ["people", "report"]);
    let (one, two) = (one.expect("a report"), two.expect("a report"));
    assert_eq!((one.queries, two.queries), (1, 1));
    assert_eq!(one.players.len(), 2);
    app.shutdown().await;
}

#[tokio::test]
async fn guests_reach_the_ways_in_and_nothing_else() {
    let app = start().await;
    let client = app.connect().await;
    assert_eq!(code(&LoungeClient::new(&client).people().await), "not_bound");
    let mut guests: Vec<_> = app.server().guest_routes().map(|route| route.name()).collect();
    guests.sort_unstable();
    assert_eq!(guests, ["account.login", "account.register", "account.resume"]);
    let accounts = AccountsClient::new(&client);
    for _ in 0..5 {
        assert_eq!(code(&accounts.register(&form("", "")).await), "bad_name");
    }
    assert_eq!(code(&accounts.register(&form("", "")).await), "rate_limited");
    app.shutdown().await;
}

#[tokio::test]
async fn signing_in_elsewhere_ends_the_older_session() {
    let app = start().await;
    let (older, newer) = (app.connect().await, app.connect().await);
    register(&older, "ann").await;
    let form = form("ann", "correct horse");
    AccountsClient::new(&newer).login(&form).await.expect("the password");
    assert_eq!(older.closed().await.to_string(), "kicked by the server: replaced");
    let people = LoungeClient::new(&newer).people().await.expect("an answer");
    assert_eq!(people.names, ["ann"]);
    app.shutdown().await;
}

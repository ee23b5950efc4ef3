//! Tests of calls to several members, whose answers the tests give.

use std::collections::VecDeque;
use std::future::pending;

use super::*;

/// Two members and a user. Nobody connects to them: the tests answer.
fn two() -> Endpoints {
    let all = ["one:2379", "two:2379"].map(|address| Endpoint::new(address.to_owned(), None));
    Endpoints::new(all.into(), Some(("game".to_owned(), "secret".to_owned())))
}

/// What the members do, in the order in which they are asked.
enum Act {
    Answer(&'static str),
    Fail(Code, &'static str),
    Silence,
}

/// A script, and the tokens that were shown.
struct Script {
    acts: Mutex<VecDeque<Act>>,
    tokens: Mutex<Vec<String>>,
    /// The times at which the password was asked for.
    logins: AtomicUsize,
}

impl Script {
    fn of(acts: impl IntoIterator<Item = Act>) -> Self {
        let acts = Mutex::new(acts.into_iter().collect());
        Self { acts, tokens: Mutex::default(), logins: AtomicUsize::new(0) }
    }

    /// Asks the members, and returns their answer, with the milliseconds that it took.
    async fn play(&self, endpoints: &Endpoints) -> (Result<&'static str, RegistryError>, u128) {
        let start = Instant::now();
        let ask = |way: Way| {
            self.tokens.lock().expect("no panic").push(way.token.unwrap_or_default());
            let act = self.acts.lock().expect("no panic").pop_front();
            async move {
                match act.expect("it is not asked as often") {
                    Act::Answer(text) => Ok(text),
                    Act::Fail(code, text) => Err(Status::new(code, text)),
                    Act::Silence => pending().await,
                }
            }
        };
        let authenticate = |_, ask: AuthenticateRequest| {
            assert_eq!((&*ask.name, &*ask.password), ("game", "secret"));
            let login = self.logins.fetch_add(1, Ordering::Relaxed);
            async move { Ok(format!("token {login}")) }
        };
        let answer = endpoints.call_as(&ask, &authenticate).await;
        (answer, start.elapsed().as_millis())
    }

    fn tokens(&self) -> Vec<String> {
        self.tokens.lock().expect("no panic").clone()
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_member_is_asked_when_one_fails_or_is_slow() {
    let endpoints = two();
    let changes = endpoints.changes();
    let lost = || Act::Fail(Code::Unavailable, "connection refused");
    let script = Script::of([
        Act::Answer("by one"),
        lost(),
        Act::Answer("by two, at once"),
        Act::Silence,
        Act::Answer("by one, after a second"),
    ]);
    assert_eq!(script.play(&endpoints).await, (Ok("by one"), 0));
    assert!(!changes.has_changed().expect("it is there"));
    assert_eq!(script.play(&endpoints).await, (Ok("by two, at once"), 0));
    assert!(changes.has_changed().expect("it is there"), "streams move to the other one");
    assert_eq!(endpoints.current.load(Ordering::Relaxed), 1, "which is asked first from now on");
    assert_eq!(script.play(&endpoints).await, (Ok("by one, after a second"), 1000));
    assert_eq!(endpoints.current.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_etcd_is_away() {
    let endpoints = two();
    let refuse = || Act::Fail(Code::Unavailable, "connection refused");
    let (answer, took) = Script::of([refuse(), refuse()]).play(&endpoints).await;
    let Err(RegistryError::Away(text)) = answer else { panic!("{answer:?}") };
    assert!(text.contains("etcd at two:2379") && text.contains("refused"), "{text}");
    assert_eq!(took, 0);
    let (answer, took) = Script::of([Act::Silence, Act::Silence]).play(&endpoints).await;
    assert!(matches!(answer, Err(RegistryError::Away(_))), "{answer:?}");
    assert_eq!(took, 4000);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_one_also_if_it_is_no() {
    let endpoints = two();
    let script = Script::of([Act::Fail(Code::NotFound, "requested lease not found")]);
    assert_eq!(script.play(&endpoints).await.0, Err(RegistryError::Gone));
    let script = Script::of([Act::Fail(Code::PermissionDenied, "permission denied")]);
    let refused = RegistryError::Refused("etcd: permission denied".to_owned());
    assert_eq!(script.play(&endpoints).await.0, Err(refused));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_etcd_has_forgotten_is_asked_for_anew() {
    for (code, text) in [
        (Code::Unauthenticated, "etcdserver: invalid auth token"),
        (Code::InvalidArgument, "etcdserver: revision of auth store is old"),
        (Code::Unknown, "etcdserver: revision in header is old"),
    ] {
        let endpoints = two();
        let script = Script::of([
            Act::Answer("the first"),
            Act::Answer("the same token"),
            Act::Fail(code, text),
            Act::Answer("a new token"),
            Act::Fail(code, text),
            Act::Fail(code, text),
        ]);
        for expected in ["the first", "the same token", "a new token"] {
            assert_eq!(script.play(&endpoints).await.0, Ok(expected), "{text}");
        }
        let tokens = ["token 0", "token 0", "token 0", "token 1"];
        assert_eq!(script.tokens(), tokens, "{text}");
        // A new one that is as bad is told.
        let (answer, _) = script.play(&endpoints).await;
        let Err(RegistryError::Refused(told)) = answer else { panic!("{answer:?}") };
        assert!(told.contains(text), "{told}");
        assert_eq!(script.logins.load(Ordering::Relaxed), 3, "{text}");
    }
}

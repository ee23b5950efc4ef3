//! Every way in which a request can end, as handlers.

use nano::{Error, Group, Reply, Result, component};
use prost::Message;
use serde::{Deserialize, Serialize, Serializer};

/// A message that both serializers can write and read.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
pub(super) struct Number {
    #[prost(int64, tag = "1")]
    pub(super) value: i64,
}

/// A long text, for replies beyond the limit.
#[derive(Clone, PartialEq, Message, Serialize, Deserialize)]
pub(super) struct Text {
    #[prost(string, tag = "1")]
    text: String,
}

/// A value that cannot be written as JSON, in one way or another.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Unwritable {
    #[prost(bool, tag = "1")]
    panics: bool,
}

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        if self.panics {
            panic!("a value panics while it is written");
        }
        Err(serde::ser::Error::custom("it has no JSON form"))
    }
}

/// A handler for each way in which a request can end.
#[derive(Default)]
pub(super) struct Cause {
    // Kept, so that it is never answered.
    kept: Vec<Reply<Number>>,
}

#[component]
impl Cause {
    #[handler]
    fn value(&self, number: Number) -> Number {
        number
    }

    #[handler]
    fn nothing(&self) {}

    #[handler]
    fn done(&self) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn done_later(&self, reply: Reply<()>) {
        tokio::spawn(async move { reply.send(()) });
    }

    #[handler]
    fn rejects(&self) -> Result<Number> {
        Err(Error::reject("nope", "not today"))
    }

    #[handler]
    async fn rejects_later(&mut self) -> Result<Number> {
        tokio::task::yield_now().await;
        Err(Error::reject("nope", "not today"))
    }

    #[handler]
    fn rejects_at_length(&self) -> Result<Number> {
        Err(Error::reject("nope", "x".repeat(100_000)))
    }

    #[handler]
    fn fails(&self) -> Result<Number> {
        Err(Error::internal("a secret"))
    }

    #[handler]
    fn fails_with_io(&self) -> Result<Number, std::io::Error> {
        Err(std::io::Error::other("a secret"))
    }

    #[handler]
    fn needs_what_has_ended(&self) -> Result<Number> {
        let group = Group::new();
        group.close();
        group.broadcast("onNews", &Number { value: 1 })?;
        Ok(Number { value: 1 })
    }

    #[handler]
    async fn hangs(&self) -> Number {
        std::future::pending().await
    }

    #[handler]
    fn panics(&self) -> Number {
        panic!("a handler panics")
    }

    #[handler]
    async fn panics_later(&mut self) -> Number {
        tokio::task::yield_now().await;
        panic!("a handler panics later")
    }

    #[handler]
    fn too_large(&self) -> Text {
        Text { text: "x".repeat(100_000) }
    }

    #[handler]
    fn unwritable(&self) -> Unwritable {
        Unwritable { panics: false }
    }

    #[handler]
    fn unwritable_panics(&self) -> Unwritable {
        Unwritable { panics: true }
    }

    #[handler]
    async fn unwritable_panics_later(&self) -> Result<Unwritable> {
        tokio::task::yield_now().await;
        Ok(Unwritable { panics: true })
    }

    #[handler]
    fn reply_sent(&self, number: Number, reply: Reply<Number>) {
        reply.send(number);
    }

    #[handler]
    fn reply_sent_by_a_task(&self, number: Number, reply: Reply<Number>) {
        tokio::spawn(async move { reply.send(number) });
    }

    #[handler]
    fn reply_sent_before_an_error(&self, number: Number, reply: Reply<Number>) -> Result<()> {
        reply.send(number);
        Err(Error::reject("nope", "too late"))
    }

    #[handler]
    fn reply_fails(&self, reply: Reply<Number>) {
        reply.fail(Error::reject("nope", "not today"));
    }

    #[handler]
    fn reply_dropped(&self, reply: Reply<Number>) {
        drop(reply);
    }

    #[handler]
    fn reply_dropped_by_a_task(&self, reply: Reply<Number>) {
        tokio::spawn(async move { drop(reply) });
    }

    #[handler]
    fn reply_dropped_for_an_error(&self, reply: Reply<Number>) -> Result<()> {
        drop(reply);
        Err(Error::reject("nope", "not today"))
    }

    #[handler]
    fn reply_dropped_by_a_panic(&self, _reply: Reply<Number>) {
        panic!("a handler panics with its reply")
    }

    #[handler]
    fn reply_kept(&mut self, reply: Reply<Number>) {
        self.kept.push(reply);
    }

    #[handler]
    async fn reply_kept_by_a_handler_that_hangs(&self, reply: Reply<Number>) {
        let _kept = reply;
        std::future::pending::<()>().await;
    }

    #[handler]
    fn reply_unwritable(&self, reply: Reply<Unwritable>) {
        tokio::spawn(async move { reply.send(Unwritable { panics: true }) });
    }
}

/// Every handler that ends in an error, and its code.
pub(super) const ERRORS: &[(&str, &str)] = &[
    ("cause.rejects", "nope"),
    ("cause.rejects_later", "nope"),
    ("cause.fails", "internal"),
    ("cause.fails_with_io", "internal"),
    ("cause.needs_what_has_ended", "closed"),
    ("cause.hangs", "timeout"),
    ("cause.panics", "internal"),
    ("cause.panics_later", "internal"),
    ("cause.too_large", "internal"),
    ("cause.rejects_at_length", "internal"),
    ("cause.reply_fails", "nope"),
    ("cause.reply_dropped", "no_reply"),
    ("cause.reply_dropped_by_a_task", "no_reply"),
    ("cause.reply_dropped_for_an_error", "nope"),
    ("cause.reply_dropped_by_a_panic", "internal"),
    ("cause.reply_kept", "timeout"),
    ("cause.reply_kept_by_a_handler_that_hangs", "timeout"),
    ("cause.reply_unwritable", "internal"),
    ("cause.unwritable", "internal"),
    ("cause.unwritable_panics", "internal"),
    ("cause.unwritable_panics_later", "internal"),
    ("no.such_route", "not_found"),
    // With a body that is a number in neither format.
    ("cause.value", "bad_request"),
];

pub(super) const TEXTS: &[(&str, &str)] = &[
    ("nope", "not today"),
    ("internal", "internal error"),
    ("closed", "what the request needs has ended"),
    ("timeout", "the request took too long"),
    ("no_reply", "the request was not answered"),
    ("not_found", "no route `no.such_route`"),
    ("bad_request", "the payload does not decode"),
];

/// The handlers whose value only JSON cannot write.
pub(super) fn json_only(route: &str) -> bool {
    route.contains("unwritable")
}

use quote::ToTokens;
use syn::parse_str;

use super::{Borrow, Output, Param, Role, Signature, parse};
use crate::errors::Errors;

fn read(signature: &str, role: Role) -> (Option<Signature>, Vec<String>) {
    let mut errors = Errors::new();
    let sig = parse_str(signature).unwrap_or_else(|error| panic!("{signature}: {error}"));
    let parsed = parse(&sig, role, &mut errors);
    (parsed, errors.iter().map(ToString::to_string).collect())
}

/// The model in short, such as `&mut async session payload:Join -> result:Joined`.
fn describe(signature: &Signature) -> String {
    let text = |ty: &syn::Type| ty.to_token_stream().to_string().replace(' ', "");
    let mut description = match signature.borrow {
        Borrow::Shared => "&".to_owned(),
        Borrow::Exclusive => "&mut".to_owned(),
    };
    if signature.is_async {
        description.push_str(" async");
    }
    for param in &signature.params {
        description.push_str(&match param {
            Param::Session => " session".to_owned(),
            Param::Node => " node".to_owned(),
            Param::Context => " context".to_owned(),
            Param::Reply(ty) => format!(" reply:{}", text(ty)),
            Param::Data(ty) => format!(" data:{}", text(ty)),
            Param::Payload(ty) => format!(" payload:{}", text(ty)),
        });
    }
    description
        + &match &signature.output {
            Output::Unit => String::new(),
            Output::Value(ty) => format!(" -> {}", text(ty)),
            Output::UnitResult => " -> result".to_owned(),
            Output::ValueResult(ty) => format!(" -> result:{}", text(ty)),
        }
}

#[test]
fn accepted_handlers() {
    let cases = [
        ("fn f(&self)", "&"),
        ("fn f(&mut self)", "&mut"),
        ("async fn f(&mut self)", "&mut async"),
        ("fn f(self: &Self)", "&"),
        ("fn f(self: &mut Self)", "&mut"),
        ("fn f(&'_ self)", "&"),
        ("fn f(&self) -> ()", "&"),
        ("fn f(&self) -> Result<()>", "& -> result"),
        ("fn f(&self) -> nano::Result<(), Error>", "& -> result"),
        ("fn f(&self) -> fmt::Result", "& -> result"),
        ("fn f(&self) -> Joined", "& -> Joined"),
        ("fn f(&self) -> Result<Joined>", "& -> result:Joined"),
        ("fn f(&self) -> Result<Vec<u8>, Full>", "& -> result:Vec<u8>"),
        ("fn f(&self, session: &Session)", "& session"),
        ("fn f(&self, _: &'_ nano::Session)", "& session"),
        ("fn f(&self, context: &Context<Self>)", "& context"),
        ("fn f(&self, player: Data<Player>)", "& data:Player"),
        ("fn f(&self, Data(a): nano::Data<A>, b: Data<B>)", "& data:A data:B"),
        ("fn f(&self, data: Data)", "& payload:Data"),
        ("fn f(&self, context: &nano::Context<Room>)", "& context"),
        ("fn f(&self, reply: Reply<Joined>)", "& reply:Joined"),
        ("fn f(&self, reply: nano::Reply<()>) -> Result<()>", "& reply:() -> result"),
        ("fn f(&self, join: Join)", "& payload:Join"),
        ("fn f(&self, body: Bytes) -> Bytes", "& payload:Bytes -> Bytes"),
        ("fn f(&self, Join { name, .. }: Join)", "& payload:Join"),
        ("fn f(&self, (x, y): (f32, f32))", "& payload:(f32,f32)"),
        ("fn f(&self, [x, y]: [f32; 2])", "& payload:[f32;2]"),
        ("fn f(&self, text: Cow<'static, str>)", "& payload:Cow<'static,str>"),
        ("fn f(&self, join: Self::Join)", "& payload:Self::Join"),
        (
            "async fn f(&mut self, p: Join, c: &Context<Self>, r: Reply<A>, s: &Session)",
            "&mut async payload:Join context reply:A session",
        ),
    ];
    for (signature, expected) in cases {
        let (parsed, errors) = read(signature, Role::Handler);
        let parsed = parsed.unwrap_or_else(|| panic!("{signature}: {errors:?}"));
        assert_eq!(describe(&parsed), expected, "{signature}");
        assert_eq!(errors, Vec::<String>::new(), "{signature}");
    }
}

#[test]
fn refused_handlers() {
    let cases = [
        ("fn f()", "a handler takes `&self` or `&mut self` first, `f` does not"),
        ("fn f(join: Join)", "a handler takes `&self` or `&mut self` first, `f` does not"),
        ("fn f(self)", "a handler borrows its component: `&self` or `&mut self`, not `self`"),
        ("fn f(mut self)", "a handler borrows its component: `&self` or `&mut self`, not `self`"),
        (
            "fn f(self: Arc<Self>)",
            "a handler borrows its component: `&self` or `&mut self`, not `self: Arc<Self>`",
        ),
        (
            "fn f(self: Pin<&mut Self>)",
            "a handler borrows its component: `&self` or `&mut self`, not `self: Pin<&mut Self>`",
        ),
        ("fn f(&'static self)", "a handler borrows its component for the call only"),
        ("const fn f(&self)", "a handler cannot be `const`"),
        ("unsafe fn f(&self)", "a handler cannot be `unsafe`: clients call it"),
        ("extern \"C\" fn f(&self)", "a handler cannot be `extern`"),
        (
            "fn f<T>(&self)",
            "a handler cannot have generics or lifetimes: its types are fixed when the routes are built",
        ),
        (
            "fn f<'a>(&self)",
            "a handler cannot have generics or lifetimes: its types are fixed when the routes are built",
        ),
        (
            "fn f<const N: usize>(&self)",
            "a handler cannot have generics or lifetimes: its types are fixed when the routes are built",
        ),
        ("fn f(&self) where Self: Sized", "a handler cannot have a `where` clause"),
        ("fn f(&self, a: A, b: B)", "a handler takes one payload, this is a second"),
        (
            "fn f(&self, a: &Session, b: &Session)",
            "a handler takes one `&Session`, this is a second",
        ),
        (
            "fn f(&self, a: Reply<A>, b: Reply<B>)",
            "a handler takes one `Reply<T>`, this is a second",
        ),
        (
            "fn f(&self, a: &Context<Self>, b: &Context<Self>)",
            "a handler takes one `&Context<Self>`, this is a second",
        ),
        ("fn f(&self, session: Session)", "the session is borrowed: take `&Session`"),
        ("fn f(&self, session: &mut Session)", "`&Session` is shared: take it without `mut`"),
        (
            "fn f(&self, session: &'static Session)",
            "`&Session` is lent for the call only: take it without a lifetime",
        ),
        ("fn f(&self, context: Context<Self>)", "the context is borrowed: take `&Context<Self>`"),
        (
            "fn f(&self, context: &mut Context<Self>)",
            "`&Context<Self>` is shared: take it without `mut`",
        ),
        ("fn f(&self, reply: Reply)", "a reply names what it carries: `Reply<T>`"),
        ("fn f(&self, reply: Reply<&str>)", "a `Reply<T>` carries an owned type"),
        ("fn f(&self, join: &Join)", "a payload is owned: take `Join`"),
        ("fn f(&self, text: &str)", "a payload is owned: take `String`"),
        ("fn f(&self, body: &[u8])", "a payload is owned: take `Bytes`"),
        ("fn f(&self, names: &[Name])", "a payload is owned: take `Vec<Name>`"),
        ("fn f(&self, name: Option<&str>)", "a payload is owned: this type borrows"),
        ("fn f(&self, name: Cow<'_, str>)", "a payload is owned: this type borrows"),
        (
            "fn f(&self, join: impl Join)",
            "a payload is a concrete type: `impl Trait` leaves it open",
        ),
        (
            "fn f(&self, join: Vec<impl Join>)",
            "a payload is a concrete type: `impl Trait` leaves it open",
        ),
        ("fn f(&self, join: dyn Join)", "a payload is a concrete type: `dyn Trait` leaves it open"),
        ("fn f(&self, names: [Name])", "a payload has a size: take a `Vec`"),
        ("fn f(&self, at: *const u8)", "a payload is data that can be sent"),
        (
            "fn f(&self, #[cfg(unix)] join: Join)",
            "a condition goes on the method, not on one of its parameters",
        ),
        (
            "fn f(&self) -> impl Serialize",
            "a handler returns a concrete type: `impl Trait` leaves it open",
        ),
        (
            "fn f(&self) -> Result<impl Serialize>",
            "a handler returns a concrete type: `impl Trait` leaves it open",
        ),
        (
            "fn f(&self) -> &Joined",
            "a handler returns an owned value: the borrow ends with the call",
        ),
        (
            "fn f(&self) -> Result<Cow<'_, str>>",
            "a handler returns an owned value: the borrow ends with the call",
        ),
        (
            "fn f(&self) -> Option<&'static str>",
            "a handler returns an owned value: the borrow ends with the call",
        ),
        ("fn f(&self) -> !", "a handler returns: a request gets exactly one reply"),
        (
            "fn f(&self, reply: Reply<A>) -> A",
            "the value goes through the `Reply<T>`: return `()` or `Result<()>`",
        ),
        (
            "fn f(&self, reply: Reply<A>) -> Result<A>",
            "the value goes through the `Reply<T>`: return `()` or `Result<()>`",
        ),
    ];
    for (signature, expected) in cases {
        let (parsed, errors) = read(signature, Role::Handler);
        assert!(parsed.is_none(), "{signature}");
        assert_eq!(errors.len(), 1, "{signature}: {errors:?}");
        let (message, forms) = errors[0].split_once("\n\n").expect("the accepted forms follow");
        assert_eq!(message, expected, "{signature}");
        assert!(forms.starts_with("a handler is `fn` or `async fn`"), "{forms}");
    }
}

#[test]
fn hooks_and_timers() {
    let cases = [
        ("fn f(&self)", Role::Hook, "&"),
        (
            "async fn f(&mut self, context: &Context<Self>) -> Result<()>",
            Role::Hook,
            "&mut async context -> result",
        ),
        ("fn f(&mut self, session: &Session)", Role::SessionHook, "&mut session"),
        (
            "async fn f(&self, node: &Node, context: &Context<Self>)",
            Role::NodeHook,
            "& async node context",
        ),
        ("fn f(&self, context: &Context<Self>)", Role::Timer, "& context"),
        (
            "fn f(&self, node: &Node)",
            Role::SessionHook,
            "a node is at hand in `#[on(node_joined)]` and `#[on(node_left)]` only; a payload is owned: take `Node`",
        ),
        (
            "fn f(&self, session: &Session)",
            Role::Hook,
            "no session is at hand here: take `&Session` in a handler or an `#[on(session_..)]` hook",
        ),
        (
            "fn f(&self, session: &Session)",
            Role::Timer,
            "no session is at hand here: take `&Session` in a handler or an `#[on(session_..)]` hook",
        ),
        ("fn f(&self, join: Join)", Role::SessionHook, "only a handler has a payload"),
        ("fn f(&self, reply: Reply<A>)", Role::Hook, "only a handler has a request to reply to"),
        (
            "fn f(&self) -> Joined",
            Role::Hook,
            "a hook returns `()` or `Result<()>`: nobody waits for a value",
        ),
        (
            "fn f(&self) -> Result<Joined>",
            Role::Timer,
            "a timer returns `()` or `Result<()>`: nobody waits for a value",
        ),
        (
            "async fn f(&self, hello: nano::Handshake<Login>, s: &Session) -> Result<Welcome>",
            Role::HandshakeHook,
            "& async payload:nano::Handshake<Login> session -> result:Welcome",
        ),
        (
            "fn f(&mut self, hello: Handshake) -> Welcome",
            Role::HandshakeHook,
            "&mut payload:Handshake -> Welcome",
        ),
        (
            "fn f(&self, hello: Login)",
            Role::HandshakeHook,
            "a handshake hook takes what the client announced as `Handshake<T>`, where `T` is the type of `user`",
        ),
        (
            "fn f(&self, reply: Reply<A>)",
            Role::HandshakeHook,
            "only a handler has a request to reply to",
        ),
        (
            "fn f(&self) -> &str",
            Role::HandshakeHook,
            "a handshake hook returns an owned value: the borrow ends with the call",
        ),
        (
            "fn f()",
            Role::SessionHook,
            "a session hook takes `&self` or `&mut self` first, `f` does not",
        ),
    ];
    for (signature, role, expected) in cases {
        let (parsed, errors) = read(signature, role);
        let found = match (&parsed, errors.as_slice()) {
            (Some(parsed), []) => describe(parsed),
            (None, [error]) => error.split("\n\n").next().unwrap_or_default().to_owned(),
            other => panic!("{signature}: {other:?}"),
        };
        assert_eq!(found, expected, "{signature}");
    }
}

#[test]
fn the_accepted_forms_are_shown_once() {
    let mut errors = Errors::new();
    for signature in ["fn f(self)", "fn g(&self, a: &str)"] {
        parse(&parse_str(signature).expect("a signature"), Role::Handler, &mut errors);
    }
    parse(&parse_str("fn h()").expect("a signature"), Role::Timer, &mut errors);
    let shown: Vec<bool> =
        errors.iter().map(|error| error.to_string().contains("`fn` or `async fn`")).collect();
    assert_eq!(shown, [true, false, true]);
}

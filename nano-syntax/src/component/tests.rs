use std::time::Duration;

use quote::{ToTokens, quote};
use syn::{ItemImpl, parse_quote};

use super::{Component, Lifecycle, NodeEvent, SessionEvent, Trigger};
use crate::errors::Errors;

fn read(
    options: proc_macro2::TokenStream,
    mut item: ItemImpl,
) -> (Option<Component>, Vec<String>, String) {
    let mut errors = Errors::new();
    let component = Component::parse(options, &mut item, &mut errors);
    let errors = errors
        .iter()
        .map(|error| error.to_string().split("\n\n").next().unwrap_or_default().to_owned());
    (component, errors.collect(), item.to_token_stream().to_string())
}

fn routes(options: proc_macro2::TokenStream, item: ItemImpl) -> Vec<String> {
    let (component, errors, _) = read(options, item);
    assert_eq!(errors, Vec::<String>::new());
    component.expect("a component").handlers.into_iter().map(|handler| handler.route).collect()
}

fn errors(item: ItemImpl) -> Vec<String> {
    read(quote!(), item).1
}

#[test]
fn routes_follow_from_names() {
    let item = || -> ItemImpl {
        parse_quote! {
            impl game::ChatRoom {
                #[handler] fn join_room(&self) {}
                #[handler(name = "say-it")] fn say(&self) {}
                #[handler] fn r#type(&self) {}
                fn not_a_handler(&self) {}
            }
        }
    };
    assert_eq!(
        routes(quote!(), item()),
        ["chat_room.join_room", "chat_room.say-it", "chat_room.type"]
    );
    assert_eq!(
        routes(quote!(name = "chat"), item()),
        ["chat.join_room", "chat.say-it", "chat.type"]
    );
    assert_eq!(
        routes(quote!(rename_all = "PascalCase"), item()),
        ["ChatRoom.JoinRoom", "ChatRoom.say-it", "ChatRoom.Type"]
    );
    assert_eq!(
        routes(quote!(rename_all = "kebab-case", name = "x"), item()),
        ["x.join-room", "x.say-it", "x.type"]
    );
    // A name with dots stays as it is, whatever the case of the handlers.
    assert_eq!(
        routes(quote!(name = "chat.chatHandler", rename_all = "PascalCase"), item()),
        ["chat.chatHandler.JoinRoom", "chat.chatHandler.say-it", "chat.chatHandler.Type"]
    );
}

#[test]
fn f0_a_component_that_is_too_long_is_reported_once() {
    let name = "a.".repeat(126) + "bc";
    let (_, errors, _) = read(
        quote!(name = #name),
        parse_quote! {
            impl Room {
                #[handler] fn join(&self) {}
                #[handler] fn leave(&self) {}
            }
        },
    );
    let [message] = &errors[..] else { panic!("{errors:?}") };
    assert!(message.contains("is 254 bytes long"), "{message}");
}

#[test]
fn hooks_know_what_calls_them() {
    let (component, errors, _) = read(
        quote!(),
        parse_quote! {
            impl Room {
                #[on(init)] #[on(after_init)] #[every("5m")] fn load(&mut self) {}
                #[on(drain)] async fn finish(&self) -> Result<()> {}
                #[on(before_shutdown)] async fn refuse(&self) -> Result<()> {}
                #[on(shutdown)] fn save(&self) {}
                #[on(handshake)] fn greet(&self, hello: Handshake<Login>) -> Result<Welcome> {}
                #[on(session_opened)] #[on(session_bound)] #[on(session_closed)] fn count(&self, s: &Session) {}
                #[on(node_joined)] #[on(node_left)] fn list(&self, node: &Node) {}
                #[on(node_left)] #[on(session_closed)] fn tidy(&self) {}
                #[on(room_lost)] async fn rescue(&self, s: &Session, room: LostRoom) -> Result<()> {}
                #[on(room_lost)] #[on(session_closed)] #[on(handshake)] fn note(&self, s: &Session) {}
            }
        },
    );
    assert_eq!(errors, Vec::<String>::new());
    let hooks = component.expect("a component").hooks;
    let found: Vec<(&str, Trigger)> =
        hooks.iter().map(|hook| (hook.label.as_str(), hook.trigger.clone())).collect();
    assert_eq!(
        found,
        [
            ("room.load", Trigger::Lifecycle(Lifecycle::Init)),
            ("room.load", Trigger::Lifecycle(Lifecycle::AfterInit)),
            ("room.load", Trigger::Every(Duration::from_secs(300))),
            ("room.finish", Trigger::Lifecycle(Lifecycle::Drain)),
            ("room.refuse", Trigger::Lifecycle(Lifecycle::BeforeShutdown)),
            ("room.save", Trigger::Lifecycle(Lifecycle::Shutdown)),
            ("room.greet", Trigger::Handshake),
            ("room.count", Trigger::Session(SessionEvent::Opened)),
            ("room.count", Trigger::Session(SessionEvent::Bound)),
            ("room.count", Trigger::Session(SessionEvent::Closed)),
            ("room.list", Trigger::Node(NodeEvent::Joined)),
            ("room.list", Trigger::Node(NodeEvent::Left)),
            ("room.tidy", Trigger::Node(NodeEvent::Left)),
            ("room.tidy", Trigger::Session(SessionEvent::Closed)),
            ("room.rescue", Trigger::RoomLost),
            ("room.note", Trigger::RoomLost),
            ("room.note", Trigger::Session(SessionEvent::Closed)),
            ("room.note", Trigger::Handshake),
        ]
    );
}

#[test]
fn a_component_is_exclusive_as_soon_as_one_method_is() {
    let cases: [(ItemImpl, bool); 4] = [
        (parse_quote!(impl Room { #[handler] fn a(&self) {} #[on(init)] fn b(&self) {} }), false),
        (parse_quote!(impl Room { #[handler] fn a(&mut self) {} }), true),
        (
            parse_quote!(impl Room { #[handler] fn a(&self) {} #[every("1s")] fn b(&mut self) {} }),
            true,
        ),
        (parse_quote!(impl Room { #[handler] fn a(&self) {} fn b(&mut self) {} }), false),
    ];
    for (item, expected) in cases {
        let (component, ..) = read(quote!(), item);
        assert_eq!(component.map(|component| component.is_exclusive()), Some(expected));
    }
}

#[test]
fn conditions_follow_the_method() {
    let (component, errors, item) = read(
        quote!(),
        parse_quote! {
            impl Room {
                #[cfg(unix)] #[handler] fn a(&self) {}
                #[cfg_attr(feature = "admin", handler(name = "reset"))] fn b(&self) {}
                #[cfg(not(unix))] #[handler(name = "a")] fn c(&self) {}
            }
        },
    );
    assert_eq!(errors, Vec::<String>::new());
    let handlers = component.expect("a component").handlers;
    let conditions: Vec<String> = handlers
        .iter()
        .map(|handler| {
            handler
                .cfgs
                .iter()
                .map(|cfg| cfg.to_token_stream().to_string().replace(' ', ""))
                .collect()
        })
        .collect();
    assert_eq!(conditions, ["#[cfg(unix)]", "#[cfg(feature=\"admin\")]", "#[cfg(not(unix))]"]);
    assert!(!item.contains("handler"), "{item}");
}

#[test]
fn all_errors_are_reported_at_once_and_the_rest_is_kept() {
    let (component, errors, item) = read(
        quote!(nmae = "x"),
        parse_quote! {
            impl Room {
                #[handler(concurent)] fn a(&self) {}
                #[handler] fn b(self) {}
                #[every("5 minutes")] fn c(&self) {}
                #[on(start)] fn d(&self) {}
                #[handler] fn good(&mut self) {}
            }
        },
    );
    assert_eq!(
        errors,
        [
            "unknown option `nmae` of `#[component]`, expected one of `name`, `rename_all`, `crate`, `parts`, `part`, `room`, `timeout`, `rate`, `max_body`, `guest`, `before`",
            "unknown option `concurent` of `#[handler]`, expected one of `name`, `concurrent`, `notify`, `internal`, `timeout`, `rate`, `max_body`, `guest`, `before`",
            "a handler borrows its component: `&self` or `&mut self`, not `self`",
            "a period is a whole number and one unit of `ms`, `s`, `m`, `h`, as in `60s`, got `5 minutes`",
            "unknown event `start`, expected one of `init`, `after_init`, `drain`, `before_shutdown`, `shutdown`, `handshake`, `session_opened`, `session_bound`, `session_lost`, `session_resumed`, `session_closed`, `node_joined`, `node_left`, `room_lost`, `enter`, `leave`, `close`",
        ]
    );
    let routes: Vec<String> =
        component.expect("a component").handlers.into_iter().map(|handler| handler.route).collect();
    assert_eq!(routes, ["room.a", "room.good"]);
    assert!(!item.contains('#'), "our attributes are off: {item}");
}

#[test]
fn refused_blocks_and_attributes() {
    let cases: [(ItemImpl, &[&str]); 20] = [
        (
            parse_quote!(impl Room { #[on(room_lost)] #[on(node_left)] fn f(&self, room: LostRoom) {} }),
            &["only a handler has a payload"],
        ),
        (
            parse_quote!(impl Room { #[on(room_lost)] #[on(handshake)] fn f(&self, room: LostRoom) {} }),
            &["only a handler has a payload"],
        ),
        (
            parse_quote!(impl Room { #[on(handshake)] #[on(node_left)] fn f(&self, node: &Node) {} }),
            &[
                "a node is at hand in `#[on(node_joined)]` and `#[on(node_left)]` only; a payload is owned: take `Node`",
            ],
        ),
        (
            parse_quote!(impl Room { #[handler] fn a(&self) {} #[handler(name = "a")] fn b(&self) {} }),
            &["the route `room.a` is taken already", "`room.a` is first taken here"],
        ),
        (
            parse_quote!(impl Room { #[cfg(unix)] #[handler] fn a(&self) {} #[handler(name = "a")] fn b(&self) {} }),
            &["the route `room.a` is taken already", "`room.a` is first taken here"],
        ),
        (
            parse_quote!(impl Plugin for Room { #[handler] fn a(&self) {} }),
            &[
                "`#[component]` goes on an inherent impl block (`impl Room { .. }`), not on the impl of a trait",
            ],
        ),
        (
            parse_quote!(impl dyn Room { #[handler] fn a(&self) {} }),
            &["`#[component]` goes on the impl block of a named type: `impl Room { .. }`"],
        ),
        (
            parse_quote!(impl Room { #[handler(internal, rate = "1/s", guest)] fn a(&self) {} }),
            &[
                "`rate` is about messages of clients, which never reach an `internal` handler: leave one of the two out",
                "`guest` is about messages of clients, which never reach an `internal` handler: leave one of the two out",
            ],
        ),
        (
            parse_quote!(impl Room { #[handler] const A: u8 = 0; }),
            &["`#[handler]` goes on a method"],
        ),
        (
            parse_quote!(impl Room { #[handler] #[on(init)] fn a(&self) {} }),
            &[
                "`#[handler]` and `#[on]` exclude each other: clients call a handler, the framework a hook",
            ],
        ),
        (
            parse_quote!(impl Room { #[handler] #[handler] fn a(&self) {} }),
            &["`#[handler]` is given twice"],
        ),
        (
            parse_quote!(impl Room { #[on(init)] #[on(init)] fn a(&self) {} }),
            &["`#[on(init)]` is given twice"],
        ),
        (
            parse_quote!(impl Room { #[every("1s")] #[every("2s")] fn a(&self) {} }),
            &["`#[every(..)]` is given twice"],
        ),
        (
            parse_quote!(impl Room { #[on] fn a(&self) {} }),
            &["`#[on]` says when, in parentheses: `#[on(init)]`"],
        ),
        (
            parse_quote!(impl Room { #[on(init, shutdown)] fn a(&self) {} }),
            &["one `#[on(..)]` names one event; the method may carry several"],
        ),
        (
            parse_quote!(impl Room { #[every(60)] fn a(&self) {} }),
            &["expected a period in quotes, as in `#[every(\"60s\")]`"],
        ),
        (
            parse_quote!(impl Room { #[cron] fn a(&self) {} }),
            &["`#[cron]` says when, in parentheses: `#[cron(\"0 4 * * *\")]`"],
        ),
        (
            parse_quote!(impl Room { #[cron("0 4 * * *", "0 5 * * *")] fn a(&self) {} }),
            &["one `#[cron(..)]` takes one expression; the method may carry several"],
        ),
        (
            parse_quote!(impl Room { #[cron("@daily")] #[cron("@hourly")] #[cron("@daily")] fn a(&self) {} }),
            &["`#[cron(\"@daily\")]` is given twice"],
        ),
        (
            parse_quote!(impl Room { #[handler = "x"] fn a(&self) {} }),
            &["options go into parentheses: `#[handler(..)]`"],
        ),
    ];
    for (item, expected) in cases {
        let text = item.to_token_stream().to_string();
        assert_eq!(errors(item), expected, "{text}");
    }
}

#[test]
fn parts_are_listed_by_the_main_block() {
    let read = |options| {
        let mut errors = Errors::new();
        let mut item = parse_quote! { impl Room {} };
        let component = Component::parse(options, &mut item, &mut errors).expect("a component");
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let parts: Vec<String> = component.parts.iter().map(ToString::to_string).collect();
        (parts, component.part.map(|part| part.value()), errors)
    };
    let none = Vec::<String>::new;
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(read(quote!(parts(chat, admin))), (owned(&["chat", "admin"]), None, none()));
    assert_eq!(read(quote!(part = "chat")), (none(), Some("chat".to_owned()), none()));
    let (_, _, errors) = read(quote!(parts(chat, chat)));
    assert_eq!(errors, ["part `chat` is given twice"]);
    let (_, _, errors) = read(quote!(parts = "chat"));
    assert_eq!(errors, ["option `parts` takes names in parentheses: `parts(chat, admin)`"]);
    let (_, _, errors) = read(quote!(part = "chat", parts(admin)));
    assert_eq!(errors, ["a part has no parts: list them all in the component's main impl block"]);
}

use quote::{ToTokens, quote};
use syn::{ItemTrait, parse_quote};

use super::{Push, PushClass};
use crate::errors::Errors;

fn read(options: proc_macro2::TokenStream, mut item: ItemTrait) -> (Push, Vec<String>) {
    let mut errors = Errors::new();
    let push = Push::parse(options, &mut item, &mut errors);
    let errors = errors
        .iter()
        .map(|error| error.to_string().split("\n\n").next().unwrap_or_default().to_owned());
    (push, errors.collect())
}

#[test]
fn events_are_read() {
    let (push, errors) = read(
        quote!(rename_all = "camelCase"),
        parse_quote! {
            /// To the room.
            pub(crate) trait RoomPush {
                /// Somebody came in.
                #[push(name = "room.onNewUser")]
                fn new_user(msg: NewUser);
                #[cfg(unix)]
                fn next_round(_: Vec<Round>);
                fn tick();
            }
        },
    );
    assert_eq!(errors, Vec::<String>::new());
    let events: Vec<(String, String, String)> = push
        .events
        .iter()
        .map(|event| {
            let message = event.message.as_ref().map_or(String::new(), |(name, ty)| {
                format!("{name}: {}", ty.to_token_stream().to_string().replace(' ', ""))
            });
            (event.route.clone(), message, event.docs.clone())
        })
        .collect();
    let expected = [
        ("room.onNewUser", "msg: NewUser", "Somebody came in."),
        ("nextRound", "message: Vec<Round>", ""),
        ("tick", "", ""),
    ];
    assert_eq!(
        events,
        expected.map(|(route, message, docs)| (
            route.to_owned(),
            message.to_owned(),
            docs.to_owned()
        ))
    );
    assert_eq!(push.events.iter().map(|event| event.cfgs.len()).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn refused_traits_and_methods() {
    let cases: [(ItemTrait, &[&str]); 21] = [
        (
            parse_quote!(
                unsafe trait P {}
            ),
            &["a trait marked `#[push]` cannot be `unsafe`"],
        ),
        (parse_quote!(auto trait P {}), &["a trait marked `#[push]` cannot be `auto`"]),
        (
            parse_quote!(
                trait P<T> {}
            ),
            &[
                "a trait marked `#[push]` cannot have generics: its types are fixed when the routes are built",
            ],
        ),
        (
            parse_quote!(
                trait P where
                    u8: Copy,
                {
                }
            ),
            &["a trait marked `#[push]` cannot have a `where` clause"],
        ),
        (
            parse_quote!(
                trait P: Send {}
            ),
            &["a trait marked `#[push]` cannot have supertraits: it becomes a struct"],
        ),
        (
            parse_quote!(
                trait P {
                    type A;
                }
            ),
            &["a trait marked `#[push]` holds methods only"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a(&self, m: M);
                }
            ),
            &["a push takes no `self` here: the generated method has it"],
        ),
        (
            parse_quote!(
                trait P {
                    async fn a();
                }
            ),
            &["a push is not `async`: it is queued and the call returns"],
        ),
        (
            parse_quote!(
                trait P {
                    unsafe fn a();
                }
            ),
            &["a push cannot be `unsafe`"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a() -> u8;
                }
            ),
            &["a push returns nothing here: the generated method returns `nano::Result<()>`"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a<T>();
                }
            ),
            &[
                "a push cannot have generics or lifetimes: its type is fixed when the routes are built",
            ],
        ),
        (
            parse_quote!(
                trait P {
                    fn a()
                    where
                        u8: Copy;
                }
            ),
            &["a push cannot have a `where` clause"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a() {}
                }
            ),
            &["a push has no body: it is generated"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a(x: X, y: Y);
                }
            ),
            &["a push takes one message, this is a second"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a(m: &M);
                }
            ),
            &["a message is owned: take `M`"],
        ),
        (
            parse_quote!(
                trait P {
                    fn a(m: impl M);
                }
            ),
            &["a message is a concrete type: `impl Trait` leaves it open"],
        ),
        (
            parse_quote!(
                trait P {
                    #[push(name = "b")]
                    fn a();
                    fn b();
                }
            ),
            &["the push `b` is taken already", "`b` is first taken here"],
        ),
        (
            parse_quote!(
                trait P {
                    #[push(name = "")]
                    fn a();
                }
            ),
            &["the name of a push cannot be empty"],
        ),
        (
            parse_quote!(
                trait P {
                    #[push(rename = "b")]
                    fn a();
                }
            ),
            &["unknown option `rename` of `#[push]`, expected one of `name`, `class`, `key`"],
        ),
        (
            parse_quote!(
                trait P {
                    #[push(name = "a")]
                    #[push(name = "b")]
                    fn a();
                }
            ),
            &["`#[push]` is given twice"],
        ),
        (
            parse_quote!(
                trait P {
                    #[cfg_attr(test, push(name = "b"))]
                    fn a();
                }
            ),
            &["the name of a push cannot depend on a condition: clients know one name"],
        ),
    ];
    for (item, expected) in cases {
        let text = item.to_token_stream().to_string();
        let (_, errors) = read(quote!(), item);
        assert_eq!(errors, expected, "{text}");
    }
}

#[test]
fn an_event_with_a_fault_is_kept_if_its_message_is_understood() {
    let (push, errors) = read(
        quote!(),
        parse_quote! {
            trait P {
                fn with_self(&self, message: Message);
                async fn waits();
                #[push(rename = "x")] fn option(message: Message);
                fn borrows(message: &Message);
                fn generic<T>(message: T);
                fn two(one: Message, two: Message);
            }
        },
    );
    assert_eq!(errors.len(), 6);
    let kept: Vec<&str> = push.events.iter().map(|event| event.route.as_str()).collect();
    assert_eq!(kept, ["with_self", "waits", "option"]);
}

#[test]
fn classes_are_read() {
    let (push, errors) = read(
        quote!(),
        parse_quote! {
            trait P {
                fn plain(m: M);
                #[push(class = reliable)] fn reliable(m: M);
                #[push(name = "onMove", class = latest, key = "id")] fn moved(m: M);
                #[push(key = "0", class = latest)] fn tuple(m: (u32, M));
                #[push(class = latest)] fn tick();
                #[push(class = lossy)] fn spark(m: M);
            }
        },
    );
    assert_eq!(errors, Vec::<String>::new());
    let classes = push.events.iter().map(|event| match &event.class {
        PushClass::Reliable => "reliable".to_owned(),
        PushClass::Latest { key } => {
            format!("latest {}", key.as_ref().map_or(String::new(), |key| quote!(#key).to_string()))
        }
        PushClass::Lossy => "lossy".to_owned(),
    });
    let classes: Vec<String> = classes.collect();
    assert_eq!(classes, ["reliable", "reliable", "latest id", "latest 0", "latest ", "lossy"]);
}

#[test]
fn refused_classes() {
    for (options, expected) in [
        (
            quote!(class = fast),
            "unknown class `fast`, expected one of `reliable`, `latest`, `lossy`",
        ),
        (quote!(class = "latest"), "option `class` takes a name without quotes: `class = latest`"),
        (quote!(class), "option `class` takes a name without quotes: `class = latest`"),
        (
            quote!(class = latest, key = "a b"),
            "`a b` is no field: `key = \"id\"` names one of the message, `key = \"0\"` one of a tuple",
        ),
        (
            quote!(class = lossy, key = "id"),
            "option `key` goes with `class = latest`: it tells which push is replaced",
        ),
        (
            quote!(key = "id"),
            "option `key` goes with `class = latest`: it tells which push is replaced",
        ),
    ] {
        let (_, errors) = read(
            quote!(),
            parse_quote!(
                trait P {
                    #[push(#options)]
                    fn a(m: M);
                }
            ),
        );
        assert_eq!(errors, [expected], "{options}");
    }
    let event = parse_quote!(
        trait P {
            #[push(class = latest, key = "id")]
            fn a();
        }
    );
    assert_eq!(read(quote!(), event).1, ["a push without a message has no field `id`"]);
}

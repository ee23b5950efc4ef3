//! Pushes with and without a message, raw ones, renamed ones.
/// To everybody.
#[allow(clippy::module_name_repetitions)]
pub(crate) trait Broadcast: ::nano::__private::PushTarget {
    /// A user came in.
    ///
    /// With a name.
    fn new_user(&self, user: &NewUser) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "newUser", user, __nano::encoder!(NewUser))
    }
    #[deprecated]
    fn message(&self, message: &game::ChatMessage) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(
            self,
            "room.onMessage",
            message,
            __nano::encoder!(game::ChatMessage),
        )
    }
    fn raw_bytes(&self, body: &Bytes) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "rawBytes", body, __nano::encoder!(Bytes))
    }
    fn positions(&self, positions: &Vec<(f32, f32)>) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(
            self,
            "positions",
            positions,
            __nano::encoder!(Vec < (f32, f32) >),
        )
    }
    fn tick(&self) -> ::nano::Result<()> {
        use ::nano::__private as __nano;
        __nano::PushTarget::push_with(self, "tick", &(), __nano::Encoder::unit())
    }
}
#[automatically_derived]
impl<__T: ::nano::__private::PushTarget + ?::core::marker::Sized> Broadcast for __T {}
///The events of the trait [`Broadcast`](trait@Broadcast), for [`App::push`](::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
pub(crate) const Broadcast: ::nano::PushSet = ::nano::__private::PushSet::new(
    "Broadcast",
    &[
        ::nano::__private::PushEvent {
            route: "newUser",
            method: "new_user",
            docs: "A user came in.\n\nWith a name.",
        },
        ::nano::__private::PushEvent {
            route: "room.onMessage",
            method: "message",
            docs: "",
        },
        ::nano::__private::PushEvent {
            route: "rawBytes",
            method: "raw_bytes",
            docs: "",
        },
        ::nano::__private::PushEvent {
            route: "positions",
            method: "positions",
            docs: "",
        },
        ::nano::__private::PushEvent {
            route: "tick",
            method: "tick",
            docs: "",
        },
    ],
);
trait Nothing: ::nano::__private::PushTarget {}
#[automatically_derived]
impl<__T: ::nano::__private::PushTarget + ?::core::marker::Sized> Nothing for __T {}
///The events of the trait [`Nothing`](trait@Nothing), for [`App::push`](::nano::App::push).
#[allow(dead_code, non_upper_case_globals)]
const Nothing: ::nano::PushSet = ::nano::__private::PushSet::new("Nothing", &[]);

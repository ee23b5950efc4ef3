//! Pushes with and without a message, raw ones, renamed ones, and those of each class.
/// To everybody.
#[allow(clippy::module_name_repetitions)]
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
#[allow(dead_code)]
pub(crate) struct Broadcast;
///Sends the pushes of [`Broadcast`] to one target, from [`Broadcast::to`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
pub(crate) struct BroadcastTo<'a, T: ?::core::marker::Sized>(&'a T);
///Hears the pushes of [`Broadcast`], from [`Broadcast::on`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
pub(crate) struct BroadcastOn<'a, S>(&'a S);
#[allow(
    clippy::needless_question_mark,
    dead_code,
    deprecated,
    non_snake_case,
    private_bounds,
    private_interfaces,
    rustdoc::broken_intra_doc_links,
    unreachable_pub,
    unused_variables,
)]
const _: () = {
    use ::nano::__private as __nano;
    impl Broadcast {
        /// Sends to `target`: a session, a group, a part of a group.
        pub fn to<__T: __nano::PushTarget + ?__nano::Sized>(
            target: &__T,
        ) -> BroadcastTo<'_, __T> {
            BroadcastTo(target)
        }
        /// Listens to `source`: a Rust client.
        pub fn on<__S: __nano::PushSource>(source: &__S) -> BroadcastOn<'_, __S> {
            BroadcastOn(source)
        }
    }
    impl<__T: __nano::PushTarget + ?__nano::Sized> BroadcastTo<'_, __T> {
        /// A user came in.
        ///
        /// With a name.
        ///
        /// Pushes `newUser`.
        pub fn new_user(&self, user: &NewUser) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("newUser"),
                    user,
                    __nano::encoder!(NewUser),
                )
        }
        #[deprecated]
        /// Pushes `room.onMessage`.
        pub fn message(&self, message: &game::ChatMessage) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("room.onMessage"),
                    message,
                    __nano::encoder!(game::ChatMessage),
                )
        }
        /// Pushes `rawBytes`.
        pub fn raw_bytes(&self, body: &Bytes) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::reliable("rawBytes"),
                    body,
                    __nano::encoder!(Bytes),
                )
        }
        /// Pushes `positions`.
        pub fn positions(&self, positions: &Vec<(f32, f32)>) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::lossy("positions"),
                    positions,
                    __nano::encoder!(Vec < (f32, f32) >),
                )
        }
        /// Pushes `onScore`.
        pub fn score(&self, score: &u32) -> __nano::Result<()> {
            self.0
                .push_with(__nano::Push::latest("onScore"), score, __nano::encoder!(u32))
        }
        /// Pushes `moved`.
        pub fn moved(&self, player: &Moved) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::latest_of("moved", &player.id),
                    player,
                    __nano::encoder!(Moved),
                )
        }
        /// Pushes `turned`.
        pub fn turned(&self, message: &(u32, f32)) -> __nano::Result<()> {
            self.0
                .push_with(
                    __nano::Push::latest_of("turned", &message.0),
                    message,
                    __nano::encoder!((u32, f32)),
                )
        }
        /// Pushes `tick`.
        pub fn tick(&self) -> __nano::Result<()> {
            self.0
                .push_with(__nano::Push::reliable("tick"), &(), __nano::Encoder::unit())
        }
    }
    impl<__S: __nano::PushSource> BroadcastOn<'_, __S> {
        /// A user came in.
        ///
        /// With a name.
        ///
        /// Hears `newUser`.
        pub fn new_user(
            &self,
            handler: impl __nano::FnMut(NewUser) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<NewUser>,
        {
            self.0.on("newUser", handler);
            self
        }
        #[deprecated]
        /// Hears `room.onMessage`.
        pub fn message(
            &self,
            handler: impl __nano::FnMut(game::ChatMessage) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<game::ChatMessage>,
        {
            self.0.on("room.onMessage", handler);
            self
        }
        /// Hears `rawBytes`.
        pub fn raw_bytes(
            &self,
            handler: impl __nano::FnMut(Bytes) + __nano::Send + 'static,
        ) -> &Self {
            self.0.on_bytes("rawBytes", handler);
            self
        }
        /// Hears `positions`.
        pub fn positions(
            &self,
            handler: impl __nano::FnMut(Vec<(f32, f32)>) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Vec<(f32, f32)>>,
        {
            self.0.on("positions", handler);
            self
        }
        /// Hears `onScore`.
        pub fn score(
            &self,
            handler: impl __nano::FnMut(u32) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<u32>,
        {
            self.0.on("onScore", handler);
            self
        }
        /// Hears `moved`.
        pub fn moved(
            &self,
            handler: impl __nano::FnMut(Moved) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<Moved>,
        {
            self.0.on("moved", handler);
            self
        }
        /// Hears `turned`.
        pub fn turned(
            &self,
            handler: impl __nano::FnMut((u32, f32)) + __nano::Send + 'static,
        ) -> &Self
        where
            __S::Serializer: __nano::Decode<(u32, f32)>,
        {
            self.0.on("turned", handler);
            self
        }
        /// Hears `tick`.
        pub fn tick(
            &self,
            mut handler: impl __nano::FnMut() + __nano::Send + 'static,
        ) -> &Self {
            self.0.on_bytes("tick", move |_| handler());
            self
        }
    }
    impl __nano::From<Broadcast> for __nano::PushSet {
        fn from(_: Broadcast) -> Self {
            Self::new(
                "Broadcast",
                &[
                    __nano::PushEvent {
                        route: "newUser",
                        method: "new_user",
                        docs: "A user came in.\n\nWith a name.",
                    },
                    __nano::PushEvent {
                        route: "room.onMessage",
                        method: "message",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "rawBytes",
                        method: "raw_bytes",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "positions",
                        method: "positions",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "onScore",
                        method: "score",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "moved",
                        method: "moved",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "turned",
                        method: "turned",
                        docs: "",
                    },
                    __nano::PushEvent {
                        route: "tick",
                        method: "tick",
                        docs: "",
                    },
                ],
            )
        }
    }
};
#[::core::prelude::v1::derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug
)]
#[allow(dead_code)]
struct Nothing;
///Sends the pushes of [`Nothing`] to one target, from [`Nothing::to`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct NothingTo<'a, T: ?::core::marker::Sized>(&'a T);
///Hears the pushes of [`Nothing`], from [`Nothing::on`].
#[allow(dead_code, missing_debug_implementations, non_camel_case_types)]
struct NothingOn<'a, S>(&'a S);
#[allow(
    clippy::needless_question_mark,
    dead_code,
    deprecated,
    non_snake_case,
    private_bounds,
    private_interfaces,
    rustdoc::broken_intra_doc_links,
    unreachable_pub,
    unused_variables,
)]
const _: () = {
    use ::nano::__private as __nano;
    impl Nothing {
        /// Sends to `target`: a session, a group, a part of a group.
        pub fn to<__T: __nano::PushTarget + ?__nano::Sized>(
            target: &__T,
        ) -> NothingTo<'_, __T> {
            NothingTo(target)
        }
        /// Listens to `source`: a Rust client.
        pub fn on<__S: __nano::PushSource>(source: &__S) -> NothingOn<'_, __S> {
            NothingOn(source)
        }
    }
    impl<__T: __nano::PushTarget + ?__nano::Sized> NothingTo<'_, __T> {}
    impl<__S: __nano::PushSource> NothingOn<'_, __S> {}
    impl __nano::From<Nothing> for __nano::PushSet {
        fn from(_: Nothing) -> Self {
            Self::new("Nothing", &[])
        }
    }
};

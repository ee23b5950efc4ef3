//! A component in several impl blocks: the main one, and two parts.
impl Room {
    fn join(&self, name: Name) -> Joined {
        Joined
    }
}
///Calls the handlers of [`Room`]: from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct RoomClient<C>(pub(crate) C);
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
    #[automatically_derived]
    impl __nano::Component for Room {
        const NAME: &'static str = "room";
        type Access = <<__nano::Shared as __nano::Join<
            <Self as __nano::Part<3759543690703608464u64>>::Access,
        >>::Access as __nano::Join<
            <Self as __nano::Part<16902110740494805229u64>>::Access,
        >>::Access;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("room.join")
                    .sessionless()
                    .payload(__nano::decoder!(Name))
                    .reply(__nano::encoder!(Joined)),
                |this, _, payload| __nano::Ok(Self::join(this, payload)),
            );
            <Self as __nano::Part<3759543690703608464u64>>::define(on);
            <Self as __nano::Part<16902110740494805229u64>>::define(on);
        }
    }
    impl __nano::Listed<3759543690703608464u64> for Room {}
    impl __nano::Listed<16902110740494805229u64> for Room {}
    impl<__C: __nano::Caller> RoomClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Requests `room.join`.
        pub async fn join(&self, request: &Name) -> __nano::Result<Joined>
        where
            __C::Serializer: __nano::Encode<Name> + __nano::Decode<Joined>,
        {
            self.0.request("room.join", request).await
        }
    }
};
impl Room {
    fn say(&mut self, text: Text) {}
}
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
    #[automatically_derived]
    impl __nano::Part<3759543690703608464u64> for Room {
        type Access = __nano::Exclusive;
        fn define(on: &mut __nano::Definition<Self>) {
            on.exclusive(
                __nano::Route::notify("room.say")
                    .sessionless()
                    .payload(__nano::decoder!(Text)),
                |this, _, payload| __nano::Ok(Self::say(this, payload)),
            );
        }
    }
    impl<__C: __nano::Caller> RoomClient<__C> {
        /// Notifies `room.say`.
        pub async fn say(&self, request: &Text) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<Text>,
        {
            self.0.notify("room.say", request).await
        }
    }
};
impl super::Room {
    fn load(&self) {}
}
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
    #[automatically_derived]
    impl __nano::Part<16902110740494805229u64> for super::Room {
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Lifecycle::Init.hook("room.load"),
                |this, _, _| __nano::Ok(Self::load(this)),
            );
        }
    }
};

//! The caller's own methods keep their names; `Self` becomes the component; bytes stay bytes.
impl game::Room {
    /// Opens a table.
    fn new(&self, table: Table) -> Table {
        table
    }
    fn new_(&self) {}
    fn clone(&self, kind: Self::Kind) -> Result<Vec<Self::Kind>> {
        Ok(Vec::new())
    }
    fn upload(&self, body: bytes::Bytes) {}
    fn echo(&self, body: Bytes) -> Bytes {
        body
    }
    fn read(&self, key: Key) -> Result<Bytes> {
        Ok(Bytes::new())
    }
    fn write(&self, body: Bytes) -> Key {
        Key
    }
    fn list(&self) -> Vec<Key> {
        Vec::new()
    }
}
///Calls the handlers of [`Room`](game::Room): from a bot, a test, another node.
#[::core::prelude::v1::derive(::core::clone::Clone, ::core::fmt::Debug)]
#[allow(dead_code, non_camel_case_types, unreachable_pub)]
pub struct RoomClient<C>(C);
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
    impl __nano::Component for game::Room {
        const NAME: &'static str = "room";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("room.new")
                    .docs("Opens a table.")
                    .sessionless()
                    .payload(__nano::decoder!(Table))
                    .reply(__nano::encoder!(Table)),
                |this, _, payload| __nano::Ok(Self::new(this, payload)),
            );
            on.shared(
                __nano::Route::notify("room.renew").method("new_").sessionless(),
                |this, _, _| __nano::Ok(Self::new_(this)),
            );
            on.shared(
                __nano::Route::request("room.clone")
                    .sessionless()
                    .payload(__nano::decoder!(Self::Kind))
                    .reply(__nano::encoder!(Vec < Self::Kind >)),
                |this, _, payload| __nano::Ok(Self::clone(this, payload)?),
            );
            on.shared(
                __nano::Route::notify("room.upload")
                    .sessionless()
                    .payload(__nano::decoder!(bytes::Bytes)),
                |this, _, payload| __nano::Ok(Self::upload(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.echo")
                    .sessionless()
                    .payload(__nano::decoder!(Bytes))
                    .reply(__nano::encoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::echo(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.read")
                    .sessionless()
                    .payload(__nano::decoder!(Key))
                    .reply(__nano::encoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::read(this, payload)?),
            );
            on.shared(
                __nano::Route::request("room.write")
                    .sessionless()
                    .payload(__nano::decoder!(Bytes))
                    .reply(__nano::encoder!(Key)),
                |this, _, payload| __nano::Ok(Self::write(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.list")
                    .sessionless()
                    .reply(__nano::encoder!(Vec < Key >)),
                |this, _, _| __nano::Ok(Self::list(this)),
            );
        }
    }
    impl<__C: __nano::Caller> RoomClient<__C> {
        /// Calls through a clone of `caller`.
        pub fn new(caller: &__C) -> Self
        where
            __C: __nano::Clone,
        {
            Self(__nano::Clone::clone(caller))
        }
        /// Opens a table.
        ///
        /// Requests `room.new`.
        pub async fn new_(&self, request: &Table) -> __nano::Result<Table>
        where
            __C::Serializer: __nano::Encode<Table> + __nano::Decode<Table>,
        {
            self.0.request("room.new", request).await
        }
        /// Notifies `room.renew`.
        pub async fn new__(&self) -> __nano::Result<()>
        where
            __C::Serializer: __nano::Encode<()>,
        {
            self.0.notify("room.renew", &()).await
        }
        /// Requests `room.clone`.
        pub async fn clone_(
            &self,
            request: &game::Room::Kind,
        ) -> __nano::Result<Vec<game::Room::Kind>>
        where
            __C::Serializer: __nano::Encode<game::Room::Kind>
                + __nano::Decode<Vec<game::Room::Kind>>,
        {
            self.0.request("room.clone", request).await
        }
        /// Notifies `room.upload`.
        pub async fn upload(&self, request: bytes::Bytes) -> __nano::Result<()> {
            self.0.notify_bytes("room.upload", request).await
        }
        /// Requests `room.echo`.
        pub async fn echo(&self, request: Bytes) -> __nano::Result<Bytes> {
            self.0.request_bytes("room.echo", request).await
        }
        /// Requests `room.read`.
        pub async fn read(&self, request: &Key) -> __nano::Result<Bytes>
        where
            __C::Serializer: __nano::Encode<Key>,
        {
            self.0.request_with("room.read", request).await
        }
        /// Requests `room.write`.
        pub async fn write(&self, request: Bytes) -> __nano::Result<Key>
        where
            __C::Serializer: __nano::Decode<Key>,
        {
            self.0.request_bytes_as("room.write", request).await
        }
        /// Requests `room.list`.
        pub async fn list(&self) -> __nano::Result<Vec<Key>>
        where
            __C::Serializer: __nano::Encode<()> + __nano::Decode<Vec<Key>>,
        {
            self.0.request("room.list", &()).await
        }
    }
};

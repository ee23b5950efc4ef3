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
const _: () = {
    use ::nano::__private as __nano;
    #[automatically_derived]
    #[allow(clippy::needless_question_mark, deprecated, unused_variables)]
    impl __nano::Component for game::Room {
        const NAME: &'static str = "room";
        type Access = __nano::Shared;
        fn define(on: &mut __nano::Definition<Self>) {
            on.shared(
                __nano::Route::request("room.new")
                    .docs("Opens a table.")
                    .payload(__nano::decoder!(Table))
                    .reply(__nano::encoder!(Table)),
                |this, _, payload| __nano::Ok(Self::new(this, payload)),
            );
            on.shared(
                __nano::Route::notify("room.renew").method("new_"),
                |this, _, _| __nano::Ok(Self::new_(this)),
            );
            on.shared(
                __nano::Route::request("room.clone")
                    .payload(__nano::decoder!(Self::Kind))
                    .reply(__nano::encoder!(Vec < Self::Kind >)),
                |this, _, payload| __nano::Ok(Self::clone(this, payload)?),
            );
            on.shared(
                __nano::Route::notify("room.upload")
                    .payload(__nano::decoder!(bytes::Bytes)),
                |this, _, payload| __nano::Ok(Self::upload(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.echo")
                    .payload(__nano::decoder!(Bytes))
                    .reply(__nano::encoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::echo(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.read")
                    .payload(__nano::decoder!(Key))
                    .reply(__nano::encoder!(Bytes)),
                |this, _, payload| __nano::Ok(Self::read(this, payload)?),
            );
            on.shared(
                __nano::Route::request("room.write")
                    .payload(__nano::decoder!(Bytes))
                    .reply(__nano::encoder!(Key)),
                |this, _, payload| __nano::Ok(Self::write(this, payload)),
            );
            on.shared(
                __nano::Route::request("room.list").reply(__nano::encoder!(Vec < Key >)),
                |this, _, _| __nano::Ok(Self::list(this)),
            );
        }
    }
};
::nano::__private::client! {
    ///Calls the handlers of [`Room`](game::Room) from a Rust client: a test, a bot, another node.
    #[allow(dead_code, non_camel_case_types, unreachable_pub)]
    pub struct RoomClient<S = ::nano::Json> {
        client: ::nano::client::Client<S>,
    }
    #[automatically_derived]
    impl<__S> ::core::clone::Clone for RoomClient<__S> {
        fn clone(&self) -> Self {
            Self {
                client: ::core::clone::Clone::clone(&self.client),
            }
        }
    }
    #[automatically_derived]
    impl<__S> ::core::fmt::Debug for RoomClient<__S> {
        fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::fmt::Formatter::write_str(__formatter, ::core::stringify!(RoomClient))
        }
    }
    #[allow(
        dead_code,
        deprecated,
        non_snake_case,
        private_bounds,
        private_interfaces,
        rustdoc::broken_intra_doc_links,
        unreachable_pub,
    )]
    impl<__S: ::nano::serializer::Serializer> RoomClient<__S> {
        /// Calls through `client`, whose connection is shared.
        pub fn new(client: &::nano::client::Client<__S>) -> Self {
            Self {
                client: ::core::clone::Clone::clone(client),
            }
        }
        /// Opens a table.
        ///
        /// Requests `room.new`.
        pub async fn new_(&self, request: &Table) -> ::nano::Result<Table>
        where
            __S: ::nano::serializer::Encode<Table> + ::nano::serializer::Decode<Table>,
        {
            self.client.request("room.new", request).await
        }
        /// Notifies `room.renew`.
        pub async fn new__(&self) -> ::nano::Result<()>
        where
            __S: ::nano::serializer::Encode<()>,
        {
            self.client.notify("room.renew", &()).await
        }
        /// Requests `room.clone`.
        pub async fn clone_(
            &self,
            request: &game::Room::Kind,
        ) -> ::nano::Result<Vec<game::Room::Kind>>
        where
            __S: ::nano::serializer::Encode<game::Room::Kind>
                + ::nano::serializer::Decode<Vec<game::Room::Kind>>,
        {
            self.client.request("room.clone", request).await
        }
        /// Notifies `room.upload`.
        pub async fn upload(&self, request: bytes::Bytes) -> ::nano::Result<()> {
            self.client.notify_bytes("room.upload", request).await
        }
        /// Requests `room.echo`.
        pub async fn echo(&self, request: Bytes) -> ::nano::Result<Bytes> {
            self.client.request_bytes("room.echo", request).await
        }
        /// Requests `room.read`.
        pub async fn read(&self, request: &Key) -> ::nano::Result<Bytes>
        where
            __S: ::nano::serializer::Encode<Key>,
        {
            self.client.request_with("room.read", request).await
        }
        /// Requests `room.write`.
        pub async fn write(&self, request: Bytes) -> ::nano::Result<Key>
        where
            __S: ::nano::serializer::Decode<Key>,
        {
            self.client.request_bytes_as("room.write", request).await
        }
        /// Requests `room.list`.
        pub async fn list(&self) -> ::nano::Result<Vec<Key>>
        where
            __S: ::nano::serializer::Encode<()> + ::nano::serializer::Decode<Vec<Key>>,
        {
            self.client.request("room.list", &()).await
        }
    }
}

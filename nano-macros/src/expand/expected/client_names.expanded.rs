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
#[automatically_derived]
#[allow(deprecated, unused_variables)]
impl ::nano::__private::Component for game::Room {
    const NAME: &'static str = "room";
    type Access = ::nano::__private::Shared;
    fn define(__definition: &mut ::nano::__private::Definition<Self>) {
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.new",
                    method: "new",
                    docs: "Opens a table.",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Table),
                ::nano::__private::encoder!(Table),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::new(__this, __payload);
                            __call.finish_value(__output, __encoder)
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.renew",
                    method: "new_",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            Self::new_(__this);
                            __call.finish(())
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.clone",
                    method: "clone",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Self::Kind),
                ::nano::__private::encoder!(Vec < Self::Kind >),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::clone(__this, __payload);
                            __call.finish_value_result(__output, __encoder)
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.upload",
                    method: "upload",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Notify,
                },
                ::nano::__private::decoder!(bytes::Bytes),
                ::nano::__private::Encoder::unit(),
                |__context, __call, __decoder, _| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            Self::upload(__this, __payload);
                            __call.finish(())
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.echo",
                    method: "echo",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Bytes),
                ::nano::__private::encoder!(Bytes),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::echo(__this, __payload);
                            __call.finish_value(__output, __encoder)
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.read",
                    method: "read",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Key),
                ::nano::__private::encoder!(Bytes),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::read(__this, __payload);
                            __call.finish_value_result(__output, __encoder)
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.write",
                    method: "write",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::decoder!(Bytes),
                ::nano::__private::encoder!(Key),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, __payload)) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::write(__this, __payload);
                            __call.finish_value(__output, __encoder)
                        })
                },
            );
        __definition
            .route(
                ::nano::__private::RouteInfo {
                    name: "room.list",
                    method: "list",
                    docs: "",
                    concurrent: false,
                    kind: ::nano::__private::RouteKind::Request,
                },
                ::nano::__private::Decoder::none(),
                ::nano::__private::encoder!(Vec < Key >),
                |__context, __call, __decoder, __encoder| {
                    let ::core::option::Option::Some((__call, ())) = __call
                        .decode(__decoder) else {
                        return ::nano::__private::Step::ready(());
                    };
                    __context
                        .run_shared(move |__this| {
                            let __output = Self::list(__this);
                            __call.finish_value(__output, __encoder)
                        })
                },
            );
    }
}
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

//! The dialect of a client: the features that it announced in its handshake.

/// The forms of messages that a client can read, by its announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) family: Family,
    /// Errors may carry the error flag.
    pub(crate) error_flag: bool,
    /// Pushes may carry a route code.
    pub(crate) compressed_pushes: bool,
    /// Bodies may be zlib streams.
    pub(crate) zlib: bool,
    /// JSON to the client must not hold 4-byte UTF-8, and JSON from it may hold surrogate halves: stock JS clients.
    pub(crate) cesu: bool,
    /// Pushes that may be lost may come in datagrams, with numbers, where the connection has them.
    #[cfg(feature = "webtransport")]
    pub(crate) datagrams: bool,
}

/// The kind of a client's announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// It announces nothing that says what it can read: clients of pomelo, pinus and Go nano.
    Nano,
    /// It announces `libVersion` and `platform`.
    Pitaya,
    /// It lists its features: our own clients.
    Native,
}

/// That of clients which announce nothing.
impl Default for Dialect {
    fn default() -> Self {
        Self::NANO
    }
}

impl Dialect {
    /// Clients that announce nothing. Half of them lose pushes that carry a code, or crash.
    pub(crate) const NANO: Self = Self {
        family: Family::Nano,
        error_flag: false,
        compressed_pushes: false,
        zlib: false,
        cesu: true,
        #[cfg(feature = "webtransport")]
        datagrams: false,
    };
    /// Clients of pitaya.
    pub(crate) const PITAYA: Self = Self {
        family: Family::Pitaya,
        error_flag: true,
        compressed_pushes: false,
        zlib: true,
        cesu: false,
        #[cfg(feature = "webtransport")]
        datagrams: false,
    };

    /// Clients that list their features.
    pub(crate) const fn native(error_flag: bool, zlib: bool) -> Self {
        Self {
            family: Family::Native,
            error_flag,
            compressed_pushes: true,
            zlib,
            cesu: false,
            #[cfg(feature = "webtransport")]
            datagrams: false,
        }
    }
}

/// The changes to a body that is sent to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BodyForm {
    /// Characters beyond the BMP are escaped.
    pub(crate) escape: bool,
    /// Bodies from this length on are compressed, if that makes them smaller.
    pub(crate) deflate_from: Option<usize>,
}

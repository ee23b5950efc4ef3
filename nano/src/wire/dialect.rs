//! The dialect of a client: the features that it announced in its handshake.

/// The forms of messages that a client can read, by its announcement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// The client announced itself as pitaya's.
    pub(crate) pitaya: bool,
    /// Errors may carry the error flag.
    pub(crate) error_flag: bool,
    /// Pushes may carry a route code.
    pub(crate) compressed_pushes: bool,
    /// Bodies may be zlib streams.
    pub(crate) zlib: bool,
    /// JSON to the client must not hold 4-byte UTF-8, and JSON from it may hold surrogate halves: stock JS clients.
    pub(crate) cesu: bool,
}

impl Dialect {
    /// Clients that announce nothing: Go nano's and pomelo's.
    pub(crate) const NANO: Self =
        Self { pitaya: false, error_flag: false, compressed_pushes: true, zlib: false, cesu: true };
    /// Clients that announce `libVersion` and `platform`.
    pub(crate) const PITAYA: Self =
        Self { pitaya: true, error_flag: true, compressed_pushes: false, zlib: true, cesu: false };

    /// Clients that list their features: our own.
    pub(crate) const fn native(error_flag: bool, zlib: bool) -> Self {
        Self { pitaya: false, error_flag, compressed_pushes: true, zlib, cesu: false }
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

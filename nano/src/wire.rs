//! The form of messages for each kind of client: serializer, dictionary, limits, dialects and framing.
//!
//! Nothing here does IO. Every sender holds an `Arc<Wire>`, and needs nothing else of its app.

pub(crate) mod class;
pub(crate) mod client_version;
pub(crate) mod copies;
pub(crate) mod dialect;
mod dictionary;
pub(crate) mod frame;
pub(crate) mod handshake;
#[cfg(feature = "webtransport")]
pub(crate) mod numbered;
pub(crate) mod outgoing;
pub(crate) mod resume;
pub(crate) mod ring;
pub(crate) mod scratch;
pub mod serializer;
pub(crate) mod stages;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use dictionary::Dictionary;
#[cfg(feature = "cluster")]
pub(crate) use dictionary::Offered;

use semver::Version;

use crate::codec::{text, zlib};
use crate::log::Log;
use crate::{Error, ErrorKind};
use dialect::{BodyForm, Dialect, Family};
use serializer::Serializer;
use stages::Stages;

/// The answer to a failed request of a client that cannot tell an error from a success: one that
/// announced no error flag, with a serializer other than JSON. See
/// [`App::unflagged_errors`](crate::App::unflagged_errors).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnflaggedErrors {
    /// Sends no answer, as Go nano does, and logs a warning.
    #[default]
    Withhold,
    /// Sends the error's body as if it were a reply.
    Send,
}

/// The rules by which the messages of one app are written and read.
pub(crate) struct Wire {
    pub(crate) serializer: Box<dyn Serializer>,
    /// `true` if the serializer writes JSON text.
    pub(crate) json: bool,
    pub(crate) dictionary: Dictionary,
    #[cfg(feature = "cluster")]
    pub(crate) offered: Offered,
    /// The longest packet body, in both directions and after inflating.
    pub(crate) packet_limit: usize,
    /// Bodies from this length on are deflated for clients that can inflate them.
    pub(crate) compression_threshold: Option<usize>,
    pub(crate) unflagged_errors: UnflaggedErrors,
    /// `true` if the error `bad_request` says why a payload does not decode.
    pub(crate) bad_request_details: bool,
    /// Pushes to clients that announce nothing carry codes, too.
    pub(crate) stock_push_codes: bool,
    /// The lowest version of clients that are served.
    pub(crate) min_client_version: Option<Version>,
    /// The heartbeat interval that the handshake announces, in seconds.
    pub(crate) heartbeat: u64,
    /// The stages that bodies pass before they are framed.
    pub(crate) stages: Stages,
    /// Inbound stages see bodies as they came, and text is repaired after them.
    pub(crate) repairs_late: bool,
    /// The log of the app, which all that send write to.
    pub(crate) log: Arc<Log>,
}

impl Wire {
    /// Creates a wire with the limits of an app that sets none.
    #[cfg(test)]
    pub(crate) fn new(serializer: impl Serializer, dictionary: Dictionary) -> Self {
        Self {
            json: serializer.is_json(),
            serializer: Box::new(serializer),
            dictionary,
            #[cfg(feature = "cluster")]
            offered: Offered::default(),
            packet_limit: 64 * 1024,
            compression_threshold: Some(1024),
            unflagged_errors: UnflaggedErrors::default(),
            bad_request_details: false,
            stock_push_codes: false,
            min_client_version: None,
            heartbeat: 30,
            stages: Stages::default(),
            repairs_late: false,
            log: Arc::default(),
        }
    }

    /// Returns the dictionary of clients that connect now, if it is not the app's own.
    pub(crate) fn offered(&self) -> Option<Arc<Dictionary>> {
        #[cfg(feature = "cluster")]
        return self.offered.get();
        #[cfg(not(feature = "cluster"))]
        None
    }

    /// Returns the dialect to speak with a client, by its announcement and by what the application knows of such
    /// clients.
    pub(crate) fn dialect(&self, announced: Dialect) -> Dialect {
        let reads_codes = self.stock_push_codes && announced.family == Family::Nano;
        Dialect { compressed_pushes: announced.compressed_pushes || reads_codes, ..announced }
    }

    /// Returns the changes that a body needs for a client that speaks `dialect`.
    pub(crate) fn body_form(&self, dialect: Dialect) -> BodyForm {
        BodyForm {
            // Stages get text that every client can read, and what they make of it is no text.
            escape: dialect.cesu && self.json && self.stages.is_empty(),
            deflate_from: if dialect.zlib { self.compression_threshold } else { None },
        }
    }

    /// Returns a received body as the serializer expects it: inflated, and with text that it can read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when a compressed body is damaged, or larger than the limit.
    #[inline]
    pub(crate) fn received<'a>(
        &self,
        dialect: Dialect,
        compressed: bool,
        body: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, Error> {
        // Nearly every message.
        if !compressed && (!self.json || body.is_ascii()) {
            return Ok(Cow::Borrowed(body));
        }
        self.changed(dialect, compressed, body)
    }

    #[inline(never)]
    fn changed<'a>(
        &self,
        dialect: Dialect,
        compressed: bool,
        body: &'a [u8],
    ) -> Result<Cow<'a, [u8]>, Error> {
        let body = if compressed {
            let inflated = zlib::inflate(body, self.packet_limit).map_err(|error| {
                Error::with_source(ErrorKind::Decode, "body does not inflate", error)
            })?;
            Cow::Owned(inflated.into())
        } else {
            Cow::Borrowed(body)
        };
        Ok(if dialect.cesu && !self.repairs_late { self.repaired(body) } else { body })
    }

    /// Returns a body with the text of stock JavaScript clients as the serializer can read it.
    pub(crate) fn repaired<'a>(&self, body: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        match self.json.then(|| text::repair_surrogates(&body)).flatten() {
            Some(repaired) => Cow::Owned(repaired),
            None => body,
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("serializer", &self.serializer.name()).finish_non_exhaustive()
    }
}

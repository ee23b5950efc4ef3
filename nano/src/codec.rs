//! The wire's frame and message layout: bytes to values and back, with no IO and no panics.
//!
//! A connection carries *packets*; a data packet carries one *message*. Only a request and a
//! response have an id, and a response has no route.
//!
//! ```text
//! packet    type u8 | length u24 big-endian | body
//! message   flag u8 | id, unsigned LEB128 | route | body
//! ```
//!
//! | packet type | name | direction | body |
//! |---|---|---|---|
//! | 1 | handshake | both | JSON |
//! | 2 | handshake ack | client to server | empty |
//! | 3 | heartbeat | both | empty |
//! | 4 | data | both | message |
//! | 5 | kick | server to client | JSON |
//!
//! | message flag | meaning |
//! |---|---|
//! | `0x01` | the route is a dictionary code, `u16` big-endian; else a length byte and UTF-8 |
//! | `0x0e` | the type: 0 request, 1 notify, 2 response, 3 push |
//! | `0x10` | the body is a zlib stream, see [`zlib`] |
//! | `0x20` | the response is an error |
//! | `0xc0` | unused, ignored |
//!
//! # Examples
//!
//! A request on its way to a server, and its parts there:
//!
//! ```
//! use bytes::BytesMut;
//! use nano::codec::{Message, MessageError, MessageHead, MessageKind, Route};
//! use nano::codec::{PacketDecoder, PacketError, PacketKind, packet};
//!
//! # #[derive(Debug)]
//! # enum Error { Packet(PacketError), Message(MessageError) }
//! # impl From<PacketError> for Error { fn from(e: PacketError) -> Self { Self::Packet(e) } }
//! # impl From<MessageError> for Error { fn from(e: MessageError) -> Self { Self::Message(e) } }
//! # fn main() -> Result<(), Error> {
//! let head = MessageHead {
//!     kind: MessageKind::Request,
//!     id: 7,
//!     route: Route::Name("room.join"),
//!     compressed: false,
//!     error: false,
//! };
//! let mut wire = BytesMut::new();
//! packet::encode_with::<Error>(PacketKind::Data, 65_536, &mut wire, |out| {
//!     head.encode(out)?;
//!     out.extend_from_slice(b"{}");
//!     Ok(())
//! })?;
//!
//! let packet = PacketDecoder::new(65_536).decode(&mut wire)?.expect("the packet is complete");
//! let message = Message::decode(&packet.body)?;
//! assert_eq!(message.id, 7);
//! assert_eq!(message.route, Route::Name("room.join"));
//! assert_eq!(&message.body[..], b"{}");
//! # Ok(())
//! # }
//! ```

// All input was chosen by a peer: every operation that could panic on a value has to be a match
// instead.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::panic
)]

pub mod message;
pub mod packet;
pub mod text;
pub mod zlib;

pub use message::{Message, MessageError, MessageHead, MessageKind, Route};
pub use packet::{Packet, PacketDecoder, PacketError, PacketKind, PacketRef};

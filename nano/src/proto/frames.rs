//! The codec of the frames of a link.

use std::marker::PhantomData;

use bytes::Buf;
use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// The codec of the frames of a link. A frame is cut off from what has come before it is read, so that its parts are slices
/// of it.
#[derive(Debug)]
pub struct FrameCodec<T>(PhantomData<fn() -> T>);

impl<T> Default for FrameCodec<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T: Message + Default + 'static> Codec for FrameCodec<T> {
    type Encode = T;
    type Decode = T;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl<T: Message> Encoder for FrameCodec<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, frame: T, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        // The buffer grows as it has to.
        frame.encode(out).map_err(|error| Status::internal(error.to_string()))
    }
}

impl<T: Message + Default> Decoder for FrameCodec<T> {
    type Item = T;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<T>, Status> {
        let frame = from.copy_to_bytes(from.remaining());
        T::decode(frame).map(Some).map_err(|error| Status::internal(error.to_string()))
    }
}

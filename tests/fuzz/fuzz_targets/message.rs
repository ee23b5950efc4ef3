//! One message, a compressed body and the text of a client, for the codec alone.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use nano_fuzz::codec;

fuzz_target!(|input: &[u8]| {
    codec::message(&Bytes::copy_from_slice(input));
    codec::inflate(input);
    codec::texts(input);
});

//! A stream of packets and their messages, for the codec alone.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use nano::codec::{PacketDecoder, packet};
use nano_fuzz::{LIMIT, codec};

// The stream is read in one piece and byte by byte, which must come to the same.
fuzz_target!(|input: &[u8]| {
    let decoder = PacketDecoder::new(LIMIT);
    let mut whole = BytesMut::from(input);
    let mut arriving = input.iter();
    let mut pieces = BytesMut::new();
    loop {
        let expected = decoder.decode(&mut whole);
        let mut read = decoder.decode(&mut pieces);
        while let Ok(None) = read {
            let Some(byte) = arriving.next() else { break };
            pieces.extend_from_slice(&[*byte]);
            read = decoder.decode(&mut pieces);
        }
        assert_eq!(read, expected);
        let Ok(Some(packet)) = expected else { break };
        let mut written = BytesMut::new();
        packet::encode(packet.kind, &packet.body, LIMIT, &mut written)
            .expect("it was within the limit");
        assert_eq!(decoder.decode(&mut written), Ok(Some(packet.clone())));
        codec::message(&packet.body);
    }
});

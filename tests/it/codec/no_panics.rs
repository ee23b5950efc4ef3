//! A million inputs that no peer should send, through everything that decodes.

use std::thread;

use bytes::{Bytes, BytesMut};
use nano::codec::{
    Message, MessageHead, MessageKind, PacketDecoder, PacketKind, Route, packet, text, zlib,
};

use super::vectors;

const INPUTS: usize = 1_000_000;
const THREADS: usize = 2;
const LIMIT: usize = 1500;

/// Bytes with a meaning to some decoder: lengths, flags, continuation bits, the first bytes of surrogates
/// and of long characters.
const TELLING: [u8; 14] =
    [0x00, 0x01, 0x02, 0x03, 0x04, 0x10, 0x7F, 0x80, 0x9C, 0xA0, 0xB0, 0xED, 0xF0, 0xFF];

/// Xorshift: the same inputs in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() >> 16) as usize % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        match self.below(3) {
            0 => TELLING[self.below(TELLING.len())],
            _ => (self.next() >> 24) as u8,
        }
    }

    fn bytes(&mut self, longest: usize) -> Vec<u8> {
        (0..self.below(longest + 1)).map(|_| self.byte()).collect()
    }

    fn mutated(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut input = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(4) {
            let at = self.below(input.len());
            match self.below(7) {
                0 if !input.is_empty() => input[at] ^= 1 << self.below(8),
                1 if !input.is_empty() => input[at] = self.byte(),
                2 => input.insert(at, self.byte()),
                3 if !input.is_empty() => drop(input.remove(at)),
                4 => input.truncate(at),
                5 => drop(input.splice(at..at, self.bytes(6))),
                _ => {
                    let other = &seeds[self.below(seeds.len())];
                    input.truncate(at);
                    input.extend_from_slice(&other[self.below(other.len() + 1)..]);
                }
            }
        }
        input
    }
}

/// The material of which inputs are made, in kinds with an equal share each.
struct Seeds {
    golden: Vec<Vec<u8>>,
    compressed: Vec<Vec<u8>>,
    texts: Vec<Vec<u8>>,
}

impl Seeds {
    fn collect() -> Self {
        let mut golden = vectors::all_bytes();
        let bodies: Vec<_> = golden
            .iter()
            .filter(|bytes| bytes.len() > 4)
            .map(|bytes| bytes[4..].to_vec())
            .collect();
        golden.extend(bodies);
        golden.retain(|bytes| bytes.len() < 600);

        let repetitive = [
            "to be or not to be, that is the question: ".repeat(4),
            "[1,2,3,".repeat(40),
            "x".repeat(4 * LIMIT),
        ];
        let deflate =
            |text: &String| zlib::deflate(text.as_bytes()).expect("repetition compresses").to_vec();
        let mut compressed: Vec<_> = repetitive.iter().map(deflate).collect();
        let in_message = |body: &Vec<u8>| {
            let mut wire = BytesMut::new();
            let (kind, route) = (MessageKind::Response, Route::None);
            let head = MessageHead { kind, id: 300, route, compressed: true, error: false };
            head.encode(&mut wire).expect("a response needs no route");
            wire.extend_from_slice(body);
            wire.to_vec()
        };
        let messages: Vec<_> = compressed.iter().map(in_message).collect();
        compressed.extend(messages);

        let texts = [
            &b"{\"a\":\"\xed\xa0\xbd\xed\xb8\x80 \xed\xa0\xbd\"}"[..],
            "{\"a\":\"한국 😀😁\"}".as_bytes(),
        ];
        Self { golden, compressed, texts: texts.map(<[u8]>::to_vec).to_vec() }
    }

    fn input(&self, random: &mut Random) -> Vec<u8> {
        let input = match random.below(4) {
            0 => random.bytes(40),
            1 => random.mutated(&self.golden),
            2 => random.mutated(&self.compressed),
            _ => random.mutated(&self.texts),
        };
        // Most mutations of a frame end at its header: give some of them a sound one.
        if random.below(3) != 0 {
            return input;
        }
        let mut framed = BytesMut::new();
        packet::encode(PacketKind::Data, &input, LIMIT, &mut framed).expect("the input is short");
        framed.to_vec()
    }
}

/// The counts of the decoders' results. Each kind of result must occur, or the inputs test too little.
#[derive(Debug, Default)]
struct Seen {
    inputs: usize,
    packets: usize,
    refused_packets: usize,
    messages: usize,
    refused_messages: usize,
    inflated: usize,
    refused_streams: usize,
    repaired: usize,
    escaped: usize,
}

impl Seen {
    fn drive(&mut self, input: &[u8]) {
        self.inputs += 1;
        let decoder = PacketDecoder::new(LIMIT);
        let mut buf = BytesMut::from(input);
        let mut read = 0;
        loop {
            match decoder.decode(&mut buf) {
                Ok(Some(packet)) => {
                    read += packet::HEADER_LEN + packet.body.len();
                    self.packets += 1;
                    self.message(&packet.body);
                }
                Ok(None) => break,
                Err(_) => {
                    self.refused_packets += 1;
                    break;
                }
            }
        }
        assert_eq!(read + buf.len(), input.len(), "{input:02x?}");
        self.message(&Bytes::copy_from_slice(input));
        self.inflate(input);
        self.text(input);
    }

    fn message(&mut self, bytes: &Bytes) {
        let Ok(message) = Message::decode(bytes) else {
            self.refused_messages += 1;
            return;
        };
        self.messages += 1;
        assert!(bytes.ends_with(&message.body), "{bytes:02x?}");
        if message.compressed {
            self.inflate(&message.body);
        }
    }

    fn inflate(&mut self, bytes: &[u8]) {
        match zlib::inflate(bytes, LIMIT) {
            Ok(inflated) => {
                self.inflated += 1;
                assert!(inflated.len() <= LIMIT, "{bytes:02x?}");
            }
            Err(_) => self.refused_streams += 1,
        }
    }

    fn text(&mut self, bytes: &[u8]) {
        if let Some(repaired) = text::repair_surrogates(bytes) {
            self.repaired += 1;
            assert!(
                repaired.len() < bytes.len() && text::repair_surrogates(&repaired).is_none(),
                "{bytes:02x?}"
            );
        }
        if let Some(escaped) = text::escape_non_bmp(bytes) {
            self.escaped += 1;
            assert!(
                escaped.len() > bytes.len() && text::escape_non_bmp(&escaped).is_none(),
                "{bytes:02x?}"
            );
        }
    }
}

#[test]
fn no_input_panics() {
    let seeds = &Seeds::collect();
    let seen: Vec<Seen> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                scope.spawn(move || {
                    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (thread as u64 + 1));
                    let mut seen = Seen::default();
                    for _ in 0..INPUTS / THREADS {
                        seen.drive(&seeds.input(&mut random));
                    }
                    seen
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("nothing panics")).collect()
    });
    assert_eq!(seen.iter().map(|seen| seen.inputs).sum::<usize>(), INPUTS);
    for seen in seen {
        let Seen { packets, refused_packets, messages, refused_messages, .. } = seen;
        let Seen { inflated, refused_streams, repaired, escaped, .. } = seen;
        let outcomes = [
            packets,
            refused_packets,
            messages,
            refused_messages,
            inflated,
            refused_streams,
            repaired,
            escaped,
        ];
        assert!(outcomes.into_iter().min() > Some(500), "{seen:?}");
    }
}

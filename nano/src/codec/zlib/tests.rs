//! Tests of compressed bodies.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use super::*;

fn text() -> Vec<u8> {
    (0..5000u32).flat_map(|i| (i % 97).to_string().into_bytes()).collect()
}

#[test]
fn the_limit_itself_is_accepted() {
    let text = text();
    let deflated = deflate(&text).unwrap();
    let check = |limit, expected: Result<&[u8], InflateError>| {
        assert_eq!(inflate(&deflated, limit).as_deref(), expected.as_deref(), "within {limit}");
    };
    check(text.len(), Ok(&text));
    check(text.len() + 1, Ok(&text));
    check(usize::MAX, Ok(&text));
    for limit in [0, 1, FIRST_CAPACITY, text.len() - 1] {
        check(limit, Err(InflateError::TooLong { limit }));
    }
}

#[test]
fn an_empty_stream_fits_any_limit() {
    let empty = [0x78, 0x9C, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01];
    assert_eq!(inflate(&empty, 0).as_deref(), Ok(&[][..]));
    assert_eq!(inflate(&empty, 100).as_deref(), Ok(&[][..]));
}

#[test]
fn every_truncation_is_refused() {
    let text = text();
    let deflated = deflate(&text).unwrap();
    for len in 0..deflated.len() {
        assert_eq!(
            inflate(&deflated[..len], text.len()),
            Err(InflateError::Truncated),
            "{len} bytes"
        );
    }
}

#[test]
fn what_is_no_zlib_stream_is_corrupt() {
    let check =
        |body: &[u8]| assert_eq!(inflate(body, 65_536), Err(InflateError::Corrupt), "{body:02x?}");
    check(b"hello world");
    check(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut deflated = deflate(&text()).unwrap().to_vec();
    *deflated.last_mut().unwrap() ^= 1;
    check(&deflated);
    // A preset dictionary, which no peer has agreed on.
    check(&[0x78, 0xBB, 0, 0, 0, 1, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
}

#[test]
fn what_follows_the_stream_is_ignored() {
    let text = text();
    let mut body = deflate(&text).unwrap().to_vec();
    body.extend_from_slice(b"more");
    assert_eq!(inflate(&body, text.len()).as_deref(), Ok(&text[..]));
}

#[test]
fn the_buffer_never_outgrows_the_limit() {
    for limit in [1, 7, FIRST_CAPACITY - 1, FIRST_CAPACITY, FIRST_CAPACITY + 1, 65_536, 100_000] {
        let mut buffer = Vec::new();
        let mut steps = 0;
        while buffer.len() < limit {
            reserve(&mut buffer, limit);
            assert!(
                buffer.capacity() > buffer.len() && buffer.capacity() <= limit,
                "{} of {limit}",
                buffer.capacity()
            );
            buffer.resize(buffer.capacity(), 0);
            steps += 1;
        }
        assert!(steps <= 8, "{steps} steps to {limit}");
    }
}

#[test]
fn bodies_that_would_not_shrink_stay_as_they_are() {
    let mut noise = 1u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(4096)
    .collect();
    assert_eq!(deflate(&noise), None);
    for len in 0..=MIN_STREAM_LEN {
        assert_eq!(deflate(&vec![0; len]), None, "{len} bytes");
    }
    assert!(deflate(&[0; 100]).unwrap().len() < 100);
}

#[test]
fn no_stream_is_shorter_than_the_minimum() {
    let mut stream = Compress::new(Compression::best(), true);
    let mut shortest = Vec::with_capacity(64);
    assert_eq!(
        stream.compress_vec(&[0], &mut shortest, FlushCompress::Finish).unwrap(),
        Status::StreamEnd
    );
    assert_eq!(shortest.len(), MIN_STREAM_LEN);
}

#[test]
fn errors_name_the_limit() {
    let check = |error: InflateError, text| assert_eq!(error.to_string(), text);
    check(InflateError::Corrupt, "compressed body is not a valid zlib stream");
    check(InflateError::Truncated, "compressed body ends before its zlib stream does");
    check(InflateError::TooLong { limit: 8 }, "decompressed body exceeds the limit of 8 bytes");
}

#[test]
fn a_tail_is_deflated_in_its_place() {
    let text = text();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let noise = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    });
    let noise: Vec<u8> = noise.take(5000).collect();
    let check = |body: &[u8], smaller: bool| {
        let mut out = BytesMut::from(&b"head"[..]);
        out.extend_from_slice(body);
        assert_eq!(deflate_tail(&mut out, 4), smaller, "{} bytes", body.len());
        assert_eq!(&out[..4], b"head");
        let tail = out.split_off(4).freeze();
        assert_eq!(Some(&tail).filter(|_| smaller), deflate(body).as_ref());
        if smaller {
            assert!(tail.len() < body.len());
            assert_eq!(inflate(&tail, body.len()).as_deref(), Ok(body));
        } else {
            assert_eq!(&tail[..], body);
        }
    };
    // One stream is used again and again: what it saw before must not show.
    for _ in 0..3 {
        check(&text, true);
        check(&noise, false);
        check(&[0; 100_000], true);
        check(b"", false);
        check(b"aaaaaaaaa", false);
        check(&[b'a'; 30], true);
    }
    let mut out = BytesMut::from(&b"head"[..]);
    assert!(!deflate_tail(&mut out, 5), "it starts behind the end");
    assert_eq!(&out[..], b"head");
}

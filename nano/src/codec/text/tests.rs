//! Tests of surrogates and escapes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use super::*;

#[test]
fn pairs_are_repaired_and_the_rest_is_kept() {
    let check = |sent: &[u8], expected: Option<&str>| {
        assert_eq!(repair_surrogates(sent).as_deref(), expected.map(str::as_bytes), "{sent:02x?}");
    };
    check(b"", None);
    check(b"{\"a\":1}", None);
    check("한국어 \u{D7FF} \u{E000} 😀".as_bytes(), None);
    check(b"\xed\xa0\x80\xed\xb0\x80", Some("\u{10000}"));
    check(b"\xed\xaf\xbf\xed\xbf\xbf", Some("\u{10FFFF}"));
    check(b"\"\xed\xa0\xbd\xed\xb8\x80\xed\xa0\xbd\xed\xb8\x81!\"", Some("\"😀😁!\""));
    check("\u{D55C}\u{ED}".as_bytes(), None);
    let mut mixed = "한".as_bytes().to_vec();
    mixed.extend_from_slice(b"\xed\xa0\xbd\xed\xb8\x80");
    mixed.extend_from_slice("국😁".as_bytes());
    check(&mixed, Some("한😀국😁"));
}

#[test]
fn lone_surrogates_stay_for_the_parser_to_refuse() {
    let pair = b"\xed\xa0\xbd\xed\xb8\x80";
    let check = |sent: &[u8]| assert_eq!(repair_surrogates(sent), None, "{sent:02x?}");
    check(b"\xed\xa0\xbd");
    check(b"\xed\xb8\x80");
    check(b"\xed\xb8\x80\xed\xa0\xbd");
    check(b"\xed\xa0\xbd\xed\xa0\xbd");
    check(b"\xed\xa0\xbd \xed\xb8\x80");
    for len in 0..pair.len() {
        check(&pair[..len]);
    }
    // Only the second and third make a pair; the first has lost its own.
    let sent = [&b"\xed\xa0\xbd"[..], pair].concat();
    assert_eq!(repair_surrogates(&sent).unwrap(), [&b"\xed\xa0\xbd"[..], "😀".as_bytes()].concat());
}

#[test]
fn characters_beyond_the_bmp_are_escaped() {
    let check = |json: &[u8], expected: Option<&str>| {
        assert_eq!(escape_non_bmp(json).as_deref(), expected.map(str::as_bytes), "{json:02x?}");
    };
    check(b"", None);
    check(b"{\"a\":1}", None);
    check("\"é한\u{FFFF}\"".as_bytes(), None);
    check("\u{10000}".as_bytes(), Some("\\ud800\\udc00"));
    check("\u{10FFFF}".as_bytes(), Some("\\udbff\\udfff"));
    check("\"é😀x😁한\"".as_bytes(), Some("\"é\\ud83d\\ude00x\\ud83d\\ude01한\""));
}

#[test]
fn bytes_that_are_no_character_are_not_escaped() {
    let check = |json: &[u8]| assert_eq!(escape_non_bmp(json), None, "{json:02x?}");
    check(b"\xf0");
    check(b"\xf0\x9f\x98");
    check(b"\xf0\x80\x80\x80");
    check(b"\xf4\x90\x80\x80");
    check(b"\xf5\x80\x80\x80");
    check(b"\xffabc");
    assert_eq!(escape_non_bmp(b"\xf0\xf0\x9f\x98\x80").unwrap(), b"\xf0\\ud83d\\ude00");
}

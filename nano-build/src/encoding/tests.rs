use super::*;

fn check(decode: fn(&[u8]) -> Result<String, NoText>, bytes: &[u8], expected: Result<&str, &str>) {
    let found = decode(bytes).map_err(|error| error.to_string());
    assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{bytes:?}");
}

#[test]
fn texts_are_utf8_and_a_mark_is_no_part_of_them() {
    check(text, b"", Ok(""));
    check(text, "\u{feff}caf\u{e9}\r\n".as_bytes(), Ok("caf\u{e9}\r\n"));
    // As protoc: a second one is a character.
    check(text, b"\xef\xbb\xbf\xef\xbb\xbfa", Ok("\u{feff}a"));
    for utf16 in [b"\xff\xfea\0", b"\xfe\xff\0a"] {
        check(text, utf16, Err("1:1: the file is UTF-16: save it as UTF-8"));
    }
    check(
        text,
        b"a\n\xc3\xa9 caf\xe9",
        Err("2:6: the byte 0xe9 is not UTF-8: save the file as UTF-8"),
    );
}

#[cfg(feature = "protos")]
#[test]
fn comments_of_protos_may_be_in_any_encoding() {
    check(
        proto,
        b"// caf\xe9\nmessage A {} /* \xb9\xfe * \xb9/ */ // \xe9",
        Ok("// caf\u{fffd}\nmessage A {} /* \u{fffd}\u{fffd} * \u{fffd}/ */ // \u{fffd}"),
    );
    for (bytes, place) in [
        (&b"// ok\nmessage Caf\xe9 {}"[..], "2:12"),
        (b"/* ok **/ \xe9", "1:11"),
        (b"a / \xe9", "1:5"),
        (b"option a = \"// caf\xe9\";", "1:19"),
        (b"option a = '\\'// caf\xe9';", "1:21"),
    ] {
        check(
            proto,
            bytes,
            Err(&format!("{place}: the byte 0xe9 is not UTF-8: save the file as UTF-8")),
        );
    }
}

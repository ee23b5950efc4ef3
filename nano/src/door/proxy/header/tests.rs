//! Headers as proxies send them, and as nobody should.

use super::*;

/// Version 2: a command and family, and the bytes behind the length.
fn v2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
    let len = u16::try_from(rest.len()).expect("a short header").to_be_bytes();
    [SIGNATURE, &[command, family], &len, rest].concat()
}

/// Reads a header in front of `behind`, whole and byte by byte; nothing of `behind` may be read.
async fn read(header: &[u8]) -> Result<Option<String>, String> {
    let behind = b"\x01\0\0\0";
    let bytes = [header, behind].concat();
    let mut whole = &bytes[..];
    let read = super::read(&mut whole).await;
    let mut split = byte_by_byte(&bytes);
    let again = super::read(&mut split).await;
    assert_eq!(read.as_ref().ok(), again.as_ref().ok(), "{}", header.escape_ascii());
    if read.is_ok() {
        assert_eq!(whole, behind, "{}", header.escape_ascii());
    }
    read.map(|address| address.map(|address| address.to_string())).map_err(|e| e.to_string())
}

/// A stream that gives one byte at a time.
fn byte_by_byte(bytes: &[u8]) -> impl AsyncRead + Unpin + use<> {
    struct Bytes(Vec<u8>);

    impl AsyncRead for Bytes {
        fn poll_read(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
            buf: &mut tokio::io::ReadBuf<'_>,
        ) -> std::task::Poll<io::Result<()>> {
            if !self.0.is_empty() && buf.remaining() > 0 {
                buf.put_slice(&[self.0.remove(0)]);
            }
            std::task::Poll::Ready(Ok(()))
        }
    }

    Bytes(bytes.to_vec())
}

#[tokio::test]
async fn headers_of_both_versions_name_the_client() {
    let v4 = [203, 0, 113, 7, 10, 0, 0, 1, 0x12, 0x34, 0x0c, 0xb2];
    let mut v6 = [0; 36];
    (v6[0], v6[1], v6[15], v6[33]) = (0x20, 0x01, 7, 80);
    // HAProxy appends TLVs: here the unique id `ab`.
    let with_tlv = [&v4[..], &[5, 0, 2, b'a', b'b']].concat();
    let longest = [&v4[..], &vec![4; V2_LIMIT - v4.len()]].concat();
    let far = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
               ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
    for (header, client) in [
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 4660 3250\r\n".to_vec(), Some("203.0.113.7:4660")),
        (b"PROXY TCP6 2001::7 2001::8 80 3250\r\n".to_vec(), Some("[2001::7]:80")),
        (far.into(), Some("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")),
        (b"PROXY UNKNOWN\r\n".to_vec(), None),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n".to_vec(), None),
        (v2(0x21, 0x11, &v4), Some("203.0.113.7:4660")),
        (v2(0x21, 0x11, &with_tlv), Some("203.0.113.7:4660")),
        (v2(0x21, 0x11, &longest), Some("203.0.113.7:4660")),
        (v2(0x21, 0x21, &v6), Some("[2001::7]:80")),
        // A health check of the proxy's own, and a client on a Unix socket.
        (v2(0x20, 0x00, &[]), None),
        (v2(0x20, 0x11, &[]), None),
        (v2(0x21, 0x00, &[]), None),
        (v2(0x21, 0x31, &[0; 216]), None),
    ] {
        let expected = Ok(client.map(str::to_owned));
        assert_eq!(read(&header).await, expected, "{}", header.escape_ascii());
    }
}

/// Whatever a header holds, the reader neither panics nor waits for more than it may.
#[tokio::test]
async fn promise_3_no_header_causes_a_panic() {
    let v1 = b"PROXY TCP4 203.0.113.7 10.0.0.1 4660 3250\r\n".to_vec();
    for header in
        [v1, v2(0x21, 0x11, &[7; 12]), v2(0x21, 0x21, &[7; 40]), v2(0x21, 0x31, &[7; 216])]
    {
        for at in 0..header.len() {
            for byte in [0, 1, b' ', b'\n', b'\r', b'9', b'P', 0x20, 0x7f, 0xff] {
                let mut changed = header.clone();
                changed[at] = byte;
                let mut bytes = &changed[..];
                let _ = super::read(&mut bytes).await;
                changed.resize(V2_START + V2_LIMIT + 10, byte);
                let mut bytes = &changed[..];
                let _ = super::read(&mut bytes).await;
                assert!(bytes.len() >= 10, "read beyond the limit");
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_does_not_begin_with_a_header_is_refused() {
    for (bytes, reason) in [
        (b"\x01\0\0\0".to_vec(), "it begins with `\\x01\\x00\\x00\\x00"),
        (b"GET /nano HTTP/1.1\r\n".to_vec(), "it begins with `GET /nano HT`"),
        (b"POST /nano HTTP/1.1\r\n".to_vec(), "it begins with `POST /nano H`"),
        (b"\r\n\r\n\0\r\nquit\n".to_vec(), "it begins with"),
        (b"PROXY TCP4 203.0.113.7\r\n".to_vec(), "its header is `PROXY TCP4 203.0.113.7\\r\\n`"),
        (b"PROXY TCP4 203.0.113.700 10.0.0.1 1 2\r\n".to_vec(), "its header is"),
        (b"PROXY TCP4 203.0.113.7 10.0.0.1 1 65536\r\n".to_vec(), "its header is"),
        ([b"PROXY UNKNOWN ".to_vec(), vec![b'x'; 200]].concat(), "its header is"),
        (v2(0x21, 0x11, &[1, 2, 3, 4]), "its header is"),
        (v2(0x31, 0x11, &[0; 12]), "its header is"),
        (v2(0x31, 0x11, &[0; V2_LIMIT]), "its header is"),
        (v2(0x22, 0x11, &[0; 12]), "its header is"),
        (v2(0x21, 0x11, &[0; V2_LIMIT + 1]), "its header of 4097 bytes exceeds 4096"),
    ] {
        let refused = read(&bytes).await.expect_err("it is no header");
        assert!(refused.contains(reason), "{}: {refused}", bytes.escape_ascii());
        assert!(refused.len() < 600, "a long line in the log: {refused}");
    }
    // One that ends within it.
    let header = v2(0x21, 0x11, &[0; 12]);
    for len in 0..header.len() {
        let error = super::read(&mut &header[..len]).await.expect_err("it is not complete");
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{len}");
    }
}

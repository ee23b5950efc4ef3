//! The header of the PROXY protocol, in which a proxy names the client that it speaks for.

use std::io;
use std::net::SocketAddr;

use proxy_header::{ParseConfig, ProxyHeader};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first bytes of a header of version 2.
pub(in crate::door) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The first bytes of a header of version 1.
const GREETING: &[u8] = b"PROXY ";

/// The longest header of version 1, by its specification.
const V1_LIMIT: usize = 107;
/// The longest header of version 2. Those of proxies have up to a few hundred bytes.
const V2_LIMIT: usize = 4096;
/// The part of a header of version 2 that tells the length of the rest.
const V2_START: usize = 16;

/// Reads a header and nothing behind it. Returns the client's address; `None` when the header names none.
///
/// # Errors
///
/// [`InvalidData`](io::ErrorKind::InvalidData) when the stream does not begin with a header.
pub(in crate::door) async fn read<S>(io: &mut S) -> io::Result<Option<SocketAddr>>
where
    S: AsyncRead + Unpin,
{
    let mut header = Vec::with_capacity(V1_LIMIT);
    while header.len() < SIGNATURE.len() {
        let rest = (SIGNATURE.len() - header.len()) as u64;
        if (&mut *io).take(rest).read_buf(&mut header).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !begins_as(&header, GREETING) && !begins_as(&header, SIGNATURE) {
            return Err(invalid(format!("it begins with `{}`", header.escape_ascii())));
        }
    }
    if header.starts_with(SIGNATURE) {
        header.resize(V2_START, 0);
        io.read_exact(&mut header[SIGNATURE.len()..]).await?;
        let len = usize::from(u16::from_be_bytes([header[14], header[15]]));
        if len > V2_LIMIT {
            return Err(invalid(format!("its header of {len} bytes exceeds {V2_LIMIT}")));
        }
        header.resize(V2_START + len, 0);
        io.read_exact(&mut header[V2_START..]).await?;
        // The proxy speaks for itself: of the rest nothing counts, whatever it is.
        if header[SIGNATURE.len()] == 0x20 {
            return Ok(None);
        }
    } else {
        // Byte by byte: what follows belongs to the client.
        while !header.ends_with(b"\n") && header.len() < V1_LIMIT {
            header.push(io.read_u8().await?);
        }
    }
    let config = ParseConfig { include_tlvs: false, ..ParseConfig::default() };
    match ProxyHeader::parse(&header, config) {
        Ok((parsed, _)) => Ok(parsed.proxied_address().map(|address| address.source)),
        Err(_) => {
            // Enough to tell what is wrong with it.
            let shown = &header[..header.len().min(V1_LIMIT)];
            Err(invalid(format!("its header is `{}`", shown.escape_ascii())))
        }
    }
}

/// Returns `true` if so much of `expected` has come as there is room for.
fn begins_as(bytes: &[u8], expected: &[u8]) -> bool {
    let len = bytes.len().min(expected.len());
    bytes[..len] == expected[..len]
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests;

//! The head of an HTTP request, read within a limit.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_tungstenite::tungstenite::http::{
    HeaderName, HeaderValue, Method, Request, Uri, Version,
};

use crate::door::Stranger;

/// The most header fields of a request.
const FIELDS: usize = 256;

/// The most bytes that are read at a time.
const READ: usize = 1024;

/// A request without its body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) request: Request<()>,
    /// The bytes that came behind it.
    pub(super) early: Vec<u8>,
}

/// Bytes that are no request.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// The head exceeds a limit, which the text names.
    TooLong(String),
    /// It is no HTTP; perhaps it is known what else it is.
    NoRequest(Option<Stranger>),
}

/// Reads a head of `limit` bytes at most.
///
/// # Errors
///
/// The outer error says that the connection broke, or ended.
pub(super) async fn read<S>(io: &mut S, limit: usize) -> io::Result<Result<Head, Unreadable>>
where
    S: AsyncRead + Unpin,
{
    let mut bytes = Vec::new();
    loop {
        match parse(&bytes) {
            Ok(Some((len, request))) => {
                let early = bytes.split_off(len);
                return Ok(Ok(Head { request, early }));
            }
            Ok(None) if bytes.len() >= limit => {
                let text = format!("the request head exceeds {limit} bytes");
                return Ok(Err(Unreadable::TooLong(text)));
            }
            Ok(None) => {}
            Err(unreadable) => return Ok(Err(unreadable)),
        }
        let room = READ.min(limit - bytes.len());
        bytes.reserve(room);
        if (&mut *io).take(room as u64).read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Reads a request and its length; `None` while it is not complete.
fn parse(bytes: &[u8]) -> Result<Option<(usize, Request<()>)>, Unreadable> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut head = httparse::Request::new(&mut fields);
    let len = match head.parse(bytes) {
        Ok(httparse::Status::Partial) => return Ok(None),
        Ok(httparse::Status::Complete(len)) => len,
        Err(httparse::Error::TooManyHeaders) => {
            let text = format!("the request has more than {FIELDS} header fields");
            return Err(Unreadable::TooLong(text));
        }
        Err(_) => return Err(Unreadable::NoRequest(Stranger::of_first_bytes(bytes))),
    };
    let request = to_request(&head).ok_or(Unreadable::NoRequest(None))?;
    Ok(Some((len, request)))
}

fn to_request(head: &httparse::Request<'_, '_>) -> Option<Request<()>> {
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(head.method?.as_bytes()).ok()?;
    *request.uri_mut() = head.path?.parse::<Uri>().ok()?;
    *request.version_mut() = if head.version? == 0 { Version::HTTP_10 } else { Version::HTTP_11 };
    for field in &*head.headers {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(field.value).ok()?);
    }
    Some(request)
}

//! A limit on the first message of a stream, before it is known who sends it.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame, SizeHint};
use tonic::Status;
use tonic::codegen::{Service, StdError, http};
use tonic::server::NamedService;

/// The largest first message: a Hello has a few hundred bytes.
const LARGEST: u32 = 4096;

/// The head of a message: a flag, and the length.
const HEAD: usize = 5;

/// A service whose streams begin with a small message. Memory for a message is allocated by the length in its head.
#[derive(Clone, Debug)]
pub(super) struct Small<S>(pub(super) S);

impl<S: NamedService> NamedService for Small<S> {
    const NAME: &'static str = S::NAME;
}

impl<S, B> Service<http::Request<B>> for Small<S>
where
    S: Service<http::Request<FirstChecked<B>>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> S::Future {
        self.0.call(request.map(|body| FirstChecked { body: Box::pin(body), head: Vec::new() }))
    }
}

/// A body whose first message is small.
pub(super) struct FirstChecked<B> {
    body: Pin<Box<B>>,
    /// What has come of the head of the first message.
    head: Vec<u8>,
}

impl<B> FirstChecked<B> {
    /// Looks at the next bytes.
    fn check(&mut self, data: &[u8]) -> Result<(), Status> {
        let missing = HEAD.saturating_sub(self.head.len());
        if missing == 0 {
            return Ok(());
        }
        self.head.extend_from_slice(data.get(..missing).unwrap_or(data));
        let Some(mut length) = self.head.get(1..HEAD) else { return Ok(()) };
        match length.get_u32() {
            length if length > LARGEST => {
                Err(Status::out_of_range("the first message is too large"))
            }
            _ => Ok(()),
        }
    }
}

impl<B> Body for FirstChecked<B>
where
    B: Body<Data = Bytes>,
    B::Error: Into<StdError>,
{
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        self.body.as_mut().poll_frame(cx).map(|next| {
            next.map(|frame| {
                let frame = frame.map_err(Into::into)?;
                if let Some(data) = frame.data_ref() {
                    self.check(data)?;
                }
                Ok(frame)
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_is_small_and_the_next_ones_need_not_be() {
        let checked = |parts: &[&[u8]]| {
            let mut body = FirstChecked { body: Box::pin(()), head: Vec::new() };
            parts.iter().try_for_each(|part| body.check(part)).is_ok()
        };
        let head = |length: u32| [&[0], &length.to_be_bytes()[..]].concat();
        assert!(checked(&[&head(LARGEST)]));
        assert!(!checked(&[&head(LARGEST + 1)]));
        let (one, other) = (head(u32::MAX), head(3));
        assert!(!checked(&[&one[..2], &one[2..]]), "however it is cut");
        assert!(checked(&[&other[..4], &[3, 1, 2, 3], &one]));
    }
}

//! The last answer of a connection that is refused.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The time and the number of bytes for which a refused peer is still read, so that the reset of a connection
/// with unread bytes does not overtake the answer.
const DRAIN_TIME: Duration = Duration::from_secs(1);
const DRAIN_LEN: u64 = 256 * 1024;

/// Writes the last answer of a connection, and waits until the peer has it.
pub(super) async fn send<S>(io: &mut S, answer: &[u8]) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    io.write_all(answer).await?;
    io.shutdown().await?;
    let (mut rest, mut nowhere) = (io.take(DRAIN_LEN), tokio::io::sink());
    let drained = tokio::io::copy(&mut rest, &mut nowhere);
    // The peer may have closed, and may take its time.
    let _ = tokio::time::timeout(DRAIN_TIME, drained).await;
    Ok(())
}

//! A way to etcd that can be slow, or cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};

/// The way, by a port of its own.
pub(super) struct Way {
    port: u16,
    /// In milliseconds, in each direction.
    pub(super) delay: Arc<AtomicU64>,
    /// Connections end, and new ones are closed at once.
    pub(super) is_cut: Arc<AtomicBool>,
}

impl Way {
    pub(super) async fn to(etcd: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (delay, is_cut) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let way = Self { port, delay: delay.clone(), is_cut: is_cut.clone() };
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(("127.0.0.1", etcd)).await else { continue };
                let (near_read, near_write) = near.into_split();
                let (far_read, far_write) = far.into_split();
                for (from, to) in [(near_read, far_write), (far_read, near_write)] {
                    tokio::spawn(carry(from, to, delay.clone(), is_cut.clone()));
                }
            }
        });
        way
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    delay: Arc<AtomicU64>,
    is_cut: Arc<AtomicBool>,
) {
    let (send, mut waiting) = tokio::sync::mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reads = async {
        let mut part = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut part).await {
            let due = Instant::now() + Duration::from_millis(delay.load(Ordering::SeqCst));
            if send.send((due, part[..count].to_vec())).is_err() {
                break;
            }
        }
        drop(send);
    };
    let writes = async {
        while let Some((due, part)) = waiting.recv().await {
            sleep_until(due).await;
            if to.write_all(&part).await.is_err() {
                break;
            }
        }
    };
    let cut = async {
        while !is_cut.load(Ordering::SeqCst) {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        _ = async { tokio::join!(reads, writes) } => {}
        () = cut => {}
    }
}

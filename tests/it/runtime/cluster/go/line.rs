//! A network between two nodes whose connections can die without a word.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A way to an address.
pub(super) struct Line {
    pub(super) address: String,
    /// Counts the times at which all connections died.
    deaths: watch::Sender<u64>,
}

impl Line {
    pub(super) async fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own = listener.local_addr().expect("an address").to_string();
        let (deaths, death) = watch::channel(0);
        tokio::spawn(accept(listener, address.to_owned(), death));
        Self { address: own, deaths }
    }

    /// Lets nothing through any more on the connections that there are, and leaves them open. Others can be made.
    pub(super) fn die(&self) {
        self.deaths.send_modify(|count| *count += 1);
    }
}

async fn accept(listener: TcpListener, address: String, death: watch::Receiver<u64>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let (address, mut death) = (address.clone(), death.clone());
        death.mark_unchanged();
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(address).await else { return };
            tokio::select! {
                biased;
                died = death.changed() => {
                    // Until the test ends.
                    if died.is_ok() {
                        while death.changed().await.is_ok() {}
                    }
                }
                _ = copy_bidirectional(&mut near, &mut far) => {}
            }
        });
    }
}

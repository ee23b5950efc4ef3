//! The typed caller, for every pair of request and reply.

use bytes::Bytes;
use nano::client::Client;
use nano::{Json, Reply, Result, component};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Key(u32);

struct Store;

#[component]
impl Store {
    /// Finds what is stored.
    #[handler]
    async fn find(&self, key: Key) -> Result<Option<Key>> {
        Ok(Some(key))
    }

    #[handler]
    fn all(&self) -> Vec<Key> {
        Vec::new()
    }

    #[handler]
    fn forget(&mut self, key: Key) {
        let _ = key;
    }

    #[handler]
    fn clear(&mut self) -> Result<()> {
        Ok(())
    }

    #[handler]
    fn upload(&self, body: Bytes) {
        let _ = body;
    }

    #[handler]
    fn echo(&self, body: bytes::Bytes) -> bytes::Bytes {
        body
    }

    #[handler]
    fn read(&self, key: Key) -> Result<Bytes> {
        let _ = key;
        Ok(Bytes::new())
    }

    #[handler]
    fn write(&self, body: Bytes, reply: Reply<Key>) {
        let _ = body;
        reply.send(Key(1));
    }

    #[handler]
    fn new(&self) -> Key {
        Key(1)
    }
}

async fn calls(client: &Client<Json>) -> Result<()> {
    let store = StoreClient::new(client).clone();
    let _: Option<Key> = store.find(&Key(1)).await?;
    let _: Vec<Key> = store.all().await?;
    store.forget(&Key(1)).await?;
    store.clear().await?;
    store.upload(Bytes::new()).await?;
    let _: Bytes = store.echo(Bytes::new()).await?;
    let _: Bytes = store.read(&Key(1)).await?;
    let _: Key = store.write(Bytes::new()).await?;
    let _: Key = store.new_().await?;
    Ok(())
}

fn is_send(_: impl Send) {}

fn main() {
    let _ = |client: &Client<Json>| is_send(calls(client));
    let _ = |store: StoreClient<Client>| format!("{store:?}");
}

//! Encrypted bodies: each connection agrees on keys in its handshake, and every message passes a stage.
//!
//! Without an argument it talks to itself; with an address, such as `127.0.0.1:3251`, it serves WebSockets there.

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use nano::client::{Client, Pipeline};
use nano::{App, Error, Group, Handshake, OutboundKind, Result, ResultExt, Session, WebSocket};
use nano::{component, serializer::Json};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Mutex;
use x25519_dalek::{EphemeralSecret, PublicKey};

/// One direction of a connection. A body becomes a counter of eight bytes, the ciphertext and its tag.
struct Lane {
    cipher: Aes256Gcm,
    count: u64,
}

impl Lane {
    fn seal(&mut self, body: &mut Vec<u8>) -> Result<()> {
        self.count += 1;
        let sealed = self.cipher.encrypt(&nonce(self.count), body.as_slice());
        let sealed = sealed.map_err(|_| Error::internal("a body cannot be encrypted"))?;
        body.clear();
        body.extend_from_slice(&self.count.to_be_bytes());
        body.extend_from_slice(&sealed);
        Ok(())
    }

    /// Refuses what was changed on the way, sent by somebody else, or sent before.
    fn open(&mut self, body: &mut Vec<u8>) -> Result<()> {
        let opened = body.split_first_chunk().and_then(|(count, sealed)| {
            let count = u64::from_be_bytes(*count);
            let body = self.cipher.decrypt(&nonce(count), sealed).ok()?;
            (count > self.count).then_some((count, body))
        });
        let opened =
            opened.ok_or_else(|| Error::reject("unsealed", "the body does not decrypt"))?;
        (self.count, *body) = opened;
        Ok(())
    }
}

fn nonce(count: u64) -> Nonce<aes_gcm::aead::consts::U12> {
    let mut nonce = [0; 12];
    nonce[4..].copy_from_slice(&count.to_be_bytes());
    nonce.into()
}

/// The keys of one connection: those of the client's messages, and those of the server's.
struct Keys {
    from_client: Lane,
    from_server: Lane,
}

impl Keys {
    fn agree(own: EphemeralSecret, other: [u8; 32]) -> Result<Self> {
        let shared = own.diffie_hellman(&PublicKey::from(other));
        if !shared.was_contributory() {
            return Err(Error::reject("bad_key", "the public key is none"));
        }
        let hkdf = Hkdf::<Sha256>::new(None, shared.as_bytes());
        let lane = |name: &[u8]| {
            let mut key = [0; 32];
            hkdf.expand(name, &mut key).internal()?;
            Ok::<_, Error>(Lane { cipher: Aes256Gcm::new(&key.into()), count: 0 })
        };
        Ok(Self { from_client: lane(b"client")?, from_server: lane(b"server")? })
    }
}

/// The public key of one side, in `user` of the handshake.
#[derive(Deserialize, Serialize)]
struct Half {
    key: [u8; 32],
}

#[derive(Default)]
struct Room {
    members: Group,
}

#[component]
impl Room {
    #[on(handshake)]
    fn agree(&self, session: &Session, hello: Handshake<Half>) -> Result<Half> {
        let secret = EphemeralSecret::random();
        let key = PublicKey::from(&secret).to_bytes();
        session.insert(Keys::agree(secret, hello.user.key)?);
        Ok(Half { key })
    }

    #[handler]
    fn join(&self, session: &Session) -> Result<usize> {
        self.members.add(session)?;
        Ok(self.members.len())
    }

    /// Sends a text to all members, each of whom gets it under a key of its own.
    #[handler]
    fn say(&self, text: String) -> Result<()> {
        if text.is_empty() {
            return Err(Error::reject("empty", "say something"));
        }
        self.members.broadcast("onSay", &text)
    }
}

fn app() -> App {
    App::new()
        .serializer(Json)
        .component(Room::default())
        .inbound(|message| {
            let session = message.session().clone();
            let body = message.body_mut();
            let opened = session.update(|keys: &mut Keys| keys.from_client.open(body));
            opened.unwrap_or_else(|| Err(Error::internal("a session without keys")))
        })
        .outbound(|session, message| {
            let body = message.body_mut();
            let sealed = session.update(|keys: &mut Keys| keys.from_server.seal(body));
            sealed.unwrap_or_else(|| Err(Error::internal("a session without keys")))
        })
}

/// The keys of the Rust client, which several tasks may use.
struct Sealed(Mutex<Keys>);

impl Pipeline for Sealed {
    fn outbound(&self, _route: &str, body: &mut Vec<u8>) -> Result<()> {
        self.0.lock().expect("no panic").from_client.seal(body)
    }

    fn inbound(&self, _kind: OutboundKind, _route: &str, body: &mut Vec<u8>) -> Result<()> {
        self.0.lock().expect("no panic").from_server.open(body)
    }
}

async fn connect(address: &str) -> Result<Client> {
    let secret = EphemeralSecret::random();
    let half = Half { key: PublicKey::from(&secret).to_bytes() };
    Client::builder()
        .user(serde_json::to_value(half).internal()?)
        .pipeline(|user| {
            let other: Half = serde_json::from_value(user.clone()).internal()?;
            Ok(Sealed(Mutex::new(Keys::agree(secret, other.key)?)))
        })
        .connect(address)
        .await
}

#[tokio::main]
#[allow(clippy::print_stdout)]
async fn main() -> Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let server = app().listen(WebSocket::bind(&address).path("/nano")).start().await?;
    let url = format!("ws://{}/nano", server.addresses()[0]);
    if std::env::args().len() > 1 {
        println!("websocket {url}");
        return server.run().await;
    }
    let (ann, bob) = (connect(&url).await?, connect(&url).await?);
    let (heard, mut said) = tokio::sync::mpsc::channel(1);
    bob.on::<String>("onSay", move |text| heard.try_send(text).expect("somebody listens"));
    assert_eq!(bob.request::<_, usize>("room.join", &()).await?, 1);
    ann.request::<_, ()>("room.say", &"hello").await?;
    assert_eq!(said.recv().await.as_deref(), Some("hello"));
    let refused = ann.request::<_, ()>("room.say", &"").await.expect_err("it is empty");
    assert_eq!(refused.code(), Some("empty"));
    server.shutdown().await;
    Ok(())
}

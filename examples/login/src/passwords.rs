//! Hashes of passwords, made and checked on threads that may take their time.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use nano::{Error, Result, ResultExt};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// One hash takes 19 MiB, so not everybody who asks has one made at once.
const AT_ONCE: usize = 4;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));

/// Hashes a new password.
pub(crate) async fn hash(password: String) -> Result<String> {
    blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::internal(error.to_string()))
    })
    .await
}

/// Checks a password. `None` takes the time of a check, and fails: nobody learns which names exist.
pub(crate) async fn check(password: String, hash: Option<String>) -> Result<bool> {
    let is_known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let matches = blocking(move || {
        let hash = PasswordHash::new(&hash).map_err(|error| Error::internal(error.to_string()))?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    Ok(matches.await? && is_known)
}

/// A hash with the costs of the others.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$eJmq7i8OvcDEdJMYc/5I0g$\
                      hLVzl2o3w5nJAAFDeHf7JDuMt+b/2tuofObedrnn754";

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let room = ROOM.clone().acquire_owned().await.internal()?;
    let done = spawn_blocking(move || {
        let _room = room;
        work()
    });
    done.await.internal()?
}

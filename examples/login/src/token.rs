//! Tokens, with which a page signs in again without the password.

use std::fmt::Write as _;

use nano::{Result, ResultExt};
use sha2::{Digest, Sha256};

/// A new token: 32 random bytes, in hexadecimal.
pub(crate) fn create() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).internal()?;
    Ok(hexadecimal(&bytes))
}

/// The form in which a token is stored. Who reads the database cannot sign in with it.
pub(crate) fn hash(token: &str) -> String {
    hexadecimal(&Sha256::digest(token))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

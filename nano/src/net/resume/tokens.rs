//! The tokens of an app's sessions.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, Weak};

use crate::sync::{Mutex, MutexGuard};
use crate::wire::resume::Token;

/// The holders of tokens, by token.
///
/// The map hashes with random keys, so that the time of a search says nothing of the tokens that are there.
pub(crate) struct Tokens<T>(Mutex<HashMap<Token, Weak<T>>>);

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Tokens<T> {
    fn tokens(&self) -> MutexGuard<'_, HashMap<Token, Weak<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a token that stands for `holder`; `None` when the system has no random numbers.
    pub(super) fn issue(&self, holder: Weak<T>) -> Option<Token> {
        let mut bytes = [0; Token::LEN];
        getrandom::fill(&mut bytes).ok()?;
        let token = Token::new(bytes);
        self.tokens().insert(token, holder);
        Some(token)
    }

    pub(super) fn get(&self, token: &Token) -> Option<std::sync::Arc<T>> {
        self.tokens().get(token)?.upgrade()
    }

    pub(super) fn remove(&self, token: &Token) {
        let mut tokens = self.tokens();
        tokens.remove(token);
        // A burst of sessions must not hold its memory for ever.
        if tokens.capacity() > 1024 && tokens.len() < tokens.capacity() / 8 {
            let half = tokens.capacity() / 2;
            tokens.shrink_to(half);
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.tokens().len()
    }
}

impl<T> fmt::Debug for Tokens<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("len", &self.tokens().len()).finish()
    }
}

//! Accounts: the ways in, and the way out.

use nano::{Error, Result, Session, component};
use serde::{Deserialize, Serialize};

use crate::database::Database;
use crate::{passwords, token};

const NAME_LIMIT: usize = 24;
const PASSWORD_LEAST: usize = 8;
/// Hashing takes longer with the password: this is more than anybody types.
const PASSWORD_LIMIT: usize = 128;

/// The accounts. No handler changes it, so all run side by side.
pub(crate) struct Accounts {
    database: Database,
}

impl Accounts {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Makes the session the player's.
    async fn enter(&self, session: &Session, name: String) -> Result<Welcome> {
        let token = token::create()?;
        self.database.add_token(&token::hash(&token), &name).await?;
        let last_seen = self.database.visit(&name).await?;
        // From here on the player has no other session.
        session.bind(name.as_str()).await?;
        Ok(Welcome { name, token, last_seen })
    }
}

/// A name and a password.
#[derive(Deserialize, Serialize)]
pub(crate) struct Credentials {
    pub(crate) name: String,
    pub(crate) password: String,
}

/// The token of an earlier login.
#[derive(Deserialize, Serialize)]
pub(crate) struct Token {
    pub(crate) token: String,
}

/// The answer to a login.
#[derive(Deserialize, Serialize)]
pub(crate) struct Welcome {
    pub(crate) name: String,
    /// It signs in once.
    pub(crate) token: String,
    /// Seconds since 1970.
    pub(crate) last_seen: i64,
}

#[component(name = "account", max_body = "1KiB")]
impl Accounts {
    /// Makes an account, and signs in.
    #[handler(guest, rate = "5/m")]
    async fn register(&self, session: &Session, form: Credentials) -> Result<Welcome> {
        let name = checked_name(&form.name)?;
        if !(PASSWORD_LEAST..=PASSWORD_LIMIT).contains(&form.password.chars().count()) {
            let text = format!("a password has {PASSWORD_LEAST} to {PASSWORD_LIMIT} characters");
            return Err(Error::reject("bad_password", text));
        }
        let hash = passwords::hash(form.password).await?;
        if !self.database.add_player(&name, &hash).await? {
            return Err(Error::reject("name_taken", "somebody has this name already"));
        }
        self.enter(session, name).await
    }

    /// Signs in with a password.
    #[handler(guest, rate = "10/m")]
    async fn login(&self, session: &Session, form: Credentials) -> Result<Welcome> {
        // The same answer for a wrong name and a wrong password.
        let wrong = || Error::reject("wrong_login", "the name or the password is wrong");
        let name = checked_name(&form.name).map_err(|_| wrong())?;
        if form.password.chars().count() > PASSWORD_LIMIT {
            return Err(wrong());
        }
        let hash = self.database.password(&name).await?;
        if !passwords::check(form.password, hash).await? {
            return Err(wrong());
        }
        self.enter(session, name).await
    }

    /// Signs in with the token of an earlier login, which is good for one time.
    #[handler(guest, rate = "30/m")]
    async fn resume(&self, session: &Session, form: Token) -> Result<Welcome> {
        match self.database.take_token(&token::hash(&form.token)).await? {
            Some(name) => self.enter(session, name).await,
            None => Err(Error::reject("bad_token", "the token is not good any more")),
        }
    }

    /// Ends the session, and makes its token worthless.
    #[handler]
    async fn logout(&self, session: &Session, form: Token) -> Result<()> {
        self.database.take_token(&token::hash(&form.token)).await?;
        session.close();
        Ok(())
    }

    /// Notes when the player was here.
    #[on(session_closed)]
    async fn left(&self, session: &Session) -> Result<()> {
        match session.uid() {
            Some(uid) => self.database.seen(&uid.to_string()).await,
            None => Ok(()),
        }
    }
}

/// Names are compared in lower case: nobody is to pass for somebody else.
fn checked_name(name: &str) -> Result<String> {
    let name = name.trim().to_lowercase();
    let is_fine = |name: &str| {
        name.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
    };
    if name.is_empty() || name.chars().count() > NAME_LIMIT || !is_fine(&name) {
        let text = format!("a name has 1 to {NAME_LIMIT} letters and digits");
        return Err(Error::reject("bad_name", text));
    }
    Ok(name)
}

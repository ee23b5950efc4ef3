//! Components with dots in their names, new since the earlier release: one that stock clients call, and one of names
//! that mean something to a language.

use nano::{Result, Session, component, push};
use serde::{Deserialize, Serialize};

/// The first handler that clients of pomelo and pinus call.
pub(crate) struct EntryHandler;

#[derive(Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) name: String,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Welcome {
    pub(crate) code: u16,
    pub(crate) msg: String,
}

#[push]
pub(crate) trait EntryPush {
    /// Somebody came in.
    #[push(name = "connector.entryHandler.onEntry")]
    fn entry(entry: Entry);
}

/// The place where clients come in.
#[component(name = "connector.entryHandler")]
impl EntryHandler {
    /// Lets a client in.
    #[handler]
    fn entry(&self, session: &Session, entry: Entry) -> Result<Welcome> {
        EntryPush::to(session).entry(&entry)?;
        Ok(Welcome { code: 200, msg: format!("welcome {}", entry.name) })
    }
}

/// The component at the way to another one.
pub(crate) struct Connector;

#[component]
impl Connector {
    #[handler]
    fn count(&self) -> u8 {
        7
    }
}

/// Names of members that objects have anyway, and words of JavaScript and TypeScript.
pub(crate) struct Words;

#[component(name = "constructor.prototype.class", rename_all = "camelCase")]
impl Words {
    #[handler]
    fn default(&self) -> String {
        "default".to_owned()
    }

    #[handler]
    fn new(&self) -> String {
        "new".to_owned()
    }

    #[handler]
    fn constructor(&self) -> String {
        "constructor".to_owned()
    }

    #[handler]
    fn to_string(&self) -> String {
        "toString".to_owned()
    }

    #[handler(name = "__proto__")]
    fn proto(&self) -> String {
        "proto".to_owned()
    }

    #[handler]
    fn get(&self) -> String {
        "get".to_owned()
    }
}

//! Values stored with a session, as parameters of handlers.

use std::any;
use std::ops::Deref;

use crate::{Error, Result, Session};

/// The value of type `T` that was stored with [`Session::insert`], as a parameter of a handler.
///
/// The handler is given a clone; [`Session::update`] changes the stored value. Where there is none, the
/// handler is not called, and a request is answered with the error `no_data`. A handler that can do without
/// asks [`Session::get`].
///
/// # Examples
///
/// ```
/// use nano::{component, Data, Result, Session};
///
/// #[derive(Clone)]
/// struct Player { name: String }
///
/// struct Game;
///
/// #[component]
/// impl Game {
///     #[handler]
///     fn login(&self, session: &Session, name: String) {
///         session.insert(Player { name });
///     }
///
///     #[handler]
///     fn greet(&self, player: Data<Player>) -> String {
///         format!("hello {}", player.name)
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<T>(pub T);

impl<T: Clone + Send + 'static> Data<T> {
    pub(super) fn of(session: &Session) -> Result<Self> {
        session.get().map(Self).ok_or_else(|| {
            let name = short_name(any::type_name::<T>());
            Error::reject("no_data", format!("the session has no {name}"))
        })
    }
}

impl<T> Deref for Data<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

/// A type's name without the modules in front of it, and of those between its brackets.
fn short_name(name: &str) -> String {
    let mut short = String::new();
    for part in
        name.split_inclusive(|char: char| !char.is_alphanumeric() && char != '_' && char != ':')
    {
        short.push_str(part.rsplit_once("::").map_or(part, |(_, last)| last));
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short() {
        let check = |name: &str, expected: &str| assert_eq!(short_name(name), expected);
        check("u8", "u8");
        check("game::Player", "Player");
        check("alloc::vec::Vec<game::Player>", "Vec<Player>");
        check("(game::a::B, core::option::Option<game::C>)", "(B, Option<C>)");
        check("[game::Player; 4]", "[Player; 4]");
    }
}

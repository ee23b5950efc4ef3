//! The application's values on a session.

use super::Session;

impl Session {
    /// Stores a value of the application, one of each type, and returns the one it replaces. It stays in this process:
    /// see [`Session::data`] for values that go where the session goes. A value that holds this session keeps it alive
    /// for ever.
    pub fn insert<T: Send + 'static>(&self, value: T) -> Option<T> {
        let replaced = self.state().data.insert(value);
        replaced?.with(Option::take)
    }

    /// Returns a clone of the stored value of type `T`.
    pub fn get<T: Clone + Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.get::<T>();
        stored?.with(|value| value.clone())
    }

    /// Returns `true` if a value of type `T` is stored.
    pub fn has<T: Send + 'static>(&self) -> bool {
        self.state().data.has::<T>()
    }

    /// Removes the stored value of type `T` and returns it.
    pub fn remove<T: Send + 'static>(&self) -> Option<T> {
        let stored = self.state().data.remove::<T>();
        stored?.with(Option::take)
    }

    /// Changes the stored value of type `T` in place; `None` when there is none. Updates of one value
    /// wait for each other.
    ///
    /// # Panics
    ///
    /// Panics when `f` uses the session's value of type `T` in turn.
    pub fn update<T: Send + 'static, R>(&self, f: impl FnOnce(&mut T) -> R) -> Option<R> {
        let stored = self.state().data.get::<T>();
        stored?.with(|value| value.as_mut().map(f))
    }
}

//! The values that an application stores with a session.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Values by their type, as a session stores them.
///
/// Each value has a lock of its own, so that the application's code (`Clone`, an update) runs without
/// the session's. They are few, so a list takes less time and memory than a map.
#[derive(Default)]
pub(crate) struct TypeMap(Vec<(TypeId, Arc<dyn Any + Send + Sync>)>);

impl TypeMap {
    fn position<T: 'static>(&self) -> Option<usize> {
        self.0.iter().position(|(id, _)| *id == TypeId::of::<T>())
    }

    /// Stores a value and returns the one it replaces.
    pub(crate) fn insert<T: Send + 'static>(&mut self, value: T) -> Option<Arc<Stored<T>>> {
        let replaced = self.remove::<T>();
        self.0.push((TypeId::of::<T>(), Arc::new(Stored::new(value))));
        replaced
    }

    pub(crate) fn get<T: Send + 'static>(&self) -> Option<Arc<Stored<T>>> {
        let (_, value) = self.0.get(self.position::<T>()?)?;
        downcast(value.clone())
    }

    pub(crate) fn has<T: Send + 'static>(&self) -> bool {
        self.position::<T>().is_some()
    }

    pub(crate) fn remove<T: Send + 'static>(&mut self) -> Option<Arc<Stored<T>>> {
        let (_, value) = self.0.swap_remove(self.position::<T>()?);
        downcast(value)
    }
}

fn downcast<T: Send + 'static>(value: Arc<dyn Any + Send + Sync>) -> Option<Arc<Stored<T>>> {
    value.downcast().ok()
}

/// One stored value; `None` once it has been removed.
pub(crate) struct Stored<T> {
    value: Mutex<Option<T>>,
    /// The [`token`] of the thread that holds the value; 0 for none. A thread that finds its own token here would
    /// wait for itself; no other thread can have written it.
    holder: AtomicU64,
}

impl<T> Stored<T> {
    fn new(value: T) -> Self {
        Self { value: Mutex::new(Some(value)), holder: AtomicU64::new(0) }
    }

    /// Runs `f` with the value, alone.
    ///
    /// # Panics
    ///
    /// Panics when `f` uses the same value in turn: it would wait for itself for ever.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Option<T>) -> R) -> R {
        let this = token();
        let held = self.holder.load(Ordering::Relaxed);
        assert!(held != this, "a session's value is used by its own update or clone");
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let _holds = Holds::new(&self.holder, this);
        f(&mut value)
    }
}

/// Returns a number that is unique to this thread, and never 0.
fn token() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    thread_local! {
        static TOKEN: u64 = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    TOKEN.with(|token| *token)
}

struct Holds<'a>(&'a AtomicU64);

impl<'a> Holds<'a> {
    fn new(holder: &'a AtomicU64, this: u64) -> Self {
        holder.store(this, Ordering::Relaxed);
        Self(holder)
    }
}

impl Drop for Holds<'_> {
    fn drop(&mut self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

impl fmt::Debug for TypeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeMap({} values)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn updates_from_several_threads_are_all_counted() {
        let mut map = TypeMap::default();
        assert!(map.insert(0_u32).is_none());
        let stored = map.get::<u32>().expect("just stored");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        stored.with(|value| *value.as_mut().expect("a value") += 1);
                    }
                });
            }
        });
        assert_eq!(map.remove::<u32>().and_then(|stored| stored.with(Option::take)), Some(4000));
        assert!(map.get::<u32>().is_none());
    }

    #[test]
    fn a_token_is_of_one_thread() {
        let other = thread::spawn(token).join().expect("a token");
        assert_eq!(token(), token());
        assert!(token() != 0 && other != 0 && token() != other);
    }

    #[test]
    #[should_panic(expected = "used by its own update")]
    fn an_update_within_itself_is_told() {
        let mut map = TypeMap::default();
        map.insert(0_u32);
        let stored = map.get::<u32>().expect("just stored");
        stored.with(|_| stored.with(|_| ()));
    }
}

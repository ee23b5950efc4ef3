use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// Values by their type, as a session stores them.
///
/// Each value has a lock of its own, so that the application's code (`Clone`, an update) runs without
/// the session's.
#[derive(Default)]
pub(crate) struct TypeMap(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl TypeMap {
    /// Stores a value and gives the one it replaces.
    pub(crate) fn insert<T: Send + 'static>(&mut self, value: T) -> Option<Arc<Stored<T>>> {
        self.0.insert(TypeId::of::<T>(), Arc::new(Stored::new(value))).and_then(downcast)
    }

    pub(crate) fn get<T: Send + 'static>(&self) -> Option<Arc<Stored<T>>> {
        self.0.get(&TypeId::of::<T>()).cloned().and_then(downcast)
    }

    pub(crate) fn remove<T: Send + 'static>(&mut self) -> Option<Arc<Stored<T>>> {
        self.0.remove(&TypeId::of::<T>()).and_then(downcast)
    }
}

fn downcast<T: Send + 'static>(value: Arc<dyn Any + Send + Sync>) -> Option<Arc<Stored<T>>> {
    value.downcast().ok()
}

/// One stored value; empty once it has been taken out.
pub(crate) struct Stored<T> {
    value: Mutex<Option<T>>,
    /// The thread that holds the value: asked before waiting for oneself.
    holder: Mutex<Option<ThreadId>>,
}

impl<T> Stored<T> {
    fn new(value: T) -> Self {
        Self { value: Mutex::new(Some(value)), holder: Mutex::new(None) }
    }

    /// Runs `f` with the value, alone.
    ///
    /// # Panics
    ///
    /// When `f` uses the same value in turn: it would wait for itself for ever.
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut Option<T>) -> R) -> R {
        let this = thread::current().id();
        let held = *self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(held != Some(this), "a session's value is used by its own update or clone");
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let _holds = Holds::new(&self.holder, this);
        f(&mut value)
    }
}

struct Holds<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Holds<'a> {
    fn new(holder: &'a Mutex<Option<ThreadId>>, this: ThreadId) -> Self {
        *holder.lock().unwrap_or_else(PoisonError::into_inner) = Some(this);
        Self(holder)
    }
}

impl Drop for Holds<'_> {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl fmt::Debug for TypeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeMap({} values)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
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
    #[should_panic(expected = "used by its own update")]
    fn an_update_within_itself_is_told() {
        let mut map = TypeMap::default();
        map.insert(0_u32);
        let stored = map.get::<u32>().expect("just stored");
        stored.with(|_| stored.with(|_| ()));
    }
}

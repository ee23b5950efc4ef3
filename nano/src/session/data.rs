use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;

/// Values by their type, as a session stores them.
#[derive(Default)]
pub(crate) struct TypeMap(Option<Box<Values>>);

type Values = HashMap<TypeId, Box<dyn Any + Send + Sync>>;

impl TypeMap {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) -> Option<T> {
        let values = self.0.get_or_insert_default();
        values.insert(TypeId::of::<T>(), Box::new(value)).and_then(unbox)
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.0.as_ref()?.get(&TypeId::of::<T>())?.downcast_ref()
    }

    pub(crate) fn remove<T: 'static>(&mut self) -> Option<T> {
        self.0.as_mut()?.remove(&TypeId::of::<T>()).and_then(unbox)
    }
}

fn unbox<T: 'static>(value: Box<dyn Any + Send + Sync>) -> Option<T> {
    value.downcast().ok().map(|value| *value)
}

impl fmt::Debug for TypeMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeMap({} values)", self.0.as_ref().map_or(0, |values| values.len()))
    }
}

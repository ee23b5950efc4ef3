//! The handlers of a client's pushes, by route.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::log::{Log, limited};
use crate::panics;
use crate::serializer::Decode;
use crate::{Error, ErrorKind};

type Handler = Arc<Mutex<dyn FnMut(&str, Bytes) + Send>>;

/// The handlers of a connection.
pub(super) struct Handlers {
    /// `None` once the connection has ended.
    table: Mutex<Option<Table>>,
    log: Arc<Log>,
}

#[derive(Default)]
struct Table {
    routes: HashMap<String, Vec<Handler>>,
    /// Those of all routes.
    any: Vec<Handler>,
}

impl Table {
    fn of(&self, route: &str) -> Vec<Handler> {
        let own = self.routes.get(route).into_iter().flatten();
        own.chain(&self.any).cloned().collect()
    }
}

impl Default for Handlers {
    fn default() -> Self {
        Self { table: Mutex::new(Some(Table::default())), log: Arc::default() }
    }
}

impl Handlers {
    fn table(&self) -> MutexGuard<'_, Option<Table>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a handler behind those that the route has.
    pub(super) fn add(&self, route: &str, mut handler: impl FnMut(Bytes) + Send + 'static) {
        if let Some(table) = &mut *self.table() {
            let handler = Arc::new(Mutex::new(move |_: &str, body| handler(body)));
            table.routes.entry(route.to_owned()).or_default().push(handler);
        }
    }

    /// Adds a handler of all routes, which runs after those of a route.
    pub(super) fn add_any(&self, handler: impl FnMut(&str, Bytes) + Send + 'static) {
        if let Some(table) = &mut *self.table() {
            table.any.push(Arc::new(Mutex::new(handler)));
        }
    }

    /// Adds a handler that takes the body as `serializer` decodes it.
    pub(super) fn add_typed<S, T>(
        &self,
        route: &str,
        serializer: &Arc<S>,
        mut handler: impl FnMut(T) + Send + 'static,
    ) where
        S: Decode<T>,
        T: 'static,
    {
        let (name, serializer, log) = (route.to_owned(), serializer.clone(), self.log.clone());
        self.add(route, move |body| match S::decoder().read(&body, &*serializer) {
            Ok(value) => handler(value),
            Err(source) => {
                let error =
                    Error::with_source(ErrorKind::Decode, "payload does not decode", source);
                limited!(log, PushUndecoded, route = name, error = %error.report());
            }
        });
    }

    /// Calls the handlers of `route` in the order they were added.
    pub(super) fn call(&self, route: &str, body: &Bytes) {
        // The table is not locked while handlers run: they may add others.
        let handlers = self.table().as_ref().map(|table| table.of(route)).unwrap_or_default();
        if handlers.is_empty() {
            tracing::debug!(route, "push dropped: no handler is registered for it");
        }
        for handler in handlers {
            let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(panic) = panics::catch(|| handler(route, body.clone())) {
                limited!(self.log, PushPanicked, route, %panic);
            }
        }
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// Drops all handlers, and with them the clients that they may hold.
    pub(super) fn clear(&self) {
        let table = self.table().take();
        panics::drop_quietly(table, &self.log);
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = self.table();
        f.debug_list().entries(table.iter().flat_map(|table| table.routes.keys())).finish()
    }
}

//! The handlers of a client's pushes, by route.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::log::{Log, limited};
use crate::panics;
use crate::serializer::Decode;
use crate::{Error, ErrorKind};

type Handler = Arc<Mutex<dyn FnMut(Bytes) + Send>>;

/// The handlers of a connection by route.
pub(super) struct Handlers {
    /// `None` once the connection has ended.
    routes: Mutex<Option<HashMap<String, Vec<Handler>>>>,
    log: Arc<Log>,
}

impl Default for Handlers {
    fn default() -> Self {
        Self { routes: Mutex::new(Some(HashMap::new())), log: Arc::default() }
    }
}

impl Handlers {
    fn routes(&self) -> MutexGuard<'_, Option<HashMap<String, Vec<Handler>>>> {
        self.routes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a handler behind those that the route has.
    pub(super) fn add(&self, route: &str, handler: impl FnMut(Bytes) + Send + 'static) {
        if let Some(routes) = &mut *self.routes() {
            routes.entry(route.to_owned()).or_default().push(Arc::new(Mutex::new(handler)));
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
        let handlers = self.routes().as_ref().and_then(|routes| routes.get(route).cloned());
        let Some(handlers) = handlers else {
            tracing::debug!(route, "push dropped: no handler is registered for it");
            return;
        };
        for handler in handlers {
            let mut handler = handler.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(panic) = panics::catch(|| handler(body.clone())) {
                limited!(self.log, PushPanicked, route, %panic);
            }
        }
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// Drops all handlers, and with them the clients that they may hold.
    pub(super) fn clear(&self) {
        let routes = self.routes().take();
        panics::drop_quietly(routes, &self.log);
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.routes();
        f.debug_list().entries(routes.iter().flat_map(HashMap::keys)).finish()
    }
}

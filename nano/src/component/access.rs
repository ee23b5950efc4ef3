//! The borrow as scheduler: a lock where a component has `&mut self`, nothing where it has not.

mod holders;

use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use metrics::Histogram;
use tokio::time::Instant;

use super::chain::{self, Kept};
use crate::log::{Log, limited};
use crate::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use crate::{Error, ErrorKind, Result};
use holders::{Holders, Sharing};

/// How long a lock may be waited for before a warning names both sides.
const SLOW_LOCK: Duration = Duration::from_secs(1);

/// How a component is borrowed by its handlers: [`Shared`] or [`Exclusive`].
pub trait Access<C: Send + Sync + 'static>: Sized + 'static {
    /// What closures run with the component are given.
    type Borrow<'a>;
    /// Where the component is kept.
    type Cell: Cell<C>;

    /// Runs `f` with the component, as soon as it is free. Fails when the caller itself has the component.
    #[doc(hidden)]
    fn run<R: Send>(
        cell: &Self::Cell,
        label: &'static str,
        f: impl for<'a> FnOnce(Self::Borrow<'a>) -> R + Send,
    ) -> impl Future<Output = Result<R>> + Send;
}

/// A place that holds a component.
#[doc(hidden)]
pub trait Cell<C: 'static>: Send + Sync + 'static {
    /// A shared borrow: a plain reference where there is no lock, so that it costs nothing.
    type Shared<'a>: Deref<Target = C> + Send;
    #[allow(private_interfaces)]
    fn new(component: C, name: &'static str, log: Arc<Log>) -> Self;
    fn try_shared(&self, label: &'static str) -> Option<Self::Shared<'_>>;
    /// Waits for a shared borrow. Fails when the caller itself has the component, and would have to wait.
    fn shared(&self, label: &'static str) -> impl Future<Output = Result<Self::Shared<'_>>> + Send;
    /// The labels of the calls that have the component; `None` where all share it without a lock.
    fn holders(&self) -> Option<String>;
    /// Returns `true` if the caller itself has the component, so that what waits for it waits for the caller.
    fn is_callers(&self) -> bool;
    /// Fails when the caller itself has the component, which `label` would have to wait for.
    fn refuse_caller(&self, label: &'static str) -> Result<()>;
}

/// The access of a component without any `&mut self`: its handlers run side by side, with no lock.
#[derive(Debug)]
pub enum Shared {}

/// The access of a component with a `&mut self`: those run alone, `&self` beside one another.
#[derive(Debug)]
pub enum Exclusive {}

#[doc(hidden)]
#[derive(Debug)]
pub struct Free<C>(C);

#[doc(hidden)]
pub struct Locked<C> {
    lock: RwLock<C>,
    holders: Holders,
    log: Arc<Log>,
    /// The times for which calls waited; `None` without metrics.
    waits: Option<Histogram>,
}

impl<C> fmt::Debug for Locked<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locked")
    }
}

/// A shared borrow of a component that has a lock.
pub struct SharedGuard<'a, C> {
    /// Dropped first: whoever gets in next has the component alone.
    _sharing: Option<Sharing<'a>>,
    _kept: Option<Kept>,
    guard: RwLockReadGuard<'a, C>,
}

impl<C> Deref for SharedGuard<'_, C> {
    type Target = C;
    fn deref(&self) -> &C {
        &self.guard
    }
}

impl<C> fmt::Debug for SharedGuard<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedGuard")
    }
}

/// An exclusive borrow of a component.
pub struct ExclusiveGuard<'a, C> {
    _kept: Option<Kept>,
    guard: RwLockWriteGuard<'a, C>,
}

impl<C> Deref for ExclusiveGuard<'_, C> {
    type Target = C;
    fn deref(&self) -> &C {
        &self.guard
    }
}

impl<C> DerefMut for ExclusiveGuard<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.guard
    }
}

impl<C> fmt::Debug for ExclusiveGuard<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExclusiveGuard")
    }
}

impl<C: Send + Sync + 'static> Cell<C> for Free<C> {
    type Shared<'a> = &'a C;

    #[allow(private_interfaces)]
    fn new(component: C, _name: &'static str, _log: Arc<Log>) -> Self {
        Self(component)
    }

    fn try_shared(&self, _label: &'static str) -> Option<&C> {
        Some(&self.0)
    }

    async fn shared(&self, _label: &'static str) -> Result<&C> {
        Ok(&self.0)
    }

    fn holders(&self) -> Option<String> {
        None
    }

    fn is_callers(&self) -> bool {
        false
    }

    fn refuse_caller(&self, _label: &'static str) -> Result<()> {
        Ok(())
    }
}

impl<C: Send + Sync + 'static> Cell<C> for Locked<C> {
    type Shared<'a> = SharedGuard<'a, C>;

    #[allow(private_interfaces)]
    fn new(component: C, name: &'static str, log: Arc<Log>) -> Self {
        let waits = log.metrics().map(|metrics| metrics.lock_waits(name));
        Self { lock: RwLock::new(component), holders: Holders::default(), log, waits }
    }

    fn try_shared(&self, label: &'static str) -> Option<SharedGuard<'_, C>> {
        let guard = self.lock.try_read().ok()?;
        self.holders.note(label);
        Some(SharedGuard { _sharing: None, _kept: None, guard })
    }

    async fn shared(&self, label: &'static str) -> Result<SharedGuard<'_, C>> {
        let guard = match self.lock.try_read() {
            Ok(guard) => guard,
            Err(_) => self.wait(label, self.lock.read()).await?,
        };
        let (_sharing, _kept) = (Some(self.holders.share(label)), Some(Kept::note(self.address())));
        Ok(SharedGuard { _sharing, _kept, guard })
    }

    fn holders(&self) -> Option<String> {
        self.holders.names()
    }

    fn is_callers(&self) -> bool {
        chain::has(self.address())
    }

    fn refuse_caller(&self, label: &'static str) -> Result<()> {
        match self.is_callers() {
            true => Err(self.refuse(label)),
            false => Ok(()),
        }
    }
}

impl<C: Send + Sync + 'static> Locked<C> {
    pub(crate) fn try_exclusive(&self, label: &'static str) -> Option<ExclusiveGuard<'_, C>> {
        let guard = self.lock.try_write().ok()?;
        self.holders.note(label);
        Some(ExclusiveGuard { _kept: None, guard })
    }

    /// Waits for the exclusive borrow. Fails when the caller itself has the component.
    pub(crate) async fn exclusive(&self, label: &'static str) -> Result<ExclusiveGuard<'_, C>> {
        let guard = match self.lock.try_write() {
            Ok(guard) => guard,
            Err(_) => self.wait(label, self.lock.write()).await?,
        };
        self.holders.note(label);
        Ok(ExclusiveGuard { _kept: Some(Kept::note(self.address())), guard })
    }

    /// The component, for the chains that have it.
    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Waits for the lock, unless the caller itself has it. A wait beyond [`SLOW_LOCK`] is logged once, with both
    /// routes: that is how a cycle of components between two tasks shows itself.
    async fn wait<G>(&self, label: &'static str, lock: impl Future<Output = G>) -> Result<G> {
        self.refuse_caller(label)?;
        let mut lock = pin!(lock);
        let begun = self.waits.as_ref().map(|waits| (waits, Instant::now()));
        let guard = match tokio::time::timeout(SLOW_LOCK, &mut lock).await {
            Ok(guard) => guard,
            Err(_) => {
                let holder = self.holders.names();
                limited!(self.log, ComponentBusy, waiting = label, holder);
                lock.await
            }
        };
        if let Some((waits, begun)) = begun {
            waits.record(begun.elapsed());
        }
        Ok(guard)
    }

    /// Tells of a call that would wait for itself.
    fn refuse(&self, label: &'static str) -> Error {
        let holder = self.holders.names();
        let message = format!(
            "`{label}` would wait for itself: `{}`, which waits for it, has the component",
            holder.as_deref().unwrap_or(label)
        );
        limited!(self.log, WaitsForItself, waiting = label, holder);
        Error::new(ErrorKind::SelfLock, message)
    }
}

impl<C: Send + Sync + 'static> Access<C> for Shared {
    type Borrow<'a> = &'a C;
    type Cell = Free<C>;

    async fn run<R: Send>(
        cell: &Free<C>,
        _label: &'static str,
        f: impl for<'a> FnOnce(&'a C) -> R + Send,
    ) -> Result<R> {
        Ok(f(&cell.0))
    }
}

impl<C: Send + Sync + 'static> Access<C> for Exclusive {
    type Borrow<'a> = &'a mut C;
    type Cell = Locked<C>;

    async fn run<R: Send>(
        cell: &Locked<C>,
        label: &'static str,
        f: impl for<'a> FnOnce(&'a mut C) -> R + Send,
    ) -> Result<R> {
        Ok(f(&mut *cell.exclusive(label).await?))
    }
}

#[cfg(all(test, nano_loom))]
mod model;

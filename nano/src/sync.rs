//! The locks, atomics and statics of the parts that a model checker runs: loom's in its build, those of the standard
//! library and of tokio in all others.

#[cfg(all(test, nano_loom))]
mod model;
#[cfg(all(test, nano_loom))]
mod steps;

#[cfg(all(test, nano_loom))]
pub(crate) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
};
#[cfg(all(test, nano_loom))]
pub(crate) use model::model;
#[cfg(not(all(test, nano_loom)))]
pub(crate) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering},
};
#[cfg(not(all(test, nano_loom)))]
pub(crate) use std::thread_local;
#[cfg(all(test, nano_loom))]
pub(crate) use steps::{RwLock, RwLockReadGuard, RwLockWriteGuard, block_on, thread_local, turn};
#[cfg(not(all(test, nano_loom)))]
pub(crate) use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

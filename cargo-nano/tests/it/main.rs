//! The command as a process, against servers in this one.

mod call;
mod cert;
mod compat;
mod load;
mod new;
mod peers;
mod repl;
mod support;

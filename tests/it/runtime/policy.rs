//! The policies of routes: guests, rates, sizes, guards and timeouts.

mod attributes;
mod refusals;

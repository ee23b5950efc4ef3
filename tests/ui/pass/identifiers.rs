//! Raw identifiers, and names that could clash with those of an expansion.

#![deny(warnings)]

use nano::{component, push};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub struct Call;

#[derive(Deserialize, Serialize)]
pub struct S;

#[derive(Deserialize, Serialize)]
pub struct Definition;

#[allow(dead_code)]
struct Option;

#[allow(dead_code)]
struct Result;

#[allow(non_camel_case_types)]
pub struct r#match;

#[component(name = "match")]
impl r#match {
    #[handler]
    pub fn r#type(&self, call: Call) -> S {
        let _ = call;
        S
    }

    #[handler]
    pub async fn define(&self, __call: Definition) -> Definition {
        __call
    }

    #[handler]
    pub fn new(&self) -> std::result::Result<S, nano::Error> {
        Ok(S)
    }

    #[handler]
    pub fn clone(&mut self, session: Call) {
        let _ = session;
    }

    #[handler]
    pub fn request(&self, request: S) -> S {
        request
    }

    #[on(init)]
    pub fn r#loop(&self) {}
}

#[push]
pub trait Events {
    fn r#move(r#where: Call);
    fn push_with(encoder: S);
}

fn main() {
    let _ = Events;
}

//! Handlers that return the values that they receive.

use bytes::Bytes;
use nano::{Session, component, push};

use crate::types::{Bag, Item, Page, Shapes};

/// Answers with what it was given. Its routes are named as Go nano names them.
pub(crate) struct Echo;

#[push]
pub(crate) trait EchoPush {
    /// Bytes, as they are.
    #[push(name = "onFrame")]
    fn frame(bytes: Bytes);
    /// Many items.
    #[push(name = "onPage")]
    fn page(page: Page<Item>);
    /// A whole number of 64 bits.
    #[push(name = "onCount")]
    fn counted(count: i64);
}

#[component(rename_all = "PascalCase")]
impl Echo {
    #[handler]
    fn ping(&self) {}

    #[handler]
    fn text(&self, text: String) -> String {
        text
    }

    /// The next whole number: shows that this one was read exactly.
    #[handler]
    fn next_number(&self, number: i64) -> i64 {
        number.wrapping_add(1)
    }

    #[handler]
    fn largest(&self) -> u64 {
        u64::MAX
    }

    #[handler]
    fn maybe(&self, text: Option<String>) -> Option<usize> {
        text.map(|text| text.chars().count())
    }

    /// Bytes, reversed.
    #[handler]
    fn raw_bytes(&self, bytes: Bytes) -> Bytes {
        bytes.iter().rev().copied().collect()
    }

    #[handler]
    fn shapes(&self, shapes: Shapes) -> Shapes {
        shapes
    }

    #[handler]
    fn bag(&self, bag: Bag) -> Bag {
        bag
    }

    #[handler(name = "all-pages")]
    fn pages(&self, page: Page<Item>) -> Page<Page<Item>> {
        Page { items: vec![page], next: None }
    }

    /// As many items as asked for, numbered from 2^53.
    #[handler]
    fn long_page(&self, items: u16) -> Page<Item> {
        page(items)
    }

    /// Pushes bytes, a number and as many items as asked for, in this order.
    #[handler]
    fn push_all(&self, session: &Session, items: u16) {
        // Whoever has gone gets nothing.
        let _ = EchoPush::to(session).frame(&Bytes::from_static(&[0, 0xff, 0x7b]));
        let _ = EchoPush::to(session).counted(&i64::MIN);
        let _ = EchoPush::to(session).page(&page(items));
    }
}

fn page(items: u16) -> Page<Item> {
    let item = |at| {
        let item_id = (1 << 53) + i64::from(at);
        Item { item_id, display_name: format!("item number {at}") }
    };
    Page { items: (0..items).map(item).collect(), next: None }
}

//! Messages in all the shapes that serde knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Tagged from outside, as serde does by default.
#[derive(Deserialize, Serialize)]
pub(crate) enum Shape {
    Point,
    Circle(f64),
    Line(i32, i32),
    Rect { w: u32, h: u32 },
}

/// Tagged among its fields.
#[derive(Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum Event {
    Quiet,
    Moved { to_x: i32, to_y: i32 },
    Came(Item),
}

/// Tagged beside its content.
#[derive(Deserialize, Serialize)]
#[serde(tag = "t", content = "c")]
pub(crate) enum Step {
    Stop,
    Go(String),
    Turn { by: i16 },
}

/// Not tagged at all.
#[derive(Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Number(f64),
    Text(String),
    List(Vec<Value>),
    Item(Item),
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) item_id: i64,
    pub(crate) display_name: String,
}

/// One of each.
#[derive(Deserialize, Serialize)]
pub(crate) struct Shapes {
    shapes: Vec<Shape>,
    events: Vec<Event>,
    steps: Vec<Step>,
    values: Vec<Value>,
    by_name: BTreeMap<String, Shape>,
    by_number: BTreeMap<u32, bool>,
    pair: (i64, String),
    unit: (),
    maybe: Option<u64>,
}

/// Whatever else there is.
#[derive(Deserialize, Serialize)]
pub(crate) struct Bag {
    #[serde(flatten)]
    item: Item,
    #[serde(default)]
    weight: f32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, bool>,
}

/// A part of a list.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<Box<Page<T>>>,
}

//! Types that are compiled with serde's derive, and scanned.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::marker::PhantomData;
use std::net::Ipv4Addr;
use std::num::{NonZeroU16, Wrapping};
use std::ops::{Bound, Range, RangeFrom, RangeInclusive, RangeTo};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Scalars {
    pub(super) bytes: (u8, i8),
    pub(super) words: (u16, i16, u32, i32),
    pub(super) longs: (u64, i64, usize, isize),
    pub(super) floats: Vec<f64>,
    pub(super) single: f32,
    pub(super) flag: bool,
    pub(super) letter: char,
    pub(super) text: String,
    pub(super) boxed: Box<str>,
    pub(super) nothing: (),
    pub(super) ghost: PhantomData<u8>,
    pub(super) path: PathBuf,
    pub(super) some: NonZeroU16,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Wrapped {
    pub(super) cell: Cell<u8>,
    pub(super) mutex: Mutex<Vec<bool>>,
    pub(super) wrapping: Wrapping<u8>,
    pub(super) reverse: Reverse<u8>,
    pub(super) cow: Cow<'static, str>,
    pub(super) atomic: AtomicU32,
    pub(super) boxed: Box<Option<u8>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Standard {
    pub(super) span: Duration,
    pub(super) time: SystemTime,
    pub(super) result: Vec<Result<u8, String>>,
    pub(super) range: Range<u8>,
    pub(super) inclusive: RangeInclusive<u8>,
    pub(super) from: RangeFrom<u8>,
    pub(super) to: RangeTo<u8>,
    pub(super) bounds: (Bound<u8>, Bound<u8>, Bound<u8>),
}

/// Types that TypeScript cannot express: the text of an address, the length of an array.
#[derive(Serialize)]
pub(super) struct Vague {
    pub(super) array: [u8; 2],
    pub(super) ip: Ipv4Addr,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Collections {
    pub(super) list: Vec<u8>,
    pub(super) queue: VecDeque<(u8, bool)>,
    pub(super) set: BTreeSet<String>,
    pub(super) slice: Box<[u8]>,
    pub(super) by_name: HashMap<String, u8>,
    pub(super) by_number: BTreeMap<u64, Vec<u8>>,
    pub(super) by_flag: BTreeMap<bool, u8>,
    pub(super) by_letter: BTreeMap<char, u8>,
    pub(super) by_side: BTreeMap<Side, u8>,
    pub(super) by_id: BTreeMap<Id, u8>,
    pub(super) any: serde_json::Value,
    pub(super) object: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub(super) enum Side {
    FarLeft,
    #[serde(rename = "right!", alias = "R")]
    Right,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u64);

#[derive(Serialize, Deserialize)]
pub(super) struct Unit;

#[derive(Serialize, Deserialize)]
pub(super) struct Point(pub(super) u8, pub(super) f32);

#[derive(Serialize, Deserialize)]
pub(super) struct NoFields();

#[derive(Serialize, Deserialize)]
pub(super) struct Gaps(pub(super) u8, #[serde(skip)] pub(super) Unknown, pub(super) bool);

/// It has nothing of serde.
#[derive(Default)]
pub(super) struct Unknown;

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Transparent {
    pub(super) inner: Option<Point>,
    #[serde(skip)]
    pub(super) rest: Unknown,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Names {
    pub(super) first_name: u8,
    #[serde(rename = "the second")]
    pub(super) second_name: u8,
    #[serde(alias = "x")]
    pub(super) r#type: u8,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Options {
    pub(super) plain: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) skipped: Option<u8>,
    #[serde(default)]
    pub(super) defaulted: u8,
    #[serde(default = "seven", skip_serializing_if = "is_seven")]
    pub(super) seven: u8,
    pub(super) aliased: Maybe,
    pub(super) thin: Transparent,
    pub(super) converted: FromOption,
    pub(super) newtype: Newtype,
    pub(super) twice: Option<Option<u8>>,
    #[serde(skip)]
    pub(super) own: Unknown,
    pub(super) last: bool,
}

pub(super) type Maybe = Option<u8>;

#[derive(Serialize, Deserialize)]
pub(super) struct Newtype(pub(super) Option<u8>);

pub(super) fn seven() -> u8 {
    7
}

pub(super) fn is_seven(number: &u8) -> bool {
    *number == 7
}

#[derive(Serialize, Deserialize, Clone)]
#[serde(from = "Maybe", into = "Maybe")]
pub(super) struct FromOption(pub(super) u8);

impl From<Option<u8>> for FromOption {
    fn from(found: Option<u8>) -> Self {
        Self(found.unwrap_or(0))
    }
}

impl From<FromOption> for Option<u8> {
    fn from(made: FromOption) -> Self {
        Some(made.0)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub(super) struct Even {
    half: u8,
}

impl TryFrom<u8> for Even {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Ok(Self { half: number / 2 })
    }
}

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct Defaults {
    pub(super) a: u8,
    pub(super) b: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OneWay {
    pub(super) both: u8,
    #[serde(skip_serializing)]
    pub(super) password: String,
    #[serde(skip_deserializing)]
    pub(super) rank: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all(serialize = "UPPERCASE", deserialize = "kebab-case"))]
pub(super) struct TwoNames {
    pub(super) to_and_fro: u8,
    #[serde(rename(serialize = "X"))]
    pub(super) other_one: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
pub(super) struct Tagged {
    pub(super) a: u8,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Page<T, U = Vec<T>, const N: usize = 2> {
    pub(super) items: Vec<T>,
    pub(super) room: PhantomData<[(); N]>,
    pub(super) more: U,
    pub(super) next: Option<Box<Self>>,
}

#[derive(Serialize, Deserialize)]
pub(super) enum Tree {
    Leaf,
    Node(Vec<Tree>),
    Pair { left: Box<Tree>, right: Option<Box<Tree>> },
}

#[derive(Serialize, Deserialize)]
pub(super) enum External {
    Unit,
    Null(()),
    New(u8),
    Optional(Option<u8>),
    Tuple(u8, bool),
    Gaps(u8, #[serde(skip)] Unknown),
    Empty(),
    Struct {
        a: u8,
        b: Option<u8>,
    },
    Bare {},
    Hidden(#[serde(skip)] Unknown),
    #[serde(rename = "re-named", alias = "old")]
    Renamed(Point),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum Internal {
    JustUnit,
    Null(()),
    Nothing(Unit),
    New(Names),
    Map(BTreeMap<String, u8>),
    Any(serde_json::Value),
    Struct {
        a_b: u8,
        c_d: Option<u8>,
    },
    Nested(Adjacent),
    Outer(Fruit),
    #[serde(rename_all = "UPPERCASE")]
    Loud {
        e_f: u8,
    },
    Hidden(#[serde(skip)] Unknown),
}

#[derive(Serialize, Deserialize)]
pub(super) enum Fruit {
    Apple(u8),
    Pear { size: u8 },
    Nuts(u8, u8),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(super) enum Adjacent {
    Unit,
    Null(()),
    New(u8),
    Tuple(u8, bool),
    Struct { a: u8, b: Option<u8> },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(super) enum Hidden {
    It(#[serde(skip)] u8),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Untagged {
    Unit,
    Flag(bool),
    Tuple(u8, u8),
    Struct { a: u8, b: Option<u8> },
    Other { c: String },
    Text(String),
}

#[derive(Serialize, Deserialize)]
pub(super) enum Mixed {
    A {
        x: u8,
    },
    B,
    #[serde(untagged)]
    Number(u8),
    #[serde(untagged)]
    Point(u8, u8),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
pub(super) enum MixedTag<T> {
    A {
        x: u8,
    },
    B,
    #[serde(untagged)]
    Text(T),
    #[serde(untagged)]
    Struct {
        y: u8,
    },
}

#[derive(Serialize, Deserialize)]
pub(super) enum Others {
    Known,
    #[serde(skip)]
    Never(Unknown),
    #[serde(skip_serializing)]
    OnlyRead(u8),
    #[serde(skip_deserializing)]
    OnlyWritten(u8),
    #[serde(other)]
    Unknown,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Flat {
    pub(super) id: u8,
    #[serde(flatten)]
    pub(super) names: Names,
    #[serde(flatten)]
    pub(super) fruit: Fruit,
    #[serde(flatten)]
    pub(super) kind: Tagged2,
    #[serde(flatten)]
    pub(super) unit: (),
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind2")]
pub(super) enum Tagged2 {
    One { one: u8 },
    Two,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FlatMaybe<T> {
    pub(super) id: u8,
    #[serde(flatten)]
    pub(super) maybe: Option<T>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FlatAny {
    pub(super) id: u8,
    #[serde(flatten)]
    pub(super) any: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
pub(super) enum FlatVariant {
    A {
        id: u8,
        #[serde(flatten)]
        names: Names,
    },
}

#[derive(Serialize, Deserialize)]
pub(super) struct FlatMap {
    pub(super) id: u8,
    #[serde(flatten)]
    pub(super) names: Names,
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, u8>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Owner {
    pub(super) owner: u8,
}

//! The types of the standard library, and of crates that messages commonly use, as serde has them.

use crate::manifest::{Content, Field, Fields, Shape, Tagging, Type, TypeDef, Variant};

/// The form of a type of another crate.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    /// This type.
    Is(Type),
    /// The same as its first argument.
    Inner,
    /// A value or `null`.
    Option,
    /// Any number of its first argument.
    Array,
    /// Its second argument by its first.
    Map,
    /// Raw bytes as a whole message; inside others, an array of numbers.
    Bytes,
    /// A type that needs a definition of its own.
    Defined(Defined),
}

/// A type of the standard library or of nano that has a name of its own in clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Defined {
    Result,
    Bound,
    Duration,
    SystemTime,
    Range,
    RangeInclusive,
    RangeFrom,
    RangeTo,
    RoomId,
}

impl Known {
    /// The number of arguments of the type that have a form in JSON.
    pub(super) fn arguments(&self) -> usize {
        match self {
            Self::Is(_) | Self::Bytes => 0,
            Self::Inner | Self::Option | Self::Array => 1,
            Self::Map => 2,
            Self::Defined(defined) => defined.parameters().len(),
        }
    }
}

/// Looks a path up. One without a crate is of the prelude, or was imported with a `*`.
pub(super) fn known(path: &str) -> Option<Known> {
    let segments: Vec<&str> = path.split("::").collect();
    match segments.as_slice() {
        [name] => primitive(name).or_else(|| unmistakable(name)),
        ["std" | "core" | "alloc", .., name] | ["prost", "alloc", .., name] => {
            primitive(name).or_else(|| unmistakable(name)).or_else(|| standard(&segments, name))
        }
        ["serde_json", .., "Value"] | ["serde_json", .., "RawValue"] => Some(Known::Is(Type::Any)),
        ["serde_json", .., "Map"] | ["indexmap", .., "IndexMap"] => Some(Known::Map),
        ["serde_json", .., "Number"] => {
            Some(Known::Is(Type::Union(vec![Type::Float, Type::BigInt])))
        }
        ["indexmap", .., "IndexSet"] => Some(Known::Array),
        ["bytes" | "nano" | "prost", .., "Bytes"] | ["bytes", .., "BytesMut"] => Some(Known::Bytes),
        ["nano", .., "Uid"] => Some(Known::Is(Type::Union(vec![Type::BigInt, Type::String]))),
        ["nano", .., "RoomId"] => Some(Known::Defined(Defined::RoomId)),
        _ => None,
    }
}

fn primitive(name: &str) -> Option<Known> {
    Some(Known::Is(match name {
        "bool" => Type::Bool,
        "char" | "str" | "String" => Type::String,
        "f32" | "f64" => Type::Float,
        _ => integer(name)?,
    }))
}

fn integer(name: &str) -> Option<Type> {
    Some(match name {
        "i8" | "i16" | "i32" | "u8" | "u16" | "u32" => Type::Int,
        "i64" | "i128" | "isize" | "u64" | "u128" | "usize" => Type::BigInt,
        _ => return None,
    })
}

/// Names that mean one type, whichever crate they are of.
fn unmistakable(name: &str) -> Option<Known> {
    Some(match name {
        "Option" => Known::Option,
        "Vec" | "VecDeque" | "HashSet" | "BTreeSet" | "LinkedList" | "BinaryHeap" => Known::Array,
        "HashMap" | "BTreeMap" => Known::Map,
        "Box" | "Rc" | "Arc" | "Cow" | "RefCell" | "Mutex" | "RwLock" | "NonZero" => Known::Inner,
        "PhantomData" => Known::Is(Type::Null),
        "PathBuf" => Known::Is(Type::String),
        "Result" => Known::Defined(Defined::Result),
        "IndexMap" => Known::Map,
        "IndexSet" => Known::Array,
        "Bytes" => Known::Bytes,
        _ => Known::Is(integer(&name.strip_prefix("NonZero")?.to_lowercase())?),
    })
}

/// Other names of the standard library, which other crates might use as well.
fn standard(segments: &[&str], name: &str) -> Option<Known> {
    let defined = match name {
        "Cell" | "Reverse" | "Wrapping" | "Saturating" => return Some(Known::Inner),
        "Path" | "IpAddr" | "Ipv4Addr" | "Ipv6Addr" | "SocketAddr" | "SocketAddrV4"
        | "SocketAddrV6" => return Some(Known::Is(Type::String)),
        "AtomicBool" => return Some(Known::Is(Type::Bool)),
        "Bound" => Defined::Bound,
        "Duration" => Defined::Duration,
        "SystemTime" => Defined::SystemTime,
        "Range" if segments.contains(&"ops") => Defined::Range,
        "RangeInclusive" if segments.contains(&"ops") => Defined::RangeInclusive,
        "RangeFrom" if segments.contains(&"ops") => Defined::RangeFrom,
        "RangeTo" => Defined::RangeTo,
        _ => {
            let number = name.strip_prefix("Atomic")?.to_lowercase();
            return Some(Known::Is(integer(&number)?));
        }
    };
    Some(Known::Defined(defined))
}

impl Defined {
    /// Its whole path.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Result => "std::result::Result",
            Self::Bound => "std::ops::Bound",
            Self::Duration => "std::time::Duration",
            Self::SystemTime => "std::time::SystemTime",
            Self::Range => "std::ops::Range",
            Self::RangeInclusive => "std::ops::RangeInclusive",
            Self::RangeFrom => "std::ops::RangeFrom",
            Self::RangeTo => "std::ops::RangeTo",
            Self::RoomId => "nano::RoomId",
        }
    }

    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Result => &["T", "E"],
            Self::Duration | Self::SystemTime | Self::RoomId => &[],
            _ => &["T"],
        }
    }

    /// Its definition, as serde implements it.
    pub(super) fn definition(self, name: String) -> TypeDef {
        let parameter = |name: &str| Type::Parameter(name.to_owned());
        let (docs, shape) = match self {
            Self::Result => (
                "What came of something: a value, or an error.",
                choice([
                    ("Ok", Content::Value(parameter("T"))),
                    ("Err", Content::Value(parameter("E"))),
                ]),
            ),
            Self::Bound => (
                "An end of a range.",
                choice([
                    ("Unbounded", Content::Unit),
                    ("Included", Content::Value(parameter("T"))),
                    ("Excluded", Content::Value(parameter("T"))),
                ]),
            ),
            Self::Duration => (
                "A span of time: whole seconds, and nanoseconds beyond them.",
                object([("secs", Type::BigInt), ("nanos", Type::Int)]),
            ),
            Self::SystemTime => (
                "A moment: seconds since 1970 in UTC, and nanoseconds beyond them.",
                object([("secs_since_epoch", Type::BigInt), ("nanos_since_epoch", Type::Int)]),
            ),
            Self::Range => (
                "From `start` to before `end`.",
                object([("start", parameter("T")), ("end", parameter("T"))]),
            ),
            Self::RangeInclusive => (
                "From `start` to `end`.",
                object([("start", parameter("T")), ("end", parameter("T"))]),
            ),
            Self::RangeFrom => ("From `start` on.", object([("start", parameter("T"))])),
            Self::RangeTo => ("Up to before `end`.", object([("end", parameter("T"))])),
            Self::RoomId => ("The id of a room.", Shape::Alias(Type::BigInt)),
        };
        let parameters = self.parameters().iter().map(|name| (*name).to_owned()).collect();
        TypeDef { name, path: self.path().to_owned(), parameters, docs: docs.to_owned(), shape }
    }
}

fn object<const N: usize>(fields: [(&str, Type); N]) -> Shape {
    let field = |(name, ty): (&str, Type)| Field {
        name: name.to_owned(),
        ty,
        optional: false,
        docs: String::new(),
    };
    Shape::Object(Fields { fields: fields.into_iter().map(field).collect(), ..Fields::default() })
}

fn choice<const N: usize>(variants: [(&str, Content); N]) -> Shape {
    let variant = |(name, content): (&str, Content)| Variant {
        name: name.to_owned(),
        docs: String::new(),
        content,
    };
    Shape::Enum {
        tagging: Tagging::External,
        variants: variants.into_iter().map(variant).collect(),
    }
}

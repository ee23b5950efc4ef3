//! Messages with places that differ from one to the next, such as `"robot-{robot}"`.

use serde_json::{Number, Value};

use crate::failure::{Failure, Outcome};

/// A message whose texts may have places.
#[derive(Clone, Debug)]
pub(super) enum Template {
    /// It is the same each time.
    Fixed(Value),
    Text(Vec<Part>),
    Array(Vec<Template>),
    Object(Vec<(String, Template)>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Fixed(String),
    /// The number of the robot, from 0.
    Robot,
    /// The number of the round, from 0.
    Round,
    /// A whole number, both ends included.
    Int(i64, i64),
    /// A number with a fraction.
    Float(f64, f64),
    /// One of several texts.
    Choice(Vec<String>),
    /// So many letters.
    Letters(usize),
}

/// The robot that a message is for.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) robot: usize,
    pub(super) round: u64,
    pub(super) random: fastrand::Rng,
}

/// The longest text of random letters.
const LONGEST: usize = 60_000;
const PLACES: &str = "a place is {robot}, {round}, {0..100}, {0.0..1.0}, {red|green|blue} or {letters:20}; a brace is written {{ or }}";

impl Template {
    /// Reads a message.
    pub(super) fn read(value: &Value) -> Outcome<Self> {
        let template = match value {
            Value::String(text) => Self::Text(parts(text)?),
            Value::Array(values) => {
                Self::Array(values.iter().map(Self::read).collect::<Outcome<_>>()?)
            }
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| -> Outcome<(String, Self)> {
                    Ok((name.clone(), Self::read(value)?))
                };
                Self::Object(fields.iter().map(field).collect::<Outcome<Vec<_>>>()?)
            }
            other => Self::Fixed(other.clone()),
        };
        Ok(if template.is_fixed() {
            Self::Fixed(template.fill(&mut Values::new(0)))
        } else {
            template
        })
    }

    /// Returns `true` if the message is the same each time.
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Text(parts) => parts.iter().all(|part| matches!(part, Part::Fixed(_))),
            Self::Array(values) => values.iter().all(Self::is_fixed),
            Self::Object(fields) => fields.iter().all(|(_, value)| value.is_fixed()),
        }
    }

    /// Makes a message. A text that is a place and nothing else becomes a number, if the place is one.
    pub(super) fn fill(&self, values: &mut Values) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(parts) => match parts.as_slice() {
                [part] => part.value(values),
                parts => parts.iter().map(|part| part.text(values)).collect::<String>().into(),
            },
            Self::Array(items) => items.iter().map(|item| item.fill(values)).collect(),
            Self::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), value.fill(values))).collect()
            }
        }
    }
}

impl Values {
    pub(super) fn new(robot: usize) -> Self {
        Self { robot, round: 0, random: fastrand::Rng::with_seed(robot as u64) }
    }
}

impl Part {
    fn value(&self, values: &mut Values) -> Value {
        match self {
            Self::Robot => values.robot.into(),
            Self::Round => values.round.into(),
            Self::Int(from, to) => values.random.i64(*from..=*to).into(),
            Self::Float(from, to) => Number::from_f64(from + values.random.f64() * (to - from))
                .map_or(Value::Null, Value::Number),
            Self::Fixed(text) => text.clone().into(),
            Self::Choice(texts) => values.random.choice(texts).cloned().unwrap_or_default().into(),
            Self::Letters(len) => {
                (0..*len).map(|_| values.random.lowercase()).collect::<String>().into()
            }
        }
    }

    fn text(&self, values: &mut Values) -> String {
        match self.value(values) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }
}

/// Takes a text apart.
fn parts(text: &str) -> Outcome<Vec<Part>> {
    let mut parts = Vec::new();
    let mut fixed = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        fixed.push_str(&rest[..at]);
        let brace = &rest[at..at + 1];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            fixed.push_str(brace);
            rest = after;
            continue;
        }
        let place = rest.split_once('}').filter(|_| brace == "{");
        let Some((inner, after)) = place else {
            return Err(Failure::usage(format!("a brace of {text:?} is alone")).help(PLACES));
        };
        let part = part(inner).ok_or_else(|| {
            Failure::usage(format!("{{{inner}}} in {text:?} is no place")).help(PLACES)
        })?;
        if !fixed.is_empty() {
            parts.push(Part::Fixed(std::mem::take(&mut fixed)));
        }
        parts.push(part);
        rest = after;
    }
    fixed.push_str(rest);
    if !fixed.is_empty() || parts.is_empty() {
        parts.push(Part::Fixed(fixed));
    }
    Ok(parts)
}

fn part(inner: &str) -> Option<Part> {
    match inner {
        "robot" => return Some(Part::Robot),
        "round" => return Some(Part::Round),
        _ => {}
    }
    if inner.contains('|') {
        return Some(Part::Choice(inner.split('|').map(str::to_owned).collect()));
    }
    if let Some(len) = inner.strip_prefix("letters:") {
        return len.parse().ok().filter(|len| *len <= LONGEST).map(Part::Letters);
    }
    let (from, to) = inner.split_once("..")?;
    if let (Ok(from), Ok(to)) = (from.parse(), to.parse()) {
        return Some(Part::Int(from, to)).filter(|_| from <= to);
    }
    let (from, to): (f64, f64) = (from.parse().ok()?, to.parse().ok()?);
    Some(Part::Float(from, to)).filter(|_| from <= to && (to - from).is_finite())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_filled() {
        let check = |value: Value, expected: Value| {
            let template = Template::read(&value).expect("a message");
            let mut values = Values { round: 3, ..Values::new(7) };
            assert_eq!(template.fill(&mut values), expected);
        };
        check(json!("robot-{robot}"), json!("robot-7"));
        check(json!(["{robot}", "{round}", "{5..5}", "{{robot}}"]), json!([7, 3, 5, "{robot}"]));
        check(
            json!({"a": {"b": 1.5, "c": null}, "d": ""}),
            json!({"a": {"b": 1.5, "c": null}, "d": ""}),
        );
        check(json!("{x|x} {-1..-1} {0.5..0.5}"), json!("x -1 0.5"));
        let mut values = Values::new(1);
        let template = Template::read(&json!(["{0..9}", "{0.0..1.0}", "{letters:5}", "{a|b}"]))
            .expect("a message");
        for _ in 0..50 {
            let filled = template.fill(&mut values);
            assert!((0..=9).contains(&filled[0].as_i64().expect("a number")));
            assert!((0.0..1.0).contains(&filled[1].as_f64().expect("a number")));
            assert_eq!(filled[2].as_str().map(str::len), Some(5));
            assert!(["a", "b"].contains(&filled[3].as_str().expect("a text")));
        }
    }

    #[test]
    fn a_text_that_is_no_template_is_told_with_the_places_there_are() {
        for text in ["{robto}", "{", "a}", "{9..0}", "{letters:x}", "{}"] {
            let failure = Template::read(&json!([text])).expect_err(text).to_string();
            assert!(failure.contains("help: a place is {robot}"), "{text}: {failure}");
        }
    }
}

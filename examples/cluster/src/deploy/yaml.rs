//! YAML files as JSON values, without the parts of YAML that the files here can do without: anchors and tags.

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput};
use serde_json::{Map, Value};

/// Reads all documents of a file.
///
/// # Errors
///
/// A text with the line of the fault. A key that a mapping has twice is one.
pub(super) fn documents(text: &str) -> Result<Vec<Value>, String> {
    let mut events = Events { parser: Parser::new_from_str(text), line: 0 };
    let mut documents = Vec::new();
    loop {
        match events.next()? {
            Event::StreamStart | Event::DocumentEnd => {}
            Event::DocumentStart(_) => documents.push(events.value()?),
            Event::StreamEnd => return Ok(documents),
            other => return Err(events.fault(format!("{other:?} is outside of a document"))),
        }
    }
}

struct Events<'a> {
    parser: Parser<'a, StrInput<'a>>,
    line: usize,
}

impl<'a> Events<'a> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        let next = self.parser.next().ok_or_else(|| self.fault("the file ends too early"))?;
        let (event, span) = next.map_err(|error| error.to_string())?;
        self.line = span.start.line();
        Ok(event)
    }

    fn fault(&self, text: impl std::fmt::Display) -> String {
        format!("line {}: {text}", self.line)
    }

    fn value(&mut self) -> Result<Value, String> {
        let first = self.next()?;
        self.value_from(first)
    }

    /// Reads the value that begins with an event.
    fn value_from(&mut self, first: Event<'a>) -> Result<Value, String> {
        match first {
            Event::Scalar(text, ScalarStyle::Plain, 0, None) => Ok(plain(&text)),
            Event::Scalar(text, _, 0, None) => Ok(Value::from(text.as_ref())),
            Event::SequenceStart(0, None) => {
                let mut values = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return Ok(Value::from(values)),
                        first => values.push(self.value_from(first)?),
                    }
                }
            }
            Event::MappingStart(0, None) => self.mapping(),
            other => Err(self.fault(format!("{other:?} is not expected"))),
        }
    }

    fn mapping(&mut self) -> Result<Value, String> {
        let mut values = Map::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => return Ok(Value::from(values)),
                Event::Scalar(key, _, 0, None) => key.into_owned(),
                other => return Err(self.fault(format!("{other:?} is no key"))),
            };
            let line = self.line;
            let value = self.value()?;
            if values.insert(key.clone(), value).is_some() {
                return Err(format!("line {line}: the key `{key}` is there twice"));
            }
        }
    }
}

/// The value of a text without quotes.
fn plain(text: &str) -> Value {
    let is_number = !text.starts_with('0') || text == "0";
    match text {
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if is_number => Value::from(number),
            _ => Value::from(text),
        },
    }
}

#[test]
fn files_are_read_and_faults_are_told_with_their_line() {
    let text = "a: [1, \"2\", x]\nb: { c: true, d: }\n---\ne: 0440\n";
    let expected = serde_json::json!([
        { "a": [1, "2", "x"], "b": { "c": true, "d": null } },
        { "e": "0440" },
    ]);
    assert_eq!(documents(text).map(Value::from), Ok(expected));
    for (text, expected) in [
        ("a: 1\na: 2\n", "line 2: the key `a` is there twice"),
        ("a: &x 1\n", "line 1: "),
        ("a: !x 1\n", "line 1: "),
        ("a: [1\n", " "),
        ("a:\n  b: 1\n c: 2\n", " line 3"),
    ] {
        let fault = documents(text).expect_err(text);
        assert!(fault.contains(expected), "{text}: {fault}");
    }
}

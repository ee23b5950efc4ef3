//! The script of a load: what each robot does.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use nano_bench::generator;
use nano_build::manifest::{Handler, Kind};
use serde::Deserialize;
use serde_json::Value;

use super::text::{Template, Values};
use crate::duration::duration;
use crate::failure::{Failure, Outcome};
use crate::schema::Schema;

/// A script, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The part `user` of the handshake.
    user: Option<Value>,
    /// The steps that a robot makes once, when it has come.
    #[serde(default)]
    first: Vec<WrittenStep>,
    /// The steps that it makes again and again.
    #[serde(default)]
    step: Vec<WrittenStep>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    request: Option<String>,
    notify: Option<String>,
    body: Option<Value>,
    wait: Option<String>,
    think: Option<String>,
}

/// The steps of robots.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) user: Option<Value>,
    pub(super) first: Vec<Step>,
    pub(super) steps: Vec<Step>,
    /// The routes of requests and notifies, by their place in reports.
    pub(super) routes: Vec<String>,
    /// The routes of pushes that are waited for.
    pub(super) waits: Vec<String>,
    schema: Option<Arc<Schema>>,
}

/// A step of a robot.
#[derive(Debug)]
pub(super) enum Step {
    /// Sends a message, and waits for its reply if it has one.
    Send { route: usize, body: Body, is_request: bool },
    /// Waits for a push.
    Wait(usize),
    /// Does nothing for some time.
    Think(RangeInclusive<Duration>),
}

/// The body of a message.
#[derive(Debug)]
pub(super) enum Body {
    /// The same each time, with its route in front.
    Fixed(generator::Template),
    Varied(Template),
}

impl Script {
    /// Reads a script's file, in TOML or JSON.
    pub(super) fn read(path: &Path, schema: Option<Arc<Schema>>) -> Outcome<Self> {
        let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        let written = match path.extension().is_some_and(|ending| ending == "json") {
            true => serde_json::from_str(&text).map_err(|error| error.to_string()),
            false => toml::from_str(&text).map_err(|error| error.to_string()),
        };
        let written = written.map_err(|error| Failure::file(path, error.trim_end()))?;
        Self::new(written, schema).map_err(|failure| failure.of_file(path))
    }

    /// A script that calls each handler of a manifest, with messages of random values.
    pub(super) fn of_manifest(schema: Arc<Schema>) -> Outcome<Self> {
        let step = |handler: &Handler| {
            let (route, body) = (Some(handler.route.clone()), schema.example(handler));
            match handler.kind {
                Kind::Request => WrittenStep { request: route, body, ..WrittenStep::default() },
                Kind::Notify => WrittenStep { notify: route, body, ..WrittenStep::default() },
            }
        };
        let step = schema.handlers().map(step).collect();
        Self::new(Written { step, ..Written::default() }, Some(schema.clone()))
    }

    /// A script of one request. Where its message is not given, a manifest gives one of random values.
    pub(super) fn of_request(
        route: String,
        body: Option<Value>,
        schema: Option<Arc<Schema>>,
    ) -> Outcome<Self> {
        let body = match (&schema, body) {
            (Some(schema), None) => schema.example(schema.handler(&route)?),
            (_, body) => body,
        };
        let step = WrittenStep { request: Some(route), body, ..WrittenStep::default() };
        Self::new(Written { step: vec![step], ..Written::default() }, schema)
    }

    fn new(written: Written, schema: Option<Arc<Schema>>) -> Outcome<Self> {
        let mut script = Self {
            user: written.user,
            first: Vec::new(),
            steps: Vec::new(),
            routes: Vec::new(),
            waits: Vec::new(),
            schema,
        };
        for step in written.first {
            let step = script.step(step)?;
            script.first.push(step);
        }
        for step in written.step {
            let step = script.step(step)?;
            script.steps.push(step);
        }
        let pauses = |step: &Step| !matches!(step, Step::Send { is_request: false, .. });
        if !script.steps.iter().any(pauses) {
            let failure = Failure::usage(
                "the steps have no end: there is no request, wait or think in [[step]]",
            );
            return Err(
                failure.help("[[step]]\nrequest = \"room.say\"\nbody = { text = \"hello\" }")
            );
        }
        Ok(script)
    }

    fn step(&mut self, written: WrittenStep) -> Outcome<Step> {
        let WrittenStep { request, notify, body, wait, think } = written;
        let has_body = body.is_some();
        let step = match (request, notify, wait, think) {
            (Some(route), None, None, None) => return self.send(route, body, true),
            (None, Some(route), None, None) => return self.send(route, body, false),
            (None, None, Some(route), None) => Step::Wait(place(&mut self.waits, &route)),
            (None, None, None, Some(time)) => Step::Think(times(&time)?),
            _ => return Err(Failure::usage("a step is one of request, notify, wait and think")),
        };
        match has_body {
            false => Ok(step),
            true => Err(Failure::usage("only a request or a notify has a body")),
        }
    }

    fn send(&mut self, route: String, body: Option<Value>, is_request: bool) -> Outcome<Step> {
        if route.len() > usize::from(u8::MAX) {
            return Err(Failure::usage(format!("the route {route} has more than 255 bytes")));
        }
        if let Some(schema) = &self.schema
            && is_request
            && schema.handler(&route)?.kind == Kind::Notify
        {
            return Err(Failure::usage(format!("`{route}` has no reply"))
                .help("write notify = in place of request ="));
        }
        let template = body.as_ref().map(Template::read).transpose()?;
        // A message that cannot be sent is told before anything is.
        let example = template.as_ref().map(|template| template.fill(&mut Values::new(0)));
        let encoded = self.encode(&route, example.as_ref())?;
        let body = match template.filter(|template| !template.is_fixed()) {
            None => Body::Fixed(generator::Template::new(&route, &encoded)),
            Some(template) => Body::Varied(template),
        };
        Ok(Step::Send { route: place(&mut self.routes, &route), body, is_request })
    }

    /// Writes the body of a message.
    fn encode(&self, route: &str, value: Option<&Value>) -> Outcome<Bytes> {
        let text = value.map(Value::to_string);
        match &self.schema {
            Some(schema) => schema.encode(schema.handler(route)?, text.as_deref()),
            None => Ok(text.unwrap_or_else(|| "null".to_owned()).into()),
        }
    }

    /// Makes a message of a varied body.
    pub(super) fn fill(
        &self,
        route: usize,
        template: &Template,
        values: &mut Values,
    ) -> Outcome<generator::Template> {
        let route = &self.routes[route];
        let body = self.encode(route, Some(&template.fill(values)))?;
        Ok(generator::Template::new(route, &body))
    }

    /// Returns the places of the pushes that are waited for, by their codes.
    pub(super) fn codes(&self, dictionary: &Value) -> BTreeMap<u16, usize> {
        let code = |route: &String| u16::try_from(dictionary[route].as_u64()?).ok();
        self.waits.iter().enumerate().filter_map(|(at, route)| Some((code(route)?, at))).collect()
    }

    /// Returns the step of a robot: those of its first round, then those of all rounds.
    pub(super) fn at(&self, is_first: bool) -> &[Step] {
        if is_first { &self.first } else { &self.steps }
    }
}

/// Returns the place of a name in a list, at whose end it is put if it is not there.
fn place(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// Reads a time, or a range of times such as `200ms..1s`.
fn times(text: &str) -> Outcome<RangeInclusive<Duration>> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let read =
        |text: &str| duration(text).map_err(|problem| Failure::usage(format!("think: {problem}")));
    let times = read(from)?..=read(to)?;
    match times.is_empty() {
        false => Ok(times),
        true => Err(Failure::usage(format!("think: {text} ends before it begins"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_handler_of_a_manifest_can_be_called_with_random_values() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/typed");
        for server in ["json", "protobuf"] {
            let schema =
                Schema::read(&folder.join(server).join("manifest.json")).expect("a manifest");
            let handlers = schema.handlers().count();
            let script = Script::of_manifest(Arc::new(schema)).expect("messages that fit");
            assert_eq!(script.routes.len(), handlers);
            let mut values = Values::new(1);
            for step in &script.steps {
                if let Step::Send { route, body: Body::Varied(template), .. } = step {
                    script.fill(*route, template, &mut values).expect("a message that fits");
                }
            }
        }
    }
}

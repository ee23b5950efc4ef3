//! `cargo nano load`: robots that put a server under load.

mod display;
mod report;
mod robots;
mod script;
mod target;
mod text;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use nano_bench::generator::Generator;

use crate::duration::duration;
use crate::failure::{Failure, Outcome, Status};
use crate::schema::Schema;
use crate::{json, output};
use display::Display;
use report::Limits;
use robots::Robots;
use script::Script;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The server: tcp://host:port or ws://host:port/path, tls:// and wss:// for the same over TLS, or kcp://host:port
    url: String,
    /// The script: what each robot does, in TOML or JSON
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    script: Option<PathBuf>,
    /// One request in place of a script
    #[arg(long, value_name = "ROUTE")]
    request: Option<String>,
    /// The message of that request, as JSON [default: one of random values, if there is a manifest]
    #[arg(long, value_name = "JSON", requires = "request")]
    body: Option<String>,
    /// The manifest that nano-build writes: messages are checked before the load begins, and Protobuf needs it. Without a
    /// script and a request, all its handlers are called in turn, with messages of random values
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The number of robots, each with a connection
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    robots: u32,
    /// The time over which they connect, one after another
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = duration)]
    ramp: Duration,
    /// The time for which the load lasts, after all have connected
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    duration: Duration,
    /// The rounds of the script to begin in a second, over all robots, whether the server keeps up or not [default: each
    /// robot begins the next round at once]
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// The time to wait for each reply and push
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// The version of the application to announce
    #[arg(long, value_name = "VERSION")]
    client_version: Option<String>,
    /// The certificates to trust, in place of the system's
    #[arg(long, value_name = "PEM FILE")]
    ca: Option<PathBuf>,
    /// Fails if less than 99 % of the requests of a route are answered within this time
    #[arg(long, value_name = "TIME", value_parser = duration)]
    fail_p99: Option<Duration>,
    /// Fails if more of the requests fail, as 0.1%
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fail_errors: Option<f64>,
    /// Prints the results as JSON
    #[arg(long)]
    json: bool,
}

/// The pause between two groups of robots that come.
const PAUSE: Duration = Duration::from_millis(20);
/// The number of connections that are opened at once.
const AT_ONCE: usize = 64;

impl Options {
    pub(crate) fn run(self) -> Outcome {
        let schema = self.manifest.as_deref().map(Schema::read).transpose()?.map(Arc::new);
        let script = Arc::new(match (&self.script, &self.request, schema) {
            (Some(path), _, schema) => Script::read(path, schema)?,
            (None, Some(route), schema) => {
                let body = self.body.as_deref();
                let body = body.map(|body| json::parse(body, "--body")).transpose()?;
                Script::of_request(route.clone(), body, schema)?
            }
            (None, None, Some(schema)) => Script::of_manifest(schema)?,
            (None, None, None) => {
                let failure = Failure::usage("the robots have nothing to do");
                return Err(failure.help(
                    "--script names a file, --request a route, and --manifest calls all routes",
                ));
            }
        });
        let version = self.client_version.as_deref();
        let target = target::target(&self.url, self.ca.as_deref(), script.user.as_ref(), version)?;
        let unreachable = |error: anyhow::Error| {
            let failure = Failure::new(Status::Connection, format!("{}: {error:#}", self.url));
            failure.help("`cargo nano call` with the same URL says more about the connection")
        };
        let mut generator = Generator::new(target).map_err(unreachable)?;
        let mut robots = Robots::new(script, self.rate, self.timeout);
        let mut display = Display::new(self.ramp + self.duration);

        self.come(&mut generator, &mut robots, &mut display).map_err(unreachable)?;
        // The rates of a load are those of all robots.
        robots.report.begin();
        robots.begin(generator.now());
        let start = Instant::now();
        let ran = generator.run_until(&mut robots, |robots| {
            display.show(robots);
            start.elapsed() >= self.duration
        });
        let time = start.elapsed();
        // A server that has stopped answering is found out only so.
        robots.end();
        let ran = ran.and_then(|()| generator.run_until(&mut robots, |robots| !robots.wait()));
        display.end();
        let text = match self.json {
            true => robots.report.json(time).to_string(),
            false => robots.report.text(time),
        };
        output::line(text.as_bytes());
        ran.map_err(unreachable)?;
        robots.report.check(Limits { p99: self.fail_p99, errors: self.fail_errors })
    }

    /// Connects the robots over the time of the ramp. Those that have come begin at once.
    fn come(
        &self,
        generator: &mut Generator,
        robots: &mut Robots,
        display: &mut Display,
    ) -> anyhow::Result<()> {
        let all = self.robots as usize;
        let start = Instant::now();
        let mut come = 0;
        while come < all {
            let part = match self.ramp.is_zero() {
                true => 1.0,
                false => start.elapsed().as_secs_f64() / self.ramp.as_secs_f64(),
            };
            // The first one shows that there is a server.
            let wanted = ((all as f64 * part) as usize).clamp(1, all);
            if wanted > come {
                robots.add(wanted - come);
                generator.connect(wanted - come, AT_ONCE, robots)?;
                come = wanted;
            }
            display.show(robots);
            if come < all {
                generator.run_for(PAUSE, robots)?;
            }
        }
        Ok(())
    }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: Option<f64> = text.trim_end_matches("/s").parse().ok();
    rate.filter(|rate| (0.001..=1e9).contains(rate))
        .ok_or_else(|| "expected a number such as 500".to_owned())
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse().ok();
    let number = number.filter(|number: &f64| (0.0..=100.0).contains(number));
    number
        .map(|number| number / 100.0)
        .ok_or_else(|| "expected a part of a hundred, such as 0.1%".to_owned())
}

//! `cargo xtask sim`: nodes in a simulated network, which fails at random.

use crate::Outcome;
use crate::shell::{self, cargo};

const HELP: &str = "usage: cargo xtask sim [--seeds N] [--first S] [--twice T]
       cargo xtask sim --seeds 1 --first S --trace FILE
       cargo xtask sim --mutants [--plant NAME] [--first S]

  --seeds N     so many seeds: 200 by default
  --first S     the first of them: 1000 by default
  --twice T     so many of them run twice, and the same has to happen: all by default
  --trace FILE  writes all that happens in one seed, which is run once
  --mutants     shows that each planted fault is found within 200 seeds
  --plant NAME  only this one";

/// Runs seeds, some of them twice: the same must happen both times. Or looks for the faults that are planted in the code.
///
/// The order in which tokio polls what is ready is random, unless the whole build has a cfg of tokio's. It is built in a
/// folder of its own, so that other builds do not begin anew, and with some optimization.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (mut seeds, mut first, mut plant, mut mutants) = (200_u64, 1000_u64, None, false);
    let (mut twice, mut trace) = (u64::MAX, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let value = |rest: &mut std::slice::Iter<'_, String>| {
            rest.next().cloned().ok_or_else(|| format!("{argument} needs a value\n\n{HELP}"))
        };
        match argument.as_str() {
            "--seeds" => seeds = number(argument, &value(&mut rest)?)?,
            "--first" => first = number(argument, &value(&mut rest)?)?,
            "--twice" => twice = number(argument, &value(&mut rest)?)?,
            "--trace" => trace = Some(value(&mut rest)?),
            "--plant" => plant = Some(value(&mut rest)?),
            "--mutants" => mutants = true,
            "--help" => {
                println!("{HELP}");
                return Ok(());
            }
            _ => return Err(format!("unknown argument {argument}\n\n{HELP}")),
        }
    }
    if trace.is_some() && (seeds != 1 || mutants || plant.is_some()) {
        return Err(format!("--trace is for --seeds 1\n\n{HELP}"));
    }
    let test = if mutants || plant.is_some() {
        "cluster::sim::seeds::each_planted_fault_is_found"
    } else {
        "cluster::sim::seeds::whatever_fails_the_cluster_is_whole_again"
    };
    let mut command = cargo(&[
        "test",
        "--quiet",
        "--package",
        "nano",
        "--lib",
        "--features",
        "cluster,testing",
        "--target-dir",
        "target/sim",
        "--",
        "--exact",
        "--include-ignored",
        "--nocapture",
        test,
    ]);
    command
        .env("RUSTFLAGS", "--cfg tokio_unstable")
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("NANO_SIM_SEEDS", seeds.to_string())
        .env("NANO_SIM_FIRST", first.to_string())
        .env("NANO_SIM_TWICE", twice.to_string());
    if let Some(trace) = trace {
        // The test runs in another folder.
        let file = std::path::absolute(&trace).map_err(|error| format!("{trace}: {error}"))?;
        command.env("NANO_SIM_TRACE", file);
    }
    if let Some(plant) = plant {
        command.env("NANO_SIM_PLANT", plant);
    }
    shell::run(&mut command)
}

fn number(option: &str, value: &str) -> Result<u64, String> {
    value.parse().map_err(|_| format!("{option} takes a number, and not `{value}`"))
}

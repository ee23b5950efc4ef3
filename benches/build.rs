//! The build script: it keeps which compiler builds the servers, for the head of the report.

use std::process::Command;

fn main() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let version = version.as_deref().map_or("rustc, version unknown", str::trim);
    println!("cargo::rustc-env=NANO_BENCH_RUSTC={version}");
    println!("cargo::rerun-if-changed=build.rs");
}

//! Guilds on several nodes: each lives on one of them, which the guild's name chooses.
//!
//! `cargo run -p example-custom-route` starts a gate and three shards, lets the members of twelve guilds pay into their
//! vaults, ends one shard, starts another, and shows where the guilds are.

mod desk;
mod guilds;
#[cfg(test)]
mod tests;
mod world;

use nano::Result;
use world::World;

/// The guilds of this game.
const GUILDS: [&str; 12] = [
    "amber", "basalt", "cobalt", "dusk", "ember", "flint", "granite", "hazel", "iris", "jade",
    "krypton", "lapis",
];

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    println!("the gate is the master of the nodes: it waits five seconds for those of before");
    let mut world = World::start().await?;
    for name in ["shard-1", "shard-2", "shard-3"] {
        world.add(name).await?;
    }
    let first = world.pay().await?;
    world.end("shard-2").await;
    let second = world.pay().await?;
    world.add("shard-4").await?;
    let third = world.pay().await?;
    world.close().await;

    println!("{:<12}{:<16}{:<20}with shard-4", "guild", "three shards", "without shard-2");
    for ((guild, first), (second, third)) in first.iter().zip(second.values().zip(third.values())) {
        let [first, second, third] =
            [first, second, third].map(|vault| format!("{} {:>3}", vault.shard, vault.gold));
        println!("{guild:<12}{first:<16}{second:<20}{third}");
    }
    println!(
        "the numbers are the gold: it is in the memory of a shard, and a game would keep it in a database"
    );
    Ok(())
}

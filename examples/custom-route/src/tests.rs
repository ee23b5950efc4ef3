//! The nodes of the guilds while shards come and go.

use nano::Result;

use crate::world::{PAYMENT, Vaults, World};

/// Returns the guilds whose shard is another one, with both.
fn moved<'a>(before: &'a Vaults, after: &'a Vaults) -> Vec<(&'a str, &'a str)> {
    let pairs = before.values().zip(after.values());
    let pairs = pairs.map(|(before, after)| (before.shard.as_str(), after.shard.as_str()));
    pairs.filter(|(before, after)| before != after).collect()
}

#[tokio::test]
async fn only_guilds_of_a_shard_that_comes_or_goes_move() -> Result<()> {
    let mut world = World::start().await?;
    let nobody = world.pay().await.expect_err("no shard is there");
    assert_eq!(nobody.to_string(), "not_found: no route `guilds.pay`");

    for name in ["shard-1", "shard-2"] {
        world.add(name).await?;
    }
    let two = world.pay().await?;
    let both = 2 * u64::from(PAYMENT);
    assert!(two.values().all(|vault| vault.gold == both), "members have not met: {two:?}");
    assert!(moved(&two, &two).is_empty());

    world.add("shard-3").await?;
    let three = world.pay().await?;
    let gone = moved(&two, &three);
    assert!(gone.iter().all(|(_, after)| *after == "shard-3"), "{gone:?}");

    world.end("shard-2").await;
    let again = world.pay().await?;
    let gone = moved(&three, &again);
    assert!(gone.iter().all(|(before, _)| *before == "shard-2"), "{gone:?}");
    assert!(again.values().all(|vault| vault.shard != "shard-2"));
    world.close().await;
    Ok(())
}

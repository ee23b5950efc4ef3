//! The guide: chapters for those who build a game with nano, from the first game to a running service.
//!
//! Each chapter is about one task, and links to the pages with the details. The Rust in it is compiled by the tests of the
//! repository, and most of it is run.
//!
//! | to learn how to | read |
//! |---|---|
//! | write a game, open it in a browser, and test it | [`first_game`] (in Chinese: [`first_game_zh`]) |
//! | put players together at tables, in matches and in zones | [`rooms_and_matchmaking`], then [`rooms`](crate::rooms) |
//! | log players in, and reach them wherever they are | [`sessions_and_login`], then [`users`](crate::users) and [`policy`](crate::policy) |
//! | keep players in a database | [`databases`] |
//! | save bytes with codes for routes, and keep old clients working | [`route_codes`] |
//! | connect from JavaScript, TypeScript, C#, Rust, or any other language | [`clients`], then [`protocol`](crate::protocol) |
//! | check, change or encrypt every message | [`pipeline`](crate::pipeline) |
//! | call one component from another | [`calls`](crate::calls) |
//! | test handlers, rooms, timers, and clients that misbehave | [`testing`] |
//! | serve pages, and run behind nginx or HAProxy | [`browsers_and_proxies`], then [`proxies`](crate::proxies) and [`tls`](crate::tls) |
//! | use UDP | [`webtransport`](crate::webtransport) for browsers, [`kcp`](crate::kcp) for native clients |
//! | run it, update it, and let matches end first | [`deploying`], then [`drain`](crate::drain) and [`resume`](crate::resume) |
//! | watch it: metrics, logs, alarms | [`observing`], then [`observability`](crate::observability) and [`logs`](crate::logs) |
//! | protect it against attacks | [`hardening`], then [`limits`](crate::limits) |
//! | make it fast | [`performance`] |
//! | spread it over several machines | [`cluster`], then [`nodes`](crate::nodes) and [`etcd`](crate::etcd) |
//! | find out why something does not work | [`troubleshooting`] |
//! | bring over a game from another framework | [`from_go_nano`], [`from_pitaya`], [`from_pomelo`] |
//! | run nodes of Go nano in the same cluster | [`go_nano`](crate::go_nano) |
//!
//! # Terms
//!
//! | term | meaning |
//! |---|---|
//! | component | a struct with handlers |
//! | handler | a method that clients call by its route, such as `room.join` |
//! | request, notify, push | a message of a client that is answered; one that is not; a message that the server sends on its own |
//! | session | one client's stay, from its handshake to its end |
//! | user | the player whom a session belongs to, once it is bound |
//! | room | a component of which there are many, with members |
//! | dialect | the form of the protocol that a client speaks, by what it announces in its handshake |
//! | native client | a client that lists its features: those of this project in JavaScript, C# and Rust |
//! | stock client | a client of pomelo, pinus, Go nano or pitaya, as it is |
//! | gate, backend | in a cluster: a node that the clients connect to; a node with components |

// It uses all features, and costs those who build a game nothing.
#![cfg(all(
    any(doc, doctest),
    feature = "admin",
    feature = "axum",
    feature = "client",
    feature = "cluster",
    feature = "cron",
    feature = "etcd",
    feature = "testing",
    feature = "tls",
    feature = "webtransport"
))]

#[doc = include_str!("guide/browsers_and_proxies.md")]
pub mod browsers_and_proxies {}

#[doc = include_str!("guide/clients.md")]
pub mod clients {}

#[doc = include_str!("docs/cluster.md")]
pub mod cluster {}

#[doc = include_str!("guide/databases.md")]
pub mod databases {}

#[doc = include_str!("guide/deploying.md")]
pub mod deploying {}

#[doc = include_str!("guide/first_game.md")]
pub mod first_game {}

#[doc = include_str!("guide/first_game_zh.md")]
pub mod first_game_zh {}

#[doc = include_str!("guide/from_go_nano.md")]
pub mod from_go_nano {}

#[doc = include_str!("guide/from_pitaya.md")]
pub mod from_pitaya {}

#[doc = include_str!("guide/from_pomelo.md")]
pub mod from_pomelo {}

#[doc = include_str!("guide/hardening.md")]
pub mod hardening {}

#[doc = include_str!("guide/observing.md")]
pub mod observing {}

#[doc = include_str!("guide/performance.md")]
pub mod performance {}

#[doc = include_str!("guide/rooms_and_matchmaking.md")]
pub mod rooms_and_matchmaking {}

#[doc = include_str!("guide/route_codes.md")]
pub mod route_codes {}

#[doc = include_str!("guide/sessions_and_login.md")]
pub mod sessions_and_login {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/troubleshooting.md")]
pub mod troubleshooting {}

//! The guide: chapters for those who build a game with nano, from the first one to a running service.
//!
//! Each chapter is about a task, and links to the pages that have every detail. All Rust in it is compiled by the tests of
//! this crate, and most of it is run.
//!
//! | to learn how to | read |
//! |---|---|
//! | write a game, open it in a browser, and test it | [`first_game`], in Chinese: [`first_game_zh`] |
//! | put players together at tables, in matches and in zones | [`rooms_and_matchmaking`], then [`rooms`](crate::rooms) |
//! | log players in, and reach them wherever they are | [`sessions_and_login`], then [`users`](crate::users) and [`policy`](crate::policy) |
//! | keep players in a database | [`databases`] |
//! | save bytes with codes for routes, and not break old clients | [`route_codes`] |
//! | connect from JavaScript, TypeScript, C#, Rust, or any other language | [`clients`], then [`protocol`](crate::protocol) |
//! | check or change every message, encrypt | [`pipeline`](crate::pipeline) |
//! | test handlers, rooms, timers and rude clients | [`testing`] |
//! | serve pages, and stand behind nginx or HAProxy | [`browsers_and_proxies`], then [`proxies`](crate::proxies) and [`tls`](crate::tls) |
//! | run it, update it, and let matches end first | [`deploying`], then [`drain`](crate::drain) and [`resume`](crate::resume) |
//! | see what it does | [`observing`], then [`observability`](crate::observability) and [`logs`](crate::logs) |
//! | keep it up when somebody tries to bring it down | [`hardening`], then [`limits`](crate::limits) |
//! | make it fast | [`performance`] |
//! | spread it over several machines | [`cluster`], then [`nodes`](crate::nodes) and [`etcd`](crate::etcd) |
//! | find out why something does not work | [`troubleshooting`] |
//! | bring over a game from another framework | [`from_go_nano`], [`from_pitaya`], [`from_pomelo`] |
//!
//! # Words
//!
//! A **component** is a struct with handlers. A **handler** is a method that clients call by its **route**, such as
//! `room.join`. A **request** is answered, a **notify** is not, and a **push** comes from the server on its own. A
//! **session** is one client's stay, from its handshake to its end; binding makes it a **user**'s. A **room** is a component
//! of which there are many.

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

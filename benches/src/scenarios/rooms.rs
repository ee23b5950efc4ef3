//! Rooms: many that push to their members at a fixed rate, in one process and without sockets.
//!
//! 40,000 sockets are more than most machines allow a process, and their system calls would hide the cost of rooms. So
//! the clients are streams in memory, which count the packets that they are written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use nano::{App, Bytes, Context, RoomType, Session, component, push};

use super::member::{Audience, Member};
use crate::report::{Column, Results, Row, Unit};
use crate::{cli, machine, procfs};

/// The route of the request by which a member finds a room.
const FIND: &str = "lobby.find";
/// The time in which all members find a room.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The number of rooms
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    rooms: u32,
    /// The number of members of each room
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    members: u32,
    /// The pushes of each room in a second
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rate: u32,
    /// The length of a push's body in bytes
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    payload: u32,
    /// The number of worker threads of the runtime; by default one for each core
    #[arg(long)]
    workers: Option<usize>,
    /// The seconds that are measured
    #[arg(long, default_value = "5", value_parser = cli::seconds)]
    seconds: Duration,
}

#[push]
trait TablePush {
    #[push(name = "table.moved")]
    fn moved(body: Bytes);
}

struct Table {
    period: Duration,
    body: Bytes,
    is_moving: bool,
}

#[component(room)]
impl Table {
    /// The first member starts the game.
    #[on(enter)]
    fn entered(&mut self, ctx: &Context<Self>) {
        if !std::mem::replace(&mut self.is_moving, true) {
            let members = ctx.members().clone();
            ctx.every(self.period, move |table| {
                // It can fail only when the room has ended.
                let _ = TablePush::to(&members).moved(&table.body);
            });
        }
    }
}

struct Lobby(Options);

#[component]
impl Lobby {
    #[handler]
    async fn find(&self, session: &Session, ctx: &Context<Self>) -> nano::Result<()> {
        let Options { rate, payload, .. } = self.0;
        let seat = ctx.find_or_open(
            |_| true,
            || Table {
                period: Duration::from_secs(1) / rate,
                body: vec![b'x'; payload as usize].into(),
                is_moving: false,
            },
        )?;
        session.enter(seat).await
    }
}

const COLUMNS: [Column; 9] = [
    Column::plain("deliveries/s", Unit::Rate),
    Column::plain("of those due", Unit::Percent),
    Column::plain("CPU/delivery", Unit::Nanos),
    Column::plain("CPU of a core", Unit::Percent),
    Column::plain("memory/room", Unit::Bytes),
    Column::plain("filled in", Unit::Nanos),
    Column::plain("between pushes: p50", Unit::Nanos),
    Column::plain("p99", Unit::Nanos),
    Column::plain("longest", Unit::Nanos),
];

impl Options {
    /// Runs the rooms, and returns what they measured.
    ///
    /// # Errors
    ///
    /// A member that finds no room, or rooms that are not as many as they should be.
    pub(crate) fn run(self) -> Result<Results> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if let Some(workers) = self.workers {
            runtime.worker_threads(workers);
        }
        runtime.enable_all().build()?.block_on(self.measure())
    }

    async fn measure(self) -> Result<Results> {
        let Self { rooms, members, rate, payload, workers, seconds } = self;
        let sessions = rooms as usize * members as usize;
        let tables = RoomType::<Table>::new().max(rooms as usize).max_members(members as usize);
        let app = App::new()
            .component(Lobby(self))
            .rooms(tables)
            .heartbeat(Duration::from_secs(3600))
            .max_sessions(sessions + 1)
            .max_handshakes(sessions + 1);
        let server = app.start().await.context("the app does not start")?;
        let process = std::process::id();
        let (memory, audience) = (procfs::memory_of(process)?, Arc::<Audience>::default());

        let started = Instant::now();
        for index in 0..sessions {
            server.serve(Member::new(index, FIND, audience.clone()));
            if index.is_multiple_of(100) {
                tokio::task::yield_now().await;
            }
        }
        while audience.replies() < sessions {
            ensure!(
                started.elapsed() < PATIENCE,
                "{} of {sessions} members have found a room in {PATIENCE:?}",
                audience.replies()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let filled = started.elapsed();
        let tables = server.rooms::<Table>().context("the rooms are registered")?;
        ensure!(tables.len() == rooms as usize, "there are {} rooms, not {rooms}", tables.len());
        ensure!(tables.list().iter().all(|table| table.is_full()), "a room is not full");
        let memory = procfs::memory_of(process)?.saturating_sub(memory) / u64::from(rooms);

        // One second until all timers run.
        tokio::time::sleep(Duration::from_secs(1)).await;
        audience.begin();
        let (started, cpu) = (Instant::now(), procfs::cpu_of(process)?);
        tokio::time::sleep(seconds).await;
        let (elapsed, cpu) = (started.elapsed(), procfs::cpu_of(process)?.saturating_sub(cpu));
        let (pushes, gaps) = audience.end();

        let delivered = pushes as f64 / elapsed.as_secs_f64();
        let due = sessions as f64 * f64::from(rate);
        let micros = |quantile| Duration::from_micros(gaps.value_at_quantile(quantile));
        let mut row = Row::new("nano", false);
        let cpu = cpu.as_secs_f64();
        row.push(vec![
            delivered,
            delivered / due * 100.0,
            cpu * 1e9 / pushes as f64,
            cpu / elapsed.as_secs_f64() * 100.0,
            memory as f64,
            filled.as_nanos() as f64,
            micros(0.5).as_nanos() as f64,
            micros(0.99).as_nanos() as f64,
            Duration::from_micros(gaps.max()).as_nanos() as f64,
        ]);
        let workers = workers.map_or_else(|| "default".to_owned(), |workers| workers.to_string());
        Ok(Results {
            machine: machine::description(),
            title: format!(
                "rooms in memory: {rooms} of {members} members, {rate} pushes a second each ({due:.0}/s), bodies of \
                 {payload} bytes"
            ),
            conditions: format!("{workers} workers, one round"),
            notices: Vec::new(),
            columns: COLUMNS.to_vec(),
            rows: vec![row],
        })
    }
}

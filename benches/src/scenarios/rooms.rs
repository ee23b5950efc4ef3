//! Rooms: many that push to their members at a fixed rate, in one process and without sockets.
//!
//! 40,000 sockets are more than most machines allow a process, and their system calls would hide the cost of rooms. So
//! the clients are streams in memory, which count the packets that they are written.

mod member;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use nano::{App, Bytes, Context, RoomType, Session, component, push};

use crate::{cli, machine, procfs};
use member::{Audience, Member};

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

impl Options {
    /// Runs the rooms, and returns the report.
    ///
    /// # Errors
    ///
    /// A member that finds no room, or rooms that are not as many as they should be.
    pub(crate) fn run(self) -> Result<String> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        if let Some(workers) = self.workers {
            runtime.worker_threads(workers);
        }
        runtime.enable_all().build()?.block_on(self.measure())
    }

    async fn measure(self) -> Result<String> {
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
        let mut report = format!(
            "{}\nrooms in memory: {rooms} of {members} members, {rate} pushes a second each, bodies of {payload} \
             bytes, {} workers\n\n",
            machine::description(),
            workers.map_or_else(|| "default".to_owned(), |workers| workers.to_string()),
        );
        let _ = writeln!(report, "filled by {sessions} sessions at once in {filled:.2?}");
        let _ = writeln!(report, "memory: {memory} bytes for each room with its sessions");
        let _ = writeln!(
            report,
            "deliveries: {delivered:.0}/s of {due:.0}/s ({:.1} %)",
            delivered / due * 100.0
        );
        let _ = writeln!(
            report,
            "CPU: {:.2} cores, {:.0} ns for each delivery",
            cpu.as_secs_f64() / elapsed.as_secs_f64(),
            cpu.as_secs_f64() * 1e9 / pushes as f64
        );
        let _ = writeln!(
            report,
            "between two pushes: p50 {:.1?}, p99 {:.1?}, longest {:.1?}",
            micros(0.5),
            micros(0.99),
            Duration::from_micros(gaps.max())
        );
        Ok(report)
    }
}

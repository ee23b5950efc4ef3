//! The checks of an [`App`], and the [`Core`] that is built of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::App;
use super::core::Core;
use super::listening::{self, Listening};
use super::pipeline::Pipeline;
use super::policy;
use super::registration::Built;
#[cfg(feature = "admin")]
use crate::admin::Opening;
use crate::clock::Clock;
#[cfg(feature = "cluster")]
use crate::cluster::{Bound, Node};
use crate::codec::packet::MAX_BODY_LEN;
use crate::codec::text;
use crate::component::{Components, Lifetime};
use crate::dispatch::{Calling, Runtime};
use crate::door::{Door, Threads};
use crate::log::Log;
use crate::metrics::Metrics;
use crate::net::Net;
use crate::routes::{LinkedRoute, RouteTable, ScannedKind, differences};
use crate::session::SessionIds;
use crate::wire::Dictionary;
use crate::{Error, ErrorKind, Result};

/// The longest route that the one length byte can announce.
const MAX_ROUTE: usize = 255;

/// The longest dictionary that fits into the answer to a handshake.
const MAX_DICTIONARY: usize = MAX_BODY_LEN - 4096;

/// An app that is built, with its addresses open.
pub(super) struct Start {
    pub(super) listening: Vec<Listening>,
    #[cfg(feature = "admin")]
    pub(super) admin: Option<Opening>,
    #[cfg(feature = "cluster")]
    pub(super) bound: Option<Bound>,
    pub(super) core: Arc<Core>,
}

pub(super) async fn build(app: App) -> Result<Start> {
    let mut problems = Vec::new();
    app.config.check(&mut problems);
    let names = check(&app, &mut problems);
    let App { config, serializer, components, routes, listeners, pipeline, recorders, .. } = app;
    let listening = listening::bind(listeners, &mut problems).await;
    #[cfg(feature = "admin")]
    let (admin, recorders) = Opening::of(app.admin, recorders, &mut problems).await;
    #[cfg(feature = "cluster")]
    let bound = match &app.cluster {
        Some(cluster) => {
            cluster.check(&mut problems);
            cluster.check_users(config.users.duplicate_login, &mut problems);
            Bound::open(cluster).await.map_err(|problem| problems.push(problem)).ok()
        }
        None => None,
    };
    if !problems.is_empty() {
        return Err(config_error(&problems));
    }

    let metrics = Metrics::new(recorders).map(Arc::new);
    let log = Arc::new(Log::new(metrics.clone()));
    let mut built = Built::new(config.handler_timeout);
    let directory = config.users.directory();
    let registry = Arc::new_cyclic(|weak| {
        let mut registry = Components::new(Lifetime::new(log.clone()), directory.clone());
        for component in components {
            component.build(&mut registry, weak, &mut built);
        }
        registry
    });
    let dictionary = match &routes {
        Some(routes) => routes.dictionary(),
        None => Dictionary::new(names),
    };
    let mut handlers = RouteTable::new(built.handlers, &dictionary).measured(metrics.as_ref());
    if config.policy.require_bind {
        handlers.require_users();
    }
    let Pipeline { inbound, outbound } = pipeline;
    let mut wire = config.wire(serializer, dictionary, log.clone());
    wire.stages = outbound;
    wire.repairs_late = !inbound.is_empty();
    #[cfg(feature = "cluster")]
    let node = app.cluster.map(|cluster| {
        let (serializer, sessions) = (wire.serializer.name(), directory.sessions.clone());
        Node::new(
            cluster,
            serializer,
            sessions,
            log.clone(),
            config.policy.require_bind,
            config.users.duplicate_login,
            !listening.is_empty(),
        )
    });
    #[cfg(feature = "cluster")]
    let (session_ids, elsewhere) = match &node {
        Some(node) => (node.session_ids(), Some(node.elsewhere())),
        None => (SessionIds::new(), None),
    };
    #[cfg(not(feature = "cluster"))]
    let session_ids = SessionIds::new();
    let runtime = Arc::new(Runtime {
        wire: Arc::new(wire),
        inbound,
        clock: Arc::new(Clock::new()),
        routes: handlers,
        hooks: built.session_hooks,
        handshake: built.handshake,
        limits: config.limits(),
        sessions: directory.sessions,
        common: directory.common,
        session_ids,
        calling: Calling::default(),
        #[cfg(feature = "cluster")]
        elsewhere,
        rooms: registry.rooms_by_name(),
        tasks: TaskTracker::new(),
        abort: CancellationToken::new(),
    });
    runtime.takes_calls();
    #[cfg(feature = "cluster")]
    if let Some(node) = &node {
        node.serves(runtime.clone());
    }
    let threads = Threads::start(config.threads.unwrap_or(0)).map_err(|error| {
        Error::with_source(ErrorKind::Io, "the app's threads cannot be started", error)
    })?;
    let stop_accepting = CancellationToken::new();
    let door = Door::new(
        Net::new(runtime.clone(), config.settings()),
        config.admission(),
        log,
        config.handshake_timeout,
        stop_accepting.clone(),
        runtime.tasks.clone(),
        Arc::new(threads),
    );
    let core = Arc::new(Core {
        runtime,
        door,
        lifecycle: built.lifecycle,
        timers: built.timers,
        components: registry,
        home: Handle::current(),
        stop_accepting,
        stopped: CancellationToken::new(),
        is_listening: AtomicBool::new(false),
        #[cfg(feature = "cluster")]
        node,
        #[cfg(feature = "cluster")]
        is_fenced: AtomicBool::new(false),
        #[cfg(feature = "cluster")]
        node_hooks: built.node_hooks,
        config,
    });
    Ok(Start {
        listening,
        #[cfg(feature = "admin")]
        admin,
        #[cfg(feature = "cluster")]
        bound,
        core,
    })
}

/// Reports the problems of the components and their routes, and returns all names.
fn check(app: &App, problems: &mut Vec<String>) -> BTreeSet<&'static str> {
    let mut owners: BTreeMap<&'static str, &'static str> = BTreeMap::new();
    let mut types = BTreeSet::new();
    let mut names = BTreeSet::new();
    for component in &app.components {
        if !types.insert(component.type_id()) {
            problems.push(format!("component `{}` is registered twice", component.name()));
            continue;
        }
        component.check(&*app.serializer, problems);
        let this = component.type_name();
        for route in component.routes() {
            policy::check(route, problems);
            if !route.is_internal() {
                names.insert(route.name());
            }
            if let Some(other) = owners.insert(route.name(), this) {
                problems.push(format!(
                    "route `{}` has two handlers: in {other} and in {this}",
                    route.name()
                ));
            }
        }
    }
    let handshakes: Vec<_> =
        app.components.iter().flat_map(|component| component.handshakes()).collect();
    if handshakes.len() > 1 {
        let hooks = handshakes.join("`, `");
        problems.push(format!("an app has one handshake hook; `{hooks}` are too many"));
    }
    let pushed = app.pushes.iter().flat_map(|set| set.events().iter().map(|event| event.route));
    names.extend(pushed);
    if let Some(routes) = &app.routes {
        routes.check(problems);
        problems.extend(differences(&app.linked(), routes));
        names.extend(routes.entries().iter().map(|route| route.name));
    }
    for name in names.iter().filter(|name| name.is_empty() || name.len() > MAX_ROUTE) {
        problems.push(format!("route `{name}` has {} bytes; 1 to {MAX_ROUTE} fit", name.len()));
    }
    if names.len() > usize::from(u16::MAX) {
        problems.push(format!("there are {} routes; {} codes exist", names.len(), u16::MAX));
    }
    // A name, its quotes and colon, a code of five digits and a comma.
    let dictionary: usize = names.iter().map(|name| json_len(name) + 7).sum();
    if dictionary > MAX_DICTIONARY {
        problems.push(format!(
            "the dictionary of all routes takes {dictionary} bytes; {MAX_DICTIONARY} fit into a handshake"
        ));
    }
    names
}

impl App {
    /// Returns the routes of all registered components and pushes, each once.
    fn linked(&self) -> Vec<LinkedRoute> {
        let handlers = self.components.iter().flat_map(|component| {
            let owner = component.type_name();
            let routes = component.routes().into_iter().filter(|route| !route.is_internal());
            routes.map(move |route| LinkedRoute {
                name: route.name(),
                kind: ScannedKind::Handler,
                owner,
                method: route.method(),
            })
        });
        let pushes = self.pushes.iter().flat_map(|set| {
            set.events().iter().map(|event| LinkedRoute {
                name: event.route,
                kind: ScannedKind::Push,
                owner: set.name(),
                method: event.method,
            })
        });
        let mut seen = BTreeSet::new();
        // Several traits may have the same push, and one component may be registered twice by mistake.
        handlers
            .chain(pushes)
            .filter(|route| seen.insert((route.name, route.owner, route.method)))
            .collect()
    }

    /// Returns the differences between the registered routes and the scanned ones; `None` without
    /// [`App::routes`].
    #[cfg(feature = "testing")]
    pub(crate) fn route_differences(&self) -> Option<Vec<String>> {
        self.routes.as_ref().map(|routes| differences(&self.linked(), routes))
    }
}

/// The length of a name in the JSON of a handshake.
fn json_len(name: &str) -> usize {
    let json = serde_json::to_vec(name).unwrap_or_default();
    text::escape_non_bmp(&json).unwrap_or(json).len()
}

fn config_error(problems: &[String]) -> Error {
    let mut message = match problems.len() {
        1 => "the app cannot start".to_owned(),
        count => format!("the app cannot start, for {count} reasons"),
    };
    for problem in problems {
        message.push_str("\n  - ");
        message.push_str(problem);
    }
    Error::new(ErrorKind::Config, message)
}

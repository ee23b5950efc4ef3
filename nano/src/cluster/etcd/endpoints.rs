//! The members of etcd, and calls to whichever answers.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};
use tonic::metadata::MetadataValue;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

use crate::cluster::registry::RegistryError;
use crate::cluster::sockets::{Secure, lazy_channel};
use crate::error::Report;
use crate::proto::etcd::{AuthenticateRequest, auth_client};

/// The time after which the next member is asked, too.
const PATIENCE: Duration = Duration::from_secs(1);

/// The time for an answer of any member, which is less than a lease lasts.
const LIMIT: Duration = Duration::from_secs(4);

/// One member.
pub(super) struct Endpoint {
    address: String,
    secure: Option<Secure>,
    channel: Mutex<Option<Channel>>,
}

impl Endpoint {
    pub(super) fn new(address: String, secure: Option<Secure>) -> Self {
        Self { address, secure, channel: Mutex::default() }
    }

    fn channel(&self) -> Channel {
        let mut channel = self.channel.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || lazy_channel(&self.address, self.secure.clone(), PATIENCE);
        channel.get_or_insert_with(open).clone()
    }

    /// Lets the next call open a new connection: this one may be dead, and look healthy.
    fn renew(&self) {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// All members.
pub(super) struct Endpoints {
    all: Vec<Endpoint>,
    /// The one that answered last.
    current: AtomicUsize,
    /// Changes with the member that is used, and with the connection to it.
    changes: watch::Sender<u64>,
    user: Option<(String, String)>,
    /// What the user has been given for its password.
    token: Mutex<Option<String>>,
}

/// The way to one member.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) channel: Channel,
    token: Option<String>,
}

impl Way {
    /// A request with what lets it in.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let token = self.token.as_ref().and_then(|token| MetadataValue::try_from(token).ok());
        if let Some(token) = token {
            request.metadata_mut().insert("token", token);
        }
        // A member that is cut off from the others does not hold it.
        request.metadata_mut().insert("hasleader", MetadataValue::from_static("true"));
        request
    }
}

impl Endpoints {
    pub(super) fn new(all: Vec<Endpoint>, user: Option<(String, String)>) -> Self {
        let (current, changes) = (AtomicUsize::new(0), watch::Sender::default());
        Self { all, current, changes, user, token: Mutex::default() }
    }

    /// Changes when streams have to be opened anew.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Asks the member that answered last, and the others when it does not answer. All that is asked may be done by more
    /// than one of them.
    pub(super) async fn call<T, F>(&self, ask: impl Fn(Way) -> F) -> Result<T, RegistryError>
    where
        F: Future<Output = Result<T, Status>> + Send,
    {
        self.call_as(&ask, &authenticate).await
    }

    /// The same, as a user whom `authenticate` lets in.
    async fn call_as<T, F, A>(
        &self,
        ask: &impl Fn(Way) -> F,
        authenticate: &impl Fn(Way, AuthenticateRequest) -> A,
    ) -> Result<T, RegistryError>
    where
        F: Future<Output = Result<T, Status>> + Send,
        A: Future<Output = Result<String, Status>> + Send,
    {
        let answer = self.try_all(ask, self.token(authenticate).await?).await?;
        match answer {
            Err(status) if self.user.is_some() && is_stale(&status) => {
                self.token.lock().unwrap_or_else(PoisonError::into_inner).take();
                let token = self.token(authenticate).await?;
                self.try_all(ask, token).await?.map_err(|status| of_answer(&status))
            }
            answer => answer.map_err(|status| of_answer(&status)),
        }
    }

    /// The way to the member that answered last, for a stream.
    pub(super) async fn way(&self) -> Result<Way, RegistryError> {
        let token = self.token(&authenticate).await?;
        Ok(Way { channel: self.endpoint(self.current.load(Ordering::Relaxed)).channel(), token })
    }

    /// Notes that a stream of the member that answered last has ended.
    pub(super) fn stream_ended(&self) {
        self.lost(self.current.load(Ordering::Relaxed));
    }

    fn endpoint(&self, at: usize) -> &Endpoint {
        &self.all[at % self.all.len()]
    }

    async fn token<A>(
        &self,
        authenticate: &impl Fn(Way, AuthenticateRequest) -> A,
    ) -> Result<Option<String>, RegistryError>
    where
        A: Future<Output = Result<String, Status>> + Send,
    {
        let Some((name, password)) = &self.user else { return Ok(None) };
        let known = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_some() {
            return Ok(known);
        }
        let ask = |way| {
            let (name, password) = (name.clone(), password.clone());
            authenticate(way, AuthenticateRequest { name, password })
        };
        let token = self.try_all(&ask, None).await?.map_err(|status| of_answer(&status))?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        Ok(Some(token))
    }

    /// The answer of the first member that has one, which may be an error.
    async fn try_all<T, F>(
        &self,
        ask: &impl Fn(Way) -> F,
        token: Option<String>,
    ) -> Result<Result<T, Status>, RegistryError>
    where
        F: Future<Output = Result<T, Status>> + Send,
    {
        let (start, first) = (Instant::now(), self.current.load(Ordering::Relaxed));
        let (mut running, mut asked, mut failed) = (FuturesUnordered::new(), 0, String::new());
        loop {
            // The next one is asked when all before it have failed, or are slow.
            let is_slow = start.elapsed() >= PATIENCE * asked;
            if (asked as usize) < self.all.len() && (running.is_empty() || is_slow) {
                let at = first + asked as usize;
                let way = Way { channel: self.endpoint(at).channel(), token: token.clone() };
                let answer = ask(way);
                running.push(async move { (at, answer.await) });
                asked += 1;
                continue;
            }
            if running.is_empty() {
                return Err(RegistryError::Away(failed));
            }
            let next_at = match (asked as usize) < self.all.len() {
                true => start + PATIENCE * asked,
                false => start + LIMIT,
            };
            tokio::select! {
                Some((at, answer)) = running.next() => match answer {
                    Err(status) if !is_answer(&status) => {
                        self.endpoint(at).renew();
                        self.lost(at);
                        let address = &self.endpoint(at).address;
                        failed = format!("etcd at {address}: {}", Report(&status));
                    }
                    answer => {
                        self.answered(at);
                        return Ok(answer);
                    }
                },
                () = sleep_until(next_at.min(start + LIMIT)) => {
                    if start.elapsed() >= LIMIT {
                        (0..asked as usize).for_each(|at| self.endpoint(first + at).renew());
                        self.lost(first);
                        let address = &self.endpoint(first).address;
                        let text = format!("etcd at {address} does not answer within {LIMIT:?}");
                        return Err(RegistryError::Away(text));
                    }
                }
            }
        }
    }

    fn answered(&self, at: usize) {
        let at = at % self.all.len();
        if self.current.swap(at, Ordering::Relaxed) != at {
            self.changes.send_modify(|changes| *changes += 1);
        }
    }

    fn lost(&self, at: usize) {
        if at % self.all.len() == self.current.load(Ordering::Relaxed) {
            self.changes.send_modify(|changes| *changes += 1);
        }
    }
}

/// Shows neither the password nor what was given for it.
impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all.iter().map(|endpoint| &endpoint.address)).finish()
    }
}

/// Lets a user in by its password, and returns the token for its calls.
async fn authenticate(way: Way, ask: AuthenticateRequest) -> Result<String, Status> {
    let answer = auth_client::AuthClient::new(way.channel).authenticate(ask).await?;
    Ok(answer.into_inner().token)
}

/// Makes a stream, within the time for one member.
pub(super) async fn opened<T>(
    opening: impl Future<Output = Result<T, Status>>,
) -> Result<T, RegistryError> {
    match timeout(LIMIT, opening).await {
        Ok(opened) => opened.map_err(|status| RegistryError::Away(Report(&status).to_string())),
        Err(_) => Err(RegistryError::Away(format!("etcd opens no stream within {LIMIT:?}"))),
    }
}

/// Returns `true` if the token of the user has ended, or is older than a change of etcd's users and roles.
fn is_stale(status: &Status) -> bool {
    let text = status.message();
    status.code() == Code::Unauthenticated
        || text.contains("revision of auth store is old")
        || text.contains("revision in header is old")
}

/// Returns `true` if etcd has thought about it. Others than those may know better.
fn is_answer(status: &Status) -> bool {
    is_stale(status)
        || matches!(
            status.code(),
            Code::NotFound
                | Code::InvalidArgument
                | Code::FailedPrecondition
                | Code::OutOfRange
                | Code::AlreadyExists
                | Code::PermissionDenied
                | Code::Unauthenticated
        )
}

fn of_answer(status: &Status) -> RegistryError {
    match status.code() {
        // The lease.
        Code::NotFound => RegistryError::Gone,
        _ => RegistryError::Refused(format!("etcd: {}", crate::error::shown(status.message()))),
    }
}

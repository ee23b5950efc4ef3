//! Generic components, over types and constants.

use nano::{Context, Reply, Result, Session, component};
use serde::{Serialize, de::DeserializeOwned};

trait Database: Send + Sync + 'static {
    type Row: Serialize + DeserializeOwned + Send + 'static;
    fn load(&self) -> impl Future<Output = Result<Self::Row>> + Send;
}

struct Store<D, const N: usize> {
    database: D,
    saved: usize,
}

#[component]
impl<D, const N: usize> Store<D, N>
where
    D: Database,
{
    #[handler]
    async fn load(&self, context: &Context<Self>) -> Result<D::Row> {
        let _ = context;
        self.database.load().await
    }

    #[handler]
    fn save(&mut self, row: D::Row, reply: Reply<usize>) {
        let _ = row;
        self.saved += 1;
        reply.send(self.saved + N);
    }

    #[on(session_closed)]
    async fn left(&mut self, session: &Session, context: &Context<Self>) {
        let _ = (session, context);
    }

    #[every("1s")]
    fn flush(&mut self) {}
}

fn main() {}

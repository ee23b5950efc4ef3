//! A message's way through the inbound stages to its handler.

use std::borrow::Cow;
use std::sync::Arc;

use super::Runtime;
use super::found::Found;
use super::stage::{InboundMessage, InboundStage};
use crate::component::{Incoming, Step};
use crate::routes::RouteHandler;
use crate::{Result, Session};

/// Takes a message through the inbound stages, and hands it to the handler that was found. It waits for nothing, and
/// allocates nothing, as long as stages and handler do not.
pub(super) fn run<F: Found>(
    runtime: &Arc<Runtime>,
    found: &F,
    incoming: Incoming<&Session>,
    body: Cow<'_, [u8]>,
) -> Step<()> {
    let Some(handler) = found.handler(runtime) else { return Step::Ready(()) };
    let session = incoming.lent();
    let mut message = InboundMessage::new(session, incoming.route(), incoming.is_request(), body);
    for (at, stage) in runtime.inbound.iter().enumerate() {
        match stage {
            InboundStage::Plain(stage) => {
                if let Err(error) = stage(&mut message) {
                    incoming.fail(error);
                    return Step::Ready(());
                }
            }
            InboundStage::Waiting(_) => {
                let (runtime, incoming) = (runtime.clone(), incoming.into_owned());
                return Step::pending(wait(
                    runtime,
                    found.clone(),
                    incoming,
                    message.into_owned(),
                    at,
                ));
            }
        }
    }
    handle(runtime, handler, incoming, message)
}

/// Goes on with the stage at `from`, which may wait.
async fn wait<F: Found>(
    runtime: Arc<Runtime>,
    found: F,
    incoming: Incoming<Session>,
    mut message: InboundMessage<'static>,
    from: usize,
) {
    let Some(handler) = found.handler(&runtime) else { return };
    for stage in runtime.inbound.iter().skip(from) {
        match pass(stage, message).await {
            Ok(passed) => message = passed,
            Err(error) => return incoming.fail(error),
        }
    }
    let session = incoming.session().clone();
    handle(&runtime, handler, incoming.lend(&session), message).finish().await;
}

async fn pass(
    stage: &InboundStage,
    mut message: InboundMessage<'static>,
) -> Result<InboundMessage<'static>> {
    match stage {
        InboundStage::Plain(stage) => stage(&mut message).map(|()| message),
        InboundStage::Waiting(stage) => stage(message).await,
    }
}

fn handle(
    runtime: &Runtime,
    handler: &RouteHandler,
    incoming: Incoming<&Session>,
    message: InboundMessage<'_>,
) -> Step<()> {
    // Only now is it the text that the client wrote.
    let body = runtime.wire.repaired(message.into_body());
    handler.dispatch(incoming, &body)
}

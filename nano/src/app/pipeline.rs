//! The stages around the messages of an app.

use std::fmt;

use crate::dispatch::InboundStage;
use crate::wire::stages::Stages;

/// The stages of an app.
#[derive(Default)]
pub(crate) struct Pipeline {
    pub(crate) inbound: Vec<InboundStage>,
    pub(crate) outbound: Stages,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inbound = self.inbound.len();
        f.debug_struct("Pipeline")
            .field("inbound", &inbound)
            .field("outbound", &self.outbound)
            .finish()
    }
}

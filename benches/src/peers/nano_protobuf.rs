//! nano with a typed Protobuf handler.

use nano::{App, Protobuf, component};

use super::nano::unlimited;
use crate::generator::ProtobufPayload;

struct Echo;

#[component]
impl Echo {
    #[handler]
    fn say(&self, message: ProtobufPayload) -> ProtobufPayload {
        message
    }
}

pub(super) fn app() -> App {
    unlimited().serializer(Protobuf).component(Echo)
}

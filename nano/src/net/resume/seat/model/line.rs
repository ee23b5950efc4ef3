//! A connection without a transport: what it writes is what its client could have received.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::world::Shared;
use crate::codec::{Message, PacketDecoder, PacketKind};
use crate::dispatch::Dispatch;
use crate::door::Admitted;
use crate::net::batch::Batch;
use crate::net::local::{End, Local};
use crate::net::resume::{Claimed, Lost, Parked, Seat};
use crate::net::settings::{Outbound, SlowConsumers};
use crate::session::Session;
use crate::wire::resume::Token;
use crate::wire::ring::Ring;

/// The bytes that a connection wrote.
#[derive(Clone, Default)]
pub(super) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn add(&self, packets: &[u8]) {
        self.0.lock().expect("no panic").extend_from_slice(packets);
    }

    fn packets(&self, kind: PacketKind) -> Vec<bytes::Bytes> {
        let mut bytes = bytes::BytesMut::from(&self.0.lock().expect("no panic")[..]);
        let decoder = PacketDecoder::new(1024);
        let packets = std::iter::from_fn(|| decoder.decode(&mut bytes).expect("whole packets"));
        packets.filter(|packet| packet.kind == kind).map(|packet| packet.body).collect()
    }

    /// The numbers that were pushed.
    pub(super) fn numbers(&self) -> Vec<u64> {
        let number = |body: &bytes::Bytes| {
            let message = Message::decode(body).expect("a message");
            serde_json::from_slice(&message.body).expect("a number")
        };
        self.packets(PacketKind::Data).iter().map(number).collect()
    }

    pub(super) fn is_kicked(&self) -> bool {
        !self.packets(PacketKind::Kick).is_empty()
    }
}

/// A connection that has the session.
pub(super) struct Line {
    world: Shared,
    link: Arc<Local>,
    dispatch: Dispatch,
    admitted: Admitted,
    seat: Arc<Seat<Lost>>,
    sent: Ring,
    pub(super) written: Written,
    /// The number of the claim by which it has the session.
    pub(super) number: u64,
}

/// The end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The session ended with it.
    Ended,
    /// The session was left in its seat, where it ended or was taken.
    Left,
}

/// The answer to a client that comes back.
pub(super) enum Answer {
    Back(Line),
    /// Another one came after this one, which has the number.
    Superseded(u64),
    Gone,
}

/// Comes back with a token, as a client that took in `received` packets: the steps of `Pump::claim`, `claimed` and
/// `come_back`.
pub(super) async fn come_back(world: &Shared, token: &Token, received: u64) -> Answer {
    let Some(claim) = Seat::claim(&world.tokens, token) else { return Answer::Gone };
    let number = claim.number;
    let lost = match poll_fn(|cx| claim.poll(cx)).await {
        Claimed::Session(lost) => lost,
        Claimed::Superseded => return Answer::Superseded(number),
        Claimed::Ended => return Answer::Gone,
    };
    let seat = claim.seat().clone();
    seat.issue().expect("random numbers");
    if !lost.sent.covers(received) {
        Parked::end(seat, lost, world.limits).await;
        return Answer::Gone;
    }
    let Lost { link, dispatch, admitted, mut sent, .. } = *lost;
    drop(claim);
    link.be_present();
    let written = Written::default();
    sent.release(received);
    sent.replay(|packets| written.add(packets));
    // The client has its new token.
    seat.confirm();
    Answer::Back(Line {
        world: world.clone(),
        link,
        dispatch,
        admitted,
        seat,
        sent,
        written,
        number,
    })
}

impl Line {
    /// Opens the session over a first connection. The token is for the next one.
    pub(super) fn open(world: &Shared) -> (Self, Token) {
        let runtime = world.runtime.clone();
        let outbound = Outbound { limit: 1024, slow_consumers: SlowConsumers::Disconnect };
        let (wire, clock) = (runtime.wire.clone(), runtime.clock.clone());
        let link = Arc::new(Local::new(wire.clone(), clock.clone(), outbound));
        let (id, common) = (runtime.session_ids.next(), runtime.common.clone());
        let session = Session::new(id, None, wire, link.clone(), clock, common);
        world.opened(&session);
        let mut dispatch = Dispatch::new(runtime, session).expect("the app runs");
        dispatch.open(&mut Context::from_waker(Waker::noop()));
        let admitted = world.admission.admit(None).expect("there is room");
        let seat = Seat::new(&world.tokens, link.clone());
        let token = seat.issue().expect("random numbers");
        link.be_present();
        let sent = Ring::new(world.limits.messages, world.limits.bytes);
        let (world, written, number) = (world.clone(), Written::default(), 0);
        (Self { world, link, dispatch, admitted, seat, sent, written, number }, token)
    }

    /// Serves the session until it ends, or is asked for by another connection: then its task goes on.
    pub(super) async fn serve(mut self) -> Fate {
        let mut is_ended = false;
        let fate = poll_fn(|cx| self.poll(cx, &mut is_ended)).await;
        if fate == Fate::Left {
            self.park().await;
        }
        fate
    }

    /// Leaves the session in its seat, with the task that looks after it.
    pub(super) fn park(self) -> Parked {
        let Self { world, link, dispatch, admitted, seat, sent, .. } = self;
        let lost = Lost::new(link, dispatch, admitted, sent, 0, &world.limits);
        Parked::new(seat, Box::new(lost), world.limits)
    }

    /// The steps of `Pump::turn` that have to do with the seat.
    fn poll(&mut self, cx: &mut Context<'_>, is_ended: &mut bool) -> Poll<Fate> {
        let mut is_closing = *is_ended;
        loop {
            // The pump asks first if there are news, which the models of the outbox have.
            let mut batch = Batch::default();
            let look = self.link.look(Some(&mut batch));
            batch.drain(|packets| {
                self.sent.record(packets);
                self.written.add(packets);
            });
            if look.end == End::Sealed {
                return Poll::Ready(Fate::Ended);
            }
            is_closing |= look.end == End::Closing;
            if is_closing && !*is_ended {
                *is_ended = self.dispatch.end(cx, |_, _| {});
                self.link.seal(true);
                self.seat.end();
                continue;
            }
            if !is_closing && self.seat.is_wanted() {
                return Poll::Ready(Fate::Left);
            }
            if self.link.sleep(cx) {
                return Poll::Pending;
            }
        }
    }
}

//! The field: its dots, and their moves.

use nano::{Error, Group, Result, Session, component, push};

pub use proto::{Dot, Enter, Entered, Left, Move};

mod proto {
    //! The messages of `proto/field.proto`.
    nano::include_proto!("field");
}

/// The number of dots that fit.
const CAPACITY: usize = 200;

#[derive(Default)]
pub struct Field {
    visitors: Group,
    last_id: u32,
}

/// The messages that the field pushes to its visitors.
#[push]
pub trait FieldPush {
    /// A dot came, or moved. A visitor who reads slowly gets the newest place of each.
    #[push(name = "onDot", class = latest, key = "id")]
    fn dot(dot: Dot);
    /// A dot left, or was lost.
    #[push(name = "onLeft")]
    fn left(left: Left);
}

#[component]
impl Field {
    /// Puts a dot on the field, and answers with who is there.
    #[handler]
    fn enter(&mut self, session: &Session, enter: Enter) -> Result<Entered> {
        if session.get::<Dot>().is_some() {
            return Err(Error::reject(
                "already_entered",
                "you are on the field already",
            ));
        }
        if self.visitors.len() >= CAPACITY {
            return Err(Error::reject(
                "full",
                format!("{CAPACITY} dots are there: try again later"),
            ));
        }
        self.last_id += 1;
        let dot = Dot {
            id: self.last_id,
            x: 0.5,
            y: 0.5,
            hue: enter.hue % 360,
        };
        FieldPush::to(&self.visitors).dot(&dot)?;
        session.insert(dot);
        self.visitors.add(session)?;
        let dots = self
            .visitors
            .members()
            .iter()
            .filter_map(Session::get)
            .collect();
        Ok(Entered {
            id: self.last_id,
            dots,
        })
    }

    /// Moves the visitor's own dot, if it is on the field. A handler without a result has no reply: the next move
    /// comes soon.
    #[handler(rate = "60/s")]
    fn move_to(&self, session: &Session, to: Move) {
        let place = |value: f32| {
            if value.is_finite() {
                value.clamp(0.0, 1.0)
            } else {
                0.5
            }
        };
        let moved = session.update(|dot: &mut Dot| {
            (dot.x, dot.y) = (place(to.x), place(to.y));
            *dot
        });
        if let Some(dot) = moved {
            // It fails only when a dot does not encode, which each of them does.
            let _ = FieldPush::to(&self.visitors).dot(&dot);
        }
    }

    /// Tells the others. The session has left the group already.
    #[on(session_closed)]
    fn closed(&self, session: &Session) -> Result<()> {
        match session.get::<Dot>() {
            Some(dot) => FieldPush::to(&self.visitors).left(&Left { id: dot.id }),
            None => Ok(()),
        }
    }
}

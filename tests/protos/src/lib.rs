//! A server with messages of packages that have every kind of name.
//!
//! That it compiles is most of the test; that it has no doc tests, and is documented without warnings, is the
//! test of comments.

use nano::{App, Protobuf, component};

#[cfg(test)]
mod tests;

/// The messages of all packages.
pub mod pb {
    nano::include_protos!();
}

/// The messages of single packages.
pub mod one {
    /// A package with a keyword in its name.
    pub mod of_keyword {
        nano::include_proto!("acme.type");
    }
    /// Messages without a package.
    pub mod of_none {
        nano::include_proto!("");
    }
    /// A package with capital letters, where its path finds what it uses.
    pub mod of_capitals {
        /// The rest of the name.
        pub mod http {
            /// The rest of the name.
            pub mod v1 {
                nano::include_proto!("Acme.HTTPServer2.v1beta1");
            }
        }
    }
    pub use crate::pb::a;
}

/// A component whose messages are of all packages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hall;

#[component]
impl Hall {
    #[handler]
    fn offer(&self, item: pb::shop::offer::Item) -> pb::shop::Offer {
        let offer = Some(pb::shop::offer::Offer::Item(item));
        pb::shop::Offer { offer }
    }

    #[handler]
    fn join(&self, position: pb::common::v1::Position) -> pb::game::v1::Joined {
        pb::game::v1::Joined { position: Some(position), ..Default::default() }
    }

    #[handler]
    fn login(&self, login: pb::Login) -> one::of_none::Welcome {
        one::of_none::Welcome { player_id: login.token.map_or(0, |token| token.text.len() as i64) }
    }

    #[handler]
    fn find(&self, wanted: one::of_keyword::Match) -> pb::acme::r#type::Match {
        pb::acme::r#type::Match { r#type: wanted.r#type, ..Default::default() }
    }

    #[handler]
    fn keywords(&self, some: pb::self_::crate_::r#fn::None) -> pb::self_::crate_::r#fn::Type {
        let extern_ = some.some;
        let value = pb::self_::crate_::r#fn::r#type::Crate::Extern(extern_);
        pb::self_::crate_::r#fn::Type { super_: None, crate_: Some(value) }
    }

    #[handler]
    fn nested(&self, top: pb::a::Top) -> pb::a::b::c::Deep {
        top.middle.and_then(|middle| middle.deep).unwrap_or_default()
    }

    #[handler]
    fn inside(&self, _kind: pb::inside::kind::Kind) -> pb::inside::Kind {
        pb::inside::Kind::default()
    }

    #[handler]
    fn sit(&self, _sit: pb::comments::SitRequest) -> pb::well::known::All {
        pb::well::known::All::default()
    }
}

/// The app.
pub fn app() -> App {
    App::new().serializer(Protobuf).routes(nano::include_routes!()).component(Hall)
}

//! The macros that include the files written by a build script.

/// Includes the routes that the build script found, as [`Routes`](crate::Routes) for
/// [`App::routes`](crate::App::routes).
///
/// It reads `nano_routes.rs` in the build's `OUT_DIR`, which the crate `nano-build` writes. It is a constant
/// expression, and works in all crates of the package that has the build script.
///
/// # Examples
///
/// ```
/// # mod nano {
/// #     pub use ::nano::*;
/// #     macro_rules! scanned { () => { ::nano::__private::routes("3f2a9c0d11223344", &[]) } }
/// #     pub(crate) use scanned as include_routes;
/// # }
/// let app = nano::App::new().routes(nano::include_routes!());
/// ```
#[macro_export]
macro_rules! include_routes {
    () => {{
        #[allow(dead_code, missing_docs, unreachable_pub, unused_imports)]
        mod __nano_routes {
            use $crate as nano;
            // The included constant shadows this one, which keeps a missing build script to one error.
            mod missing {
                pub const ROUTES: $crate::Routes = $crate::__private::routes("", &[]);
            }
            pub use missing::*;
            ::core::include!(::core::concat!(
                ::core::env!(
                    "OUT_DIR",
                    "nano::include_routes!() needs a build script that calls \
                     nano_build::Config::compile: a build.rs beside Cargo.toml"
                ),
                "/nano_routes.rs"
            ));
        }
        __nano_routes::ROUTES
    }};
}

/// Includes the messages of all protobuf packages: the Rust types that the build script made of the `.proto` files.
///
/// Each package is a module, named and nested as the package: the messages of `game.v1` are in `game::v1`, and
/// those of files without `package` stand where the macro does. So packages find each other's messages. Write the
/// macro in a module of its own, by convention `pb`.
///
/// Names follow Rust: the package `Acme.type` is the module `acme::r#type`. What is declared inside of a message
/// is in a module of the message's name: `Item` of the message `Offer` is `offer::Item`.
///
/// # Examples
///
/// ```
/// # mod nano {
/// #     macro_rules! messages {
/// #         () => { pub mod game { pub mod v1 { pub struct JoinRequest { pub name: String } } } }
/// #     }
/// #     pub(crate) use messages as include_protos;
/// # }
/// mod pb {
///     # use super::nano;
///     nano::include_protos!();
/// }
/// use pb::game::v1::JoinRequest;
/// # fn main() {
///
/// let request = JoinRequest { name: "ann".into() };
/// # let _ = request.name;
/// # }
/// ```
#[macro_export]
macro_rules! include_protos {
    () => {
        ::core::include!(::core::concat!(
            ::core::env!(
                "OUT_DIR",
                "nano::include_protos!() needs a build script that calls \
                 nano_build::Config::compile: a build.rs beside Cargo.toml"
            ),
            "/nano_protos.rs"
        ));
    };
}

/// Includes the messages of one protobuf package, which is named as its `.proto` files name it:
/// `include_proto!("game.v1")`, and `include_proto!("")` for files without `package`.
///
/// Its messages stand where the macro does, which saves the modules of [`include_protos!`]. A package that uses
/// messages of others finds them in modules that are nested as theirs; `include_protos!` writes these modules.
///
/// # Examples
///
/// ```
/// # mod nano {
/// #     macro_rules! messages { ($package:literal) => { pub struct JoinRequest { pub name: String } } }
/// #     pub(crate) use messages as include_proto;
/// # }
/// mod pb {
///     # use super::nano;
///     nano::include_proto!("game");
/// }
/// # fn main() {
///
/// let request = pb::JoinRequest { name: "ann".into() };
/// # let _ = request.name;
/// # }
/// ```
#[macro_export]
macro_rules! include_proto {
    ($package:literal) => {
        ::core::include!(::core::concat!(
            ::core::env!(
                "OUT_DIR",
                "nano::include_proto!(..) needs a build script that calls \
                 nano_build::Config::compile: a build.rs beside Cargo.toml"
            ),
            "/nano_protos/",
            $package,
            ".rs"
        ));
    };
}

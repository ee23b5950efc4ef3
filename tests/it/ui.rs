//! What the attributes accept, and what they say to what they do not.
//!
//! `TRYBUILD=overwrite cargo test -p nano-tests ui` writes the messages anew; read them as a user
//! would before committing them.

#[test]
fn attributes_accept_and_explain() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/pass/*.rs");
    cases.compile_fail("ui/fail/*/*.rs");
}

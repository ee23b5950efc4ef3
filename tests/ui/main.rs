//! Tests of the attributes: code that they accept, and their errors for code that they refuse.
//!
//! `TRYBUILD=overwrite cargo test -p nano-tests-ui` updates the expected messages; read them as a user
//! would before committing them.

#[test]
fn attributes_accept_and_explain() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*/*.rs");
}

//! A macro that gives a test the command line of its compiler, to compile more code against the same crates.
//!
//! There may be several builds of a crate beside the one that a test is linked to: with other
//! features, of other versions, by other compilers. Only the compiler's command line says which.

use proc_macro::{Delimiter, Group, Literal, Punct, Spacing, TokenStream, TokenTree};

/// The command line of the compiler, as a `[&str; N]` whose first is the compiler.
#[proc_macro]
pub fn command_line(_input: TokenStream) -> TokenStream {
    let words = std::env::args().flat_map(|word| {
        let comma = Punct::new(',', Spacing::Alone);
        [TokenTree::Literal(Literal::string(&word)), TokenTree::Punct(comma)]
    });
    TokenTree::Group(Group::new(Delimiter::Bracket, words.collect())).into()
}

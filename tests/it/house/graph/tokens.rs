//! Paths among the tokens of a macro, which need not be Rust's syntax as a whole.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::imports::{joined, text};

/// Names joined by `::`, perhaps from a group as in `use a::{b, c}`.
pub(super) struct Run {
    pub(super) path: Vec<String>,
    pub(super) glob: bool,
    pub(super) line: usize,
}

pub(super) fn runs(tokens: TokenStream) -> Vec<Run> {
    let mut found = Vec::new();
    collect(tokens, &[], &mut found);
    found
}

/// `prefix` is the path before the group that `tokens` stand in.
fn collect(tokens: TokenStream, prefix: &[String], found: &mut Vec<Run>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) => collect(group.stream(), &[], found),
            TokenTree::Ident(ident) if ident != "as" && !follows(&tokens, at - 1) => {
                let mut path = joined(prefix, ident);
                let line = ident.span().start().line;
                let mut glob = false;
                while is_separator(&tokens, at) {
                    match tokens.get(at + 2) {
                        Some(TokenTree::Ident(ident)) => path.push(text(ident)),
                        Some(TokenTree::Punct(star)) if star.as_char() == '*' => glob = true,
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                            collect(group.stream(), &path, found);
                        }
                        _ => break,
                    }
                    at += 3;
                }
                found.push(Run { path, glob, line });
            }
            _ => {}
        }
    }
}

/// A name after these belongs to something else: another crate's path, a macro's variable, a rename.
fn follows(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    match before {
        Some(TokenTree::Ident(ident)) => ident == "as",
        Some(TokenTree::Punct(mark)) if mark.as_char() == '$' => !is_crate(&tokens[at]),
        Some(TokenTree::Punct(mark)) => {
            mark.as_char() == ':' && at >= 2 && is_separator(tokens, at - 2)
        }
        _ => false,
    }
}

fn is_crate(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "crate")
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon =
        |at| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    colon(at) && colon(at + 1)
}

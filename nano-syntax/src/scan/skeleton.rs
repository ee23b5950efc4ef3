//! A hash of the parts of a file that a scan depends on.

use std::hash::{DefaultHasher, Hash, Hasher};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use super::source;

/// Hashes the parts of a file that a scan can depend on. Returns `None` if the text is not Rust.
///
/// White space, comments and the insides of functions make no difference; attributes, documentation,
/// signatures and all else do. As long as the numbers of all files, the configuration and the set of
/// files stay the same, another [`scan`](super::scan) finds the same, but for the lines and columns.
///
/// The number is stable within one build of this crate, and no longer.
///
/// # Examples
///
/// ```
/// use nano_syntax::scan::skeleton;
///
/// let before = skeleton("fn roll(sides: u8) -> u8 { 4 }");
/// assert!(before.is_some());
/// assert_eq!(skeleton("fn roll(sides: u8) -> u8 {\n    sides - 1 // fair\n}"), before);
/// assert_ne!(skeleton("fn roll(sides: u16) -> u8 { 4 }"), before);
/// assert_eq!(skeleton("fn roll("), None);
/// ```
pub fn skeleton(text: &str) -> Option<u64> {
    let tokens = source::tokens(text).ok()?;
    let mut hasher = DefaultHasher::new();
    write(tokens, &mut hasher);
    Some(hasher.finish())
}

fn write(tokens: TokenStream, hasher: &mut DefaultHasher) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => (b'i', ident.to_string()).hash(hasher),
            TokenTree::Literal(literal) => (b'l', literal.to_string()).hash(hasher),
            TokenTree::Punct(punct) => {
                (b'p', punct.as_char(), punct.spacing() == Spacing::Joint).hash(hasher);
            }
            TokenTree::Group(group) => {
                let delimiter: u8 = match group.delimiter() {
                    Delimiter::Parenthesis => b'(',
                    Delimiter::Brace => b'{',
                    Delimiter::Bracket => b'[',
                    Delimiter::None => b' ',
                };
                hasher.write_u8(delimiter);
                write(group.stream(), hasher);
                hasher.write_u8(b')');
            }
        }
    }
}

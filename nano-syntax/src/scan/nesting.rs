//! Limits on the nesting of tokens, which keep the recursion of the parser within its stack.

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};

/// The deepest nesting of delimiters.
pub(super) const MAX_NESTING: usize = 96;

/// The nesting of expressions and types that is accepted whatever they are made of.
pub(super) const MAX_LEVELS: usize = 24;

/// The largest cost of all levels around a token. A cost of 1 is some 20 KiB of the parser's stack if
/// it is not optimised, as build scripts are not, and a thread has 2 MiB.
const MAX_COST: usize = MAX_LEVELS * ANGLE;

/// Type arguments are the deepest recursion.
const ANGLE: usize = 4;

/// A delimiter: of a type, an expression or a module, which cannot be told apart.
const GROUP: usize = 3;

/// The largest number of tokens of an expression or a type on one level.
pub(super) const MAX_RUN: usize = 4096;

/// Words that an expression, type or pattern can follow, and that can follow themselves.
const PREFIXES: [&str; 20] = [
    "as", "async", "await", "box", "break", "const", "dyn", "else", "fn", "for", "if", "impl",
    "in", "let", "match", "move", "return", "unsafe", "while", "yield",
];

/// Finds the place at which delimiters nest too deep. Needs no stack itself.
pub(super) fn too_many_delimiters(tokens: &TokenStream) -> Option<Span> {
    let mut open: Vec<IntoIter> = vec![tokens.clone().into_iter()];
    while let Some(innermost) = open.last_mut() {
        match innermost.next() {
            Some(TokenTree::Group(group)) => {
                if open.len() > MAX_NESTING {
                    return Some(group.span_open());
                }
                open.push(group.stream().into_iter());
            }
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    None
}

/// Finds the place at which an expression or a type nests too deep for the parser.
///
/// An estimate from above, since parsing is what cannot be done yet: every token that can stand
/// before an operand counts until a comma, semicolon or brace ends the operand. Macros are not
/// parsed, so theirs do not count.
pub(super) fn too_many_levels(tokens: TokenStream) -> Option<Span> {
    Run::new(0).measure(tokens)
}

/// Tokens on one level, and what may be nested among them.
struct Run {
    /// The cost of the levels around this run.
    outside: usize,
    /// The cost of the tokens before the operand.
    prefixes: usize,
    /// The number of open angle brackets; they nest across commas.
    angles: usize,
    length: usize,
}

impl Run {
    fn new(outside: usize) -> Self {
        Self { outside, prefixes: 0, angles: 0, length: 0 }
    }

    fn end_operand(&mut self) {
        (self.prefixes, self.length) = (0, 0);
    }

    fn end(&mut self) {
        self.end_operand();
        self.angles = 0;
    }

    fn cost(&self) -> usize {
        self.outside + self.prefixes + self.angles * ANGLE
    }

    fn measure(mut self, tokens: TokenStream) -> Option<Span> {
        let (mut before, mut last) = (None, None);
        for token in tokens {
            // One item ends and another begins; `if x {} else if x {} else ..` goes on.
            if matches!(last, Some(Kind::Brace | Kind::MacroInput)) && begins(&token) {
                self.end();
            }
            self.length += 1;
            let kind = Kind::of(&token, last, before);
            match kind {
                Kind::Prefix(cost) => self.prefixes += cost,
                Kind::OpenAngle => self.angles += 1,
                Kind::CloseAngle => self.angles = self.angles.saturating_sub(1),
                Kind::Comma => self.end_operand(),
                Kind::Semicolon => self.end(),
                Kind::Attribute => self.length = 0,
                // `FIRST << 3` looked like the start of a type until its number came.
                Kind::Literal
                    if (before, last) == (Some(Kind::OpenAngle), Some(Kind::OpenAngle)) =>
                {
                    self.angles = self.angles.saturating_sub(2);
                }
                Kind::Group
                | Kind::Brace
                | Kind::MacroInput
                | Kind::Bang
                | Kind::Literal
                | Kind::Shift
                | Kind::Other => {}
            }
            if self.cost() > MAX_COST || self.length > MAX_RUN {
                return Some(token.span());
            }
            if let (TokenTree::Group(group), Kind::Group | Kind::Brace) = (&token, kind) {
                let inside = Run::new(self.cost() + GROUP).measure(group.stream());
                if inside.is_some() {
                    return inside;
                }
            }
            (before, last) = (last, Some(kind));
        }
        None
    }
}

/// Returns `true` if the token after a brace begins something new.
fn begins(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident != "else" && ident != "as",
        TokenTree::Punct(punct) => punct.as_char() == '#',
        _ => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A token that an operand follows, with its cost.
    Prefix(usize),
    OpenAngle,
    CloseAngle,
    Comma,
    Semicolon,
    /// `#`, and the brackets after it.
    Attribute,
    Group,
    Brace,
    MacroInput,
    Bang,
    Literal,
    /// The first half of `<<` between numbers.
    Shift,
    Other,
}

impl Kind {
    fn of(token: &TokenTree, last: Option<Self>, before: Option<Self>) -> Self {
        match token {
            TokenTree::Punct(punct) => match punct.as_char() {
                ',' => Self::Comma,
                ';' => Self::Semicolon,
                // No type begins after a value: this compares, or shifts.
                '<' if matches!(last, Some(Self::Literal | Self::Group)) => {
                    if punct.spacing() == Spacing::Joint { Self::Shift } else { Self::Other }
                }
                '<' if last == Some(Self::Shift) => Self::Other,
                '<' => Self::OpenAngle,
                '>' => Self::CloseAngle,
                '#' => Self::Attribute,
                '!' if last == Some(Self::Attribute) => Self::Attribute,
                '!' if last == Some(Self::Other) => Self::Bang,
                // A reference, or the arrow before a type.
                '&' => Self::Prefix(3),
                '-' if punct.spacing() == Spacing::Joint => Self::Prefix(3),
                // A pointer has a word after it, which counts as well.
                '*' => Self::Prefix(2),
                '!' | '-' | '|' | '=' => Self::Prefix(1),
                _ => Self::Other,
            },
            TokenTree::Ident(ident) if PREFIXES.iter().any(|prefix| ident == prefix) => {
                Self::Prefix(1)
            }
            TokenTree::Group(group) => {
                let is_macro = last == Some(Self::Bang)
                    || (last == Some(Self::Other) && before == Some(Self::Bang));
                match group.delimiter() {
                    Delimiter::Bracket if last == Some(Self::Attribute) => Self::Attribute,
                    _ if is_macro => Self::MacroInput,
                    Delimiter::Brace => Self::Brace,
                    _ => Self::Group,
                }
            }
            TokenTree::Literal(_) => Self::Literal,
            TokenTree::Ident(_) => Self::Other,
        }
    }
}

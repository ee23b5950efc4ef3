//! The comments of `.proto` files as documentation in Rust.
//!
//! A comment is text of a language that knows nothing of Markdown and of Rust. Taken as it is, examples
//! in it would become tests of the user's crate, and brackets broken links.

use std::collections::BTreeMap;

use prost_types::FileDescriptorProto;
use syn::{Attribute, Fields, Item, parse_quote};

use super::originals;

#[cfg(test)]
mod tests;

/// The start of the texts that stand for comments while prost generates, which would change the comments.
const STAND_IN: &str = "nano-build comment ";

/// The number of the field of a `FileDescriptorProto` with its services.
const SERVICES: i32 = 6;

/// Characters that change the direction of the text after them, which the compiler refuses.
const DIRECTIONS: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// Comments that were replaced by stand-ins, by the stand-ins' numbers.
#[derive(Debug, Default)]
pub(super) struct Comments(Vec<Comment>);

#[derive(Debug)]
struct Comment {
    /// The lines of its Markdown.
    lines: Vec<String>,
    /// The text as it was written.
    original: String,
}

impl Comments {
    /// Takes the comments out of a file, but for those of services: these are not for us.
    pub(super) fn take(&mut self, file: &mut FileDescriptorProto) {
        let places = file.source_code_info.iter_mut().flat_map(|info| &mut info.location);
        for place in places.filter(|place| place.path.first() != Some(&SERVICES)) {
            place.leading_detached_comments.clear();
            let parts = [place.leading_comments.take(), place.trailing_comments.take()];
            let (mut lines, mut texts) = (Vec::new(), Vec::new());
            for part in parts.into_iter().flatten() {
                if !lines.is_empty() {
                    lines.push(String::new());
                }
                lines.extend(markdown(&part));
                texts.push(originals::text(&part));
            }
            if !lines.is_empty() {
                place.leading_comments = Some(format!(" {STAND_IN}{}", self.0.len()));
                self.0.push(Comment { lines, original: texts.join("\n\n") });
            }
        }
    }

    /// The comments as they were written, by their Markdown.
    pub(super) fn originals(&self) -> BTreeMap<String, String> {
        let comments = self.0.iter();
        comments.map(|comment| (comment.lines.join("\n"), comment.original.clone())).collect()
    }

    /// Puts the comments in the places of their stand-ins.
    pub(super) fn restore(&self, items: &mut [Item]) {
        for item in items {
            match item {
                Item::Struct(item) => {
                    self.restore_in(&mut item.attrs);
                    self.restore_fields(&mut item.fields);
                }
                Item::Enum(item) => {
                    self.restore_in(&mut item.attrs);
                    for variant in &mut item.variants {
                        self.restore_in(&mut variant.attrs);
                        self.restore_fields(&mut variant.fields);
                    }
                }
                Item::Mod(item) => {
                    if let Some((_, items)) = &mut item.content {
                        self.restore(items);
                    }
                }
                _ => {}
            }
        }
    }

    fn restore_fields(&self, fields: &mut Fields) {
        fields.iter_mut().for_each(|field| self.restore_in(&mut field.attrs));
    }

    fn restore_in(&self, attributes: &mut Vec<Attribute>) {
        for attribute in std::mem::take(attributes) {
            let text = nano_syntax::scan::docs(std::slice::from_ref(&attribute));
            let number = text.strip_prefix(STAND_IN).and_then(|number| number.parse().ok());
            match number.and_then(|number: usize| self.0.get(number)) {
                Some(comment) => attributes.extend(comment.lines.iter().map(|line| {
                    let line = if line.is_empty() { String::new() } else { format!(" {line}") };
                    parse_quote!(#[doc = #line])
                })),
                None => attributes.push(attribute),
            }
        }
    }
}

/// A comment as lines of Markdown that show its text: what is indented or fenced is literal, lists stay
/// lists, and spans of code what they are.
fn markdown(comment: &str) -> Vec<String> {
    let lines: Vec<String> = comment.lines().map(clean).collect();
    let margin =
        lines.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(margin..).unwrap_or("")).collect();

    let mut written = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((line, after)) = rest.split_first() {
        let text = line.trim_start_matches(' ');
        if let Some(fence) = fence(text) {
            let end = after.iter().position(|line| closes(line, fence)).unwrap_or(after.len());
            let (inside, beyond) = after.split_at(end);
            literal(inside, indent(line), &mut written);
            rest = beyond.get(1..).unwrap_or(&[]);
        } else if is_literal(line) {
            let is_inside = |line: &&str| line.is_empty() || is_literal(line);
            let run = rest.iter().take_while(|line| is_inside(line)).count();
            let run = run - rest[..run].iter().rev().take_while(|line| line.is_empty()).count();
            let (inside, beyond) = rest.split_at(run);
            let margin = inside.iter().filter(|line| !line.is_empty()).map(|line| indent(line));
            literal(inside, margin.min().unwrap_or(0), &mut written);
            rest = beyond;
        } else {
            // With more than three spaces it would be code.
            let margin = " ".repeat(indent(line).min(3));
            if !text.is_empty() {
                written.push(margin + &escaped(text));
            } else if written.last().is_some_and(|line| !line.is_empty()) {
                written.push(String::new());
            }
            rest = after;
        }
    }
    if written.last().is_some_and(String::is_empty) {
        written.pop();
    }
    written
}

/// A line without characters that cannot be seen, and without tabs.
fn clean(line: &str) -> String {
    let line = line.replace('\t', "    ");
    let is_seen = |c: &char| !c.is_control() && !DIRECTIONS.contains(c);
    line.chars().filter(is_seen).collect::<String>().trim_end().to_owned()
}

/// The number of spaces that a line starts with.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// The fence that a line starts with.
fn fence(text: &str) -> Option<&str> {
    ['`', '~'].into_iter().find_map(|mark| {
        let info = text.trim_start_matches(mark);
        let fence = &text[..text.len() - info.len()];
        (fence.len() >= 3 && !info.contains(mark)).then_some(fence)
    })
}

/// Returns `true` if a line ends the text that a fence has begun.
fn closes(line: &str, fence: &str) -> bool {
    let text = line.trim();
    text.starts_with(fence) && text.chars().all(|c| fence.starts_with(c))
}

/// Returns `true` for a line that is indented as code would be.
fn is_literal(line: &str) -> bool {
    indent(line) >= 4 && !is_list_item(line.trim_start_matches(' '))
}

fn is_list_item(text: &str) -> bool {
    let marker = text.split(' ').next().unwrap_or_default();
    matches!(marker, "-" | "*" | "+")
        || marker
            .strip_suffix(['.', ')'])
            .is_some_and(|number| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// Writes lines that stay as they are, less a margin.
fn literal<'l>(lines: &[&'l str], margin: usize, written: &mut Vec<String>) {
    let cut = |line: &&'l str| line.get(indent(line).min(margin)..).unwrap_or_default();
    let lines: Vec<&str> = lines.iter().map(cut).collect();
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`')).map(str::len).max();
    let fence = "`".repeat(longest.map_or(3, |longest| (longest + 1).max(3)));
    // A paragraph goes on until a line is empty.
    if written.last().is_some_and(|line| !line.is_empty()) {
        written.push(String::new());
    }
    written.push(format!("{fence}text"));
    written.extend(lines.into_iter().map(str::to_owned));
    written.extend([fence, String::new()]);
}

/// A line of text in which nothing is a link, an element of HTML or the start of code.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let marks = rest.len() - rest.trim_start_matches('`').len();
        let length = match (first, address(rest)) {
            ('`', _) => match span(rest, marks) {
                Some(length) => {
                    written.push_str(&rest[..length]);
                    length
                }
                None => {
                    written.push_str(&"\\`".repeat(marks));
                    marks
                }
            },
            (_, Some(length)) => {
                written.extend(["<", &rest[..length], ">"]);
                length
            }
            (_, None) => {
                match first {
                    // Several spaces after the marker of a list would start code.
                    ' ' if written.ends_with(' ') => {}
                    '~' | '[' | ']' | '<' | '>' | '&' | '\\' => written.extend(['\\', first]),
                    _ => written.push(first),
                }
                first.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    written
}

/// The length of the span of code that a text starts with, after some marks.
fn span(text: &str, marks: usize) -> Option<usize> {
    let mut at = marks;
    for part in text[marks..].split_inclusive(|c| c != '`') {
        // A part is some marks and one other character, but for the last.
        let run = part.len() - part.trim_start_matches('`').len();
        if run == marks {
            return (marks < 3).then_some(at + run);
        }
        at += part.len();
    }
    None
}

/// The length of the web address that a text starts with.
fn address(text: &str) -> Option<usize> {
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || "()[]<>{}\"'`\\|".contains(c);
    let address = text.split(ends).next().unwrap_or_default();
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_']);
    (!address.ends_with('/') || address.matches('/').count() > 2).then_some(address.len())
}

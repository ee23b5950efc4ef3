//! Types of TypeScript that a build script named.

/// Whether it is one word, perhaps with dots.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.'))
}

/// Whether it can stand where a type stands without touching what is around it.
pub(super) fn check(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("it is empty".into());
    }
    let mut open = Vec::new();
    let mut quote = None;
    let mut before = ' ';
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            return Err("it has a line break or a control character".into());
        }
        if quote.is_some() {
            if c == '\\' {
                chars.next().ok_or("it ends in a backslash")?;
            } else if quote == Some(c) {
                quote = None;
            }
            continue;
        }
        match c {
            '\'' | '"' => quote = Some(c),
            '`' | '\\' | '#' | '@' => return Err(format!("it has a `{c}`")),
            '/' | '*' if before == '/' => return Err("it has a comment".into()),
            ';' if open.is_empty() => return Err("it has a `;` outside of braces".into()),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            '<' => open.push('>'),
            // The arrow of a function.
            '>' if before == '=' => {}
            ')' | ']' | '}' | '>' if open.pop() != Some(c) => {
                return Err(format!("its `{c}` closes nothing"));
            }
            _ => {}
        }
        before = c;
    }
    match (quote, open.pop()) {
        (Some(quote), _) => Err(format!("its {quote} is not closed")),
        (_, Some(end)) => Err(format!("it lacks a `{end}`")),
        _ => Ok(()),
    }
}

//! Types of TypeScript that a build script names.

/// Returns `true` if a text is one word, perhaps with dots.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.'))
}

/// Checks that a text can stand for a type without changing the code around it.
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
            '`' | '\\' | '#' | '@' => return Err(format!("it has a {c}")),
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

#[cfg(test)]
mod tests {
    #[test]
    fn types_stay_where_they_are() {
        let check = |text: &str, expected: Result<(), &str>| {
            assert_eq!(super::check(text), expected.map_err(str::to_owned), "{text:?}");
        };
        check("string", Ok(()));
        check("import('three').Vector3", Ok(()));
        check("{ a: number; b?: string[] }", Ok(()));
        check("(a: number) => Promise<string>", Ok(()));
        check("'a;}b' | \"it's\"", Ok(()));
        check("Map<string, Set<number>>", Ok(()));
        check("", Err("it is empty"));
        check("string; evil()", Err("it has a `;` outside of braces"));
        check("string }", Err("its `}` closes nothing"));
        check("(string]", Err("its `]` closes nothing"));
        check("{ a: string", Err("it lacks a `}`"));
        check("string // ", Err("it has a comment"));
        check("string /* ", Err("it has a comment"));
        check("'string", Err("its ' is not closed"));
        check("'string\\", Err("it ends in a backslash"));
        check("`a`", Err("it has a `"));
        check("a\nb", Err("it has a line break or a control character"));
        check("a\u{2028}b", Err("it has a line break or a control character"));
    }
}

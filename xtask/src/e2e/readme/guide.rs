//! The code in the README, as a reader puts it together.

#[cfg(test)]
mod tests;

/// The blocks of code of which a reader makes a project.
///
/// A block is found by its language and by the file that the paragraph above it names last.
#[derive(Debug)]
pub(crate) struct Guide<'a> {
    /// The example at the top.
    pub(super) program: &'a str,
    pub(crate) dependencies: &'a str,
    /// The page's script, without a generated client.
    pub(super) snippet: &'a str,
    pub(super) build_script: &'a str,
    pub(super) more_dependencies: &'a str,
    /// Imports, an empty line, and `main`.
    pub(super) main: &'a str,
    pub(super) page: &'a str,
    /// The lines to enter in the consoles of two tabs.
    pub(super) console: &'a str,
}

impl<'a> Guide<'a> {
    /// Reads the README's text.
    ///
    /// # Errors
    ///
    /// Fails with the first block that is missing, in the order of the fields.
    pub(crate) fn read(text: &'a str) -> Result<Self, String> {
        let mut blocks = blocks(text).into_iter();
        let mut next = |language: &str, file: &str| {
            let is_it = |block: &Block<'_>| block.language == language && block.names(file);
            blocks.find(is_it).map(|block| block.code).ok_or_else(|| match file {
                "" => format!("a block of {language} is missing"),
                _ => format!(
                    "a block of {language} below a paragraph that ends on `{file}` is missing"
                ),
            })
        };
        Ok(Self {
            program: next("rust", "")?,
            dependencies: next("toml", "Cargo.toml")?,
            snippet: next("js", "")?,
            build_script: next("rust", "build.rs")?,
            more_dependencies: next("toml", "Cargo.toml")?,
            main: next("rust", "src/main.rs")?,
            page: next("html", "web/index.html")?,
            console: next("js", "")?,
        })
    }

    /// The example, with the line that the README adds to its `main`.
    pub(crate) fn first_program(&self) -> Result<String, String> {
        const MAIN: &str = "async fn main() -> Result<()> {\n";
        let (before, after) =
            self.program.split_once(MAIN).ok_or("the first program has no `main`")?;
        Ok(format!("{before}{MAIN}    tracing_subscriber::fmt::init();\n{after}"))
    }

    /// The example, with the first line and `main` of the typed client's part.
    pub(super) fn second_program(&self) -> Result<String, String> {
        let (imports, main) =
            self.main.split_once("\n\n").ok_or("the second `main` has no imports")?;
        let rest = self.program.split_once('\n').map(|(_, rest)| rest);
        let rest = rest.and_then(|rest| rest.split_once("#[tokio::main]"));
        let (rest, _) = rest.ok_or("the first program has no `main`")?;
        Ok(format!("{imports}\n{rest}{main}"))
    }
}

/// Adds the lines of each table to the table of that name. A key that is there already is replaced.
pub(super) fn merged(tables: &str, more: &str) -> String {
    let mut merged: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in tables.lines().chain(more.lines()).filter(|line| !line.trim().is_empty()) {
        if line.starts_with('[') {
            let at = merged.iter().position(|(name, _)| *name == line);
            // The current table is the last one.
            let table = at.map_or((line, Vec::new()), |at| merged.remove(at));
            merged.push(table);
        } else if let Some((_, lines)) = merged.last_mut() {
            match lines.iter_mut().find(|known| key(known) == key(line)) {
                Some(known) => *known = line,
                None => lines.push(line),
            }
        }
    }
    let table = |(name, lines): &(&str, Vec<&str>)| format!("{name}\n{}\n", lines.join("\n"));
    merged.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn key(line: &str) -> &str {
    line.split('=').next().unwrap_or(line).trim()
}

/// A fenced block of code.
struct Block<'a> {
    language: &'a str,
    code: &'a str,
    /// The file that was named last in the paragraph above.
    file: Option<&'a str>,
}

impl Block<'_> {
    fn names(&self, file: &str) -> bool {
        file.is_empty() || self.file == Some(file)
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\n```") {
        let Some((language, after)) = after.split_once('\n') else { break };
        let Some(end) = after.find("```") else { break };
        let paragraph = before.trim_end().rsplit("\n\n").next().unwrap_or_default();
        blocks.push(Block { language, code: &after[..end], file: last_file(paragraph) });
        rest = &after[end + 3..];
    }
    blocks
}

/// The last code span that is the name of a file.
fn last_file(paragraph: &str) -> Option<&str> {
    let spans = paragraph.split('`').skip(1).step_by(2);
    spans.filter(|span| is_file(span)).last()
}

fn is_file(span: &str) -> bool {
    let extension = span.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("rs" | "toml" | "html")) && !span.contains([' ', '('])
}

use super::*;

#[test]
fn case_b07_comments_are_text() {
    for (comment, expected) in [
        ("", ""),
        (" Who plays.\n", "Who plays."),
        (" One line,\n and another.\n\n A paragraph.\n", "One line,\nand another.\n\nA paragraph."),
        ("\n\n  In the middle.\n \n", "In the middle."),
        // Examples, fenced and indented.
        (" ```\n { \"table\": 7 }\n ```\n", "```text\n{ \"table\": 7 }\n```"),
        (
            " As in\n ```rust\n let [x] = <T>::new();\n ```\n or so.",
            "As in\n\n```text\nlet [x] = <T>::new();\n```\n\nor so.",
        ),
        (" ~~~ sh\n ls\n   -l\n\n   ```\n ~~~\n", "````text\nls\n  -l\n\n  ```\n````"),
        (" ```\n open", "```text\nopen\n```"),
        (
            " Call:\n\n     var reply =\n         await Sit();\n\n Then wait.",
            "Call:\n\n```text\nvar reply =\n    await Sit();\n```\n\nThen wait.",
        ),
        (" One of\n     0 = north\n     1 = east\n", "One of\n\n```text\n0 = north\n1 = east\n```"),
        (" # Heading\n \tcode", "# Heading\n\n```text\ncode\n```"),
        // Lists, which may start code as well.
        (" - one\n   more\n - two\n", "- one\n  more\n- two"),
        (" 1. one\n      - inner\n", "1. one\n   - inner"),
        (" -     code\n - ```\n - - >     code\n", "- code\n- \\`\\`\\`\n- - \\> code"),
        // Links, HTML and what looks like them.
        (" [x], [x](y), [x][y] and x[0]", "\\[x\\], \\[x\\](y), \\[x\\]\\[y\\] and x\\[0\\]"),
        (" [x]: y", "\\[x\\]: y"),
        (" Vec<T> && a <b>, &lt; <!--", "Vec\\<T\\> \\&\\& a \\<b\\>, \\&lt; \\<!--"),
        (
            " see https://a.example/b_c?d=[e], (http://f.example).",
            "see <https://a.example/b_c?d=>\\[e\\], (<http://f.example>).",
        ),
        (" <https://a.example> http:// https", "\\<<https://a.example>\\> http:// https"),
        // Code in a line stays code, if it ends there.
        (" `Vec<[T]>`, ``a`b``, `open [x]", "`Vec<[T]>`, ``a`b``, \\`open \\[x\\]"),
        (" ```inline``` `http://a.example`", "\\`\\`\\`inline\\`\\`\\` `http://a.example`"),
        (" a \\[b\\]", "a \\\\\\[b\\\\\\]"),
        // The compiler refuses text that turns around.
        (" left \u{202e}right\u{7}", "left right"),
        ("\u{3000}wide\n\u{3000}\u{3000}é", "\u{3000}wide\n\u{3000}\u{3000}é"),
    ] {
        assert_eq!(markdown(comment).join("\n"), expected, "{comment:?}");
    }
}

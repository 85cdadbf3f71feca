//! Pages in Markdown, as a terminal shows them.

use super::table::filled;
use crate::rules;

/// Wider lines are hard to read, however wide the terminal is.
const WIDEST: usize = 100;
/// What begins an entry of a list.
const BULLET: &str = "- ";

/// Text in which paragraphs and lists are as wide as the terminal allows. Headings, tables, code and
/// what is indented as code stay as they are.
pub fn within(page: &str, width: usize) -> String {
    let mut out = String::with_capacity(page.len() + 64);
    // The lines of a paragraph or of an entry, which may be broken elsewhere.
    let mut open = String::new();
    let mut is_code = false;
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        let is_kept = is_code
            || is_fence
            || line.trim().is_empty()
            || line.starts_with(['#', '|', '\t'])
            || (line.starts_with("    ") && open.is_empty());
        if is_kept || line.starts_with(BULLET) {
            end(&mut open, width, &mut out);
        }
        if is_kept {
            out.push_str(line);
            out.push('\n');
        } else {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(line.trim());
        }
        is_code ^= is_fence;
    }
    end(&mut open, width, &mut out);
    out
}

fn end(open: &mut String, width: usize, out: &mut String) {
    if open.is_empty() {
        return;
    }
    let behind = if open.starts_with(BULLET) { "  " } else { "" };
    out.push_str(&hanging(open, behind, width));
    out.push('\n');
    open.clear();
}

/// One paragraph, whose lines from the second on begin with `indent`.
pub fn hanging(text: &str, indent: &str, width: usize) -> String {
    filled(text, indent, width.min(WIDEST))
}

/// Text in which a link to the page of a rule, `[stale-event](stale-event.md)`, is the rule as the
/// report names it, `CL404 stale-event`: a file is nothing to go to from a terminal.
pub fn without_links(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut is_code = false;
    for line in page.split_inclusive('\n') {
        is_code ^= line.starts_with("```");
        match is_code {
            true => out.push_str(line),
            false => unlink(line, &mut out),
        }
    }
    out
}

fn unlink(line: &str, out: &mut String) {
    const END: &str = ".md)";
    let mut rest = line;
    while let Some(end) = rest.find(END) {
        let (before, after) = (&rest[..end], &rest[end + END.len()..]);
        let link = before.rfind('[').and_then(|open| {
            let (text, name) = before[open + 1..].split_once("](")?;
            let rule = rules::find(name).filter(|_| text == name)?;
            Some((open, rules::ALL[rule]))
        });
        match link {
            Some((open, rule)) => {
                out.push_str(&before[..open]);
                out.push_str(&format!("{} {}", rule.id(), rule.name()));
            }
            None => out.push_str(&rest[..end + END.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_and_nothing_else() {
        let page = "\
# A heading that is much longer than any line may be

A paragraph of words
that goes on. And on
- an entry of a list that goes on
  in the next line
- another

    as it is, whatever is so long

| a table | stays what it is, too |

```json
{\"event_name\":\"Purchase\",\"event_time\":1782399600}

- no entry of any list, and not broken
```
The end of all of this.
";
        let narrow = "\
# A heading that is much longer than any line may be

A paragraph of words
that goes on. And on
- an entry of a list
  that goes on in
  the next line
- another

    as it is, whatever is so long

| a table | stays what it is, too |

```json
{\"event_name\":\"Purchase\",\"event_time\":1782399600}

- no entry of any list, and not broken
```
The end of all of
this.
";
        assert_eq!(within(page, 20), narrow);
    }

    #[test]
    fn no_line_of_prose_is_wider_than_the_terminal() {
        for rule in rules::ALL {
            let page = without_links(&rule.page().prose);
            let mut is_code = false;
            for line in within(&page, 72).lines() {
                is_code ^= line.starts_with("```");
                let is_prose = !is_code && !line.starts_with(['#', '|', '`']);
                let fits = line.chars().count() <= 72 || !line.trim().contains(' ');
                assert!(fits || !is_prose, "{}: {line}", rule.name());
            }
        }
    }

    #[test]
    fn links_are_the_rules_they_lead_to() {
        let page = "Left to [stale-event](stale-event.md) (see [hash-of-empty](hash-of-empty.md)).\n\
                    ```\n[stale-event](stale-event.md)\n```\n\
                    [a page](page.md), [x](stale-event.md)\n";
        assert_eq!(
            without_links(page),
            "Left to CL404 stale-event (see CL102 hash-of-empty).\n\
             ```\n[stale-event](stale-event.md)\n```\n\
             [a page](page.md), [x](stale-event.md)\n"
        );
        for rule in rules::ALL {
            let page = without_links(&rule.page().prose);
            assert!(!page.contains(".md)"), "{}", rule.name());
        }
    }
}

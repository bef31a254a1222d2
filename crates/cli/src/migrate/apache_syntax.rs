//! Files of Apache httpd: a directive a line, in sections.

use super::draft::Draft;
use super::{Directive, Section};

/// The directives of a file. What is no directive is remarked on.
pub(super) fn read(text: &str, draft: &mut Draft) -> Vec<Directive> {
    let (mut directives, mut sections) = (Vec::new(), Vec::new());
    for (line, text) in lines(text) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        if let Some(end) = text.strip_prefix("</") {
            let name = end.trim_end_matches('>');
            if !sections
                .pop()
                .is_some_and(|open: Section| open.name.eq_ignore_ascii_case(name))
            {
                draft.leave(line, text, "it ends a section that was not begun");
            }
            continue;
        }
        let section = text.strip_prefix('<');
        let mut words = words(section.map_or(text, |text| text.trim_end_matches('>'))).into_iter();
        let name = words.next().unwrap_or_default();
        let arguments = words.collect();
        match section {
            Some(_) => sections.push(Section {
                number: line,
                name,
                arguments,
            }),
            None => directives.push(Directive {
                line,
                name,
                arguments,
                sections: sections.clone(),
            }),
        }
    }
    directives
}

/// Lines with their numbers, those that end in a backslash joined with the next.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut joined = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let (begun, mut whole) = open.take().unwrap_or((number, String::new()));
        match line.strip_suffix('\\') {
            Some(part) => {
                whole.push_str(part);
                open = Some((begun, whole));
            }
            None => {
                whole.push_str(line);
                joined.push((begun, whole));
            }
        }
    }
    joined.extend(open);
    joined
}

/// Words between blanks; quotes hold one together, and a backslash takes a quote for itself.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '"' | '\'' => quoted(rest, first),
            _ => match rest.split_once(char::is_whitespace) {
                Some((word, after)) => (word.to_owned(), after),
                None => (rest.to_owned(), ""),
            },
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// The word that a quote begins, and what follows it.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut word = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((_, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some((_, next)) if next == quote => word.push(next),
                Some((_, next)) => word.extend(['\\', next]),
                None => word.push('\\'),
            },
            _ if letter == quote => {
                let after = letters.next().and_then(|(place, _)| text.get(place..));
                return (word, after.unwrap_or_default());
            }
            _ => word.push(letter),
        }
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_stand_in_sections() {
        let text = "# a\nKrb5KeyTab /etc/k\n<VirtualHost *:80>\n <Location \"/a b\">\n  \
                    Require user alice \\\n   'b\\'ob'\n </Location>\n</VirtualHost>\nX";
        let directives = read(text, &mut Draft::default());
        let found: Vec<_> = directives
            .iter()
            .map(|it| (it.line, it.name.as_str(), it.text(), it.sections.len()))
            .collect();
        assert_eq!(
            found,
            [
                (2, "Krb5KeyTab", "/etc/k".to_owned(), 0),
                (5, "Require", "user alice b'ob".to_owned(), 2),
                (9, "X", String::new(), 0),
            ]
        );
        let location = directives[1].sections[1].clone();
        assert_eq!(location.arguments, ["/a b"]);
    }

    #[test]
    fn a_section_that_was_not_begun_is_remarked_on() {
        let mut draft = Draft::default();
        read("</Location>\n\"open", &mut draft);
        assert!(!draft.is_complete());
    }
}

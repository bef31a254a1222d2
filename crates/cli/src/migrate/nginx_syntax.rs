//! Files of nginx: directives that end with `;`, and blocks between braces.

use super::draft::Draft;
use super::{Directive, Section};

/// A piece of the file.
enum Token {
    Word(String),
    /// `;`
    End,
    /// `{`
    Open,
    /// `}`
    Close,
}

/// The directives of a file. What is no directive is remarked on.
pub(super) fn read(text: &str, draft: &mut Draft) -> Vec<Directive> {
    let (mut directives, mut sections, mut words) = (Vec::new(), Vec::new(), Vec::new());
    let (mut begun, mut blocks) = (1, 0_usize);
    for (line, token) in tokens(text) {
        match token {
            Token::Word(word) => {
                if words.is_empty() {
                    begun = line;
                }
                words.push(word);
                continue;
            }
            Token::End if !words.is_empty() => directives.push(Directive {
                line: begun,
                name: words.remove(0),
                arguments: core::mem::take(&mut words),
                sections: sections.clone(),
            }),
            Token::Open if !words.is_empty() => {
                blocks = blocks.saturating_add(1);
                sections.push(Section {
                    number: blocks,
                    name: words.remove(0),
                    arguments: core::mem::take(&mut words),
                });
            }
            Token::Close if !sections.is_empty() && words.is_empty() => _ = sections.pop(),
            Token::End | Token::Open | Token::Close => {
                draft.leave(line, &words.join(" "), "a brace or `;` is out of place");
                words.clear();
            }
        }
    }
    if !words.is_empty() {
        draft.leave(begun, &words.join(" "), "it does not end with `;`");
    }
    directives
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let mut tokens = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let (token, length) = match first {
                '#' => break,
                ';' => (Token::End, 1),
                '{' => (Token::Open, 1),
                '}' => (Token::Close, 1),
                '"' | '\'' => quoted(rest, first),
                _ => {
                    let ends = |letter: char| letter.is_whitespace() || ";{}".contains(letter);
                    let length = rest.find(ends).unwrap_or(rest.len());
                    (
                        Token::Word(rest.chars().take_while(|it| !ends(*it)).collect()),
                        length,
                    )
                }
            };
            tokens.push((line, token));
            rest = rest.get(length..).unwrap_or_default().trim_start();
        }
    }
    tokens
}

/// What stands between two quotes, and how long that is with them.
fn quoted(text: &str, quote: char) -> (Token, usize) {
    let inner = text.strip_prefix(quote).unwrap_or(text);
    let word = inner.split(quote).next().unwrap_or_default();
    (Token::Word(word.to_owned()), word.len().saturating_add(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_stand_in_blocks() {
        let text = "http { # a\n server{\n  location = /a {\n   auth_gss on;\n   auth_gss_keytab \
                    'a b'\n    ;}\n }}\nx;";
        let directives = read(text, &mut Draft::default());
        let found: Vec<_> = directives
            .iter()
            .map(|it| (it.line, it.name.as_str(), it.text(), it.sections.len()))
            .collect();
        assert_eq!(
            found,
            [
                (4, "auth_gss", "on".to_owned(), 3),
                (5, "auth_gss_keytab", "a b".to_owned(), 3),
                (8, "x", String::new(), 0),
            ]
        );
    }

    #[test]
    fn what_is_out_of_place_is_remarked_on() {
        for text in ["}", "a", ";", "a }", "{"] {
            let mut draft = Draft::default();
            read(text, &mut draft);
            assert!(!draft.is_complete(), "{text}");
        }
    }
}

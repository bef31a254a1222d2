use super::*;

fn found(pattern: &str, text: &str) -> Option<Range<usize>> {
    Ere::parse(pattern.as_bytes())
        .unwrap()
        .find(text.as_bytes())
}

fn error(pattern: &str) -> (usize, EreError) {
    Ere::parse(pattern.as_bytes()).unwrap_err()
}

/// What glibc's regexec answers to the same (asked in `interop/`).
#[test]
fn the_first_and_of_those_the_longest_match_counts() {
    for (pattern, text, expected) in [
        ("a|ab", "xab", Some(1..3)),
        ("(a|ab)(c|bcd)", "abcd", Some(0..4)),
        ("abcd|b", "abcd", Some(0..4)),
        ("abcx|b", "abcd", Some(1..2)),
        ("x*", "aaa", Some(0..0)),
        ("xx*", "axxa", Some(1..3)),
        ("a+b?c{2}", "aabcc", Some(0..5)),
        ("a{1,2}", "aaa", Some(0..2)),
        ("a{2,2}", "aaa", Some(0..2)),
        ("a{2,}", "baaaa", Some(1..5)),
        ("(a{,1}b){2}", "abab", Some(0..4)),
        ("^b", "ab", None),
        ("b$", "ba", None),
        ("^$", "", Some(0..0)),
        ("a|^b|c$", "xc", Some(1..2)),
        ("()b", "ab", Some(1..2)),
        ("a|", "b", Some(0..0)),
        (")", "a)", Some(1..2)),
        (".", "\n", Some(0..1)),
        (r"\.\\", r"a.\", Some(1..3)),
        (r"\w+\W\s\S", "ab_9- x", Some(0..7)),
        ("(x*)*y", "xxxy", Some(0..4)),
        ("}", "}", Some(0..1)),
    ] {
        assert_eq!(found(pattern, text), expected, "{pattern} {text:?}");
    }
}

#[test]
fn brackets_are_sets_of_octets() {
    for (pattern, inside, outside) in [
        ("[abc]", "abc", "dA"),
        ("[^a-c]", "d\n", "abc"),
        ("[]a]", "]a", "["),
        ("[^]a]", "[", "]a"),
        ("[a-]", "a-", "b"),
        ("[-a]", "a-", "b"),
        (r"[\n]", r"\n", "\n"),
        ("[[:alpha:][:digit:]_]", "aZ5_", "-"),
        ("[[:upper:]-]", "A-", "a"),
        ("[^[:space:]]", "a", " \t\n"),
        ("[$^.*]", "$^.*", "a"),
        ("[[]", "[", "]"),
        ("[a-a]", "a", "b-"),
        ("[a-c:]", "abc:", "d-"),
        ("[Z-[]", "Z[", "Y\\-"),
        ("[:a]", ":a", "b"),
    ] {
        for character in inside.chars() {
            assert!(
                found(pattern, &character.to_string()).is_some(),
                "{pattern} {character:?}"
            );
        }
        for character in outside.chars() {
            assert!(
                found(pattern, &character.to_string()).is_none(),
                "{pattern} {character:?}"
            );
        }
    }
    assert_eq!(found("[^a]", "\u{e9}"), Some(0..1)); // an octet, not a character
}

/// Those of the C locale (POSIX.1-2017, Base Definitions §7.3.1).
#[test]
fn classes_have_the_octets_of_the_c_locale() {
    let classes: [(&str, &[core::ops::RangeInclusive<u8>]); 12] = [
        ("alpha", &[b'A'..=b'Z', b'a'..=b'z']),
        ("digit", &[b'0'..=b'9']),
        ("alnum", &[b'0'..=b'9', b'A'..=b'Z', b'a'..=b'z']),
        ("upper", &[b'A'..=b'Z']),
        ("lower", &[b'a'..=b'z']),
        ("space", &[9..=13, 32..=32]),
        ("blank", &[9..=9, 32..=32]),
        ("punct", &[33..=47, 58..=64, 91..=96, 123..=126]),
        ("print", &[32..=126]),
        ("graph", &[33..=126]),
        ("cntrl", &[0..=31, 127..=127]),
        ("xdigit", &[b'0'..=b'9', b'A'..=b'F', b'a'..=b'f']),
    ];
    for (name, expected) in classes {
        let class = Ere::parse(format!("[[:{name}:]]").as_bytes()).unwrap();
        for octet in 0..=255 {
            let is_in = expected.iter().any(|range| range.contains(&octet));
            assert_eq!(class.matches_all(&[octet]), is_in, "{name} {octet}");
        }
    }
}

#[test]
fn what_is_no_expression_is_refused_where_it_is_wrong() {
    for (pattern, expected) in [
        ("(a", (0, EreError::Group)),
        ("a(b(c)", (1, EreError::Group)),
        ("[a", (0, EreError::Bracket)),
        ("a[]", (1, EreError::Bracket)),
        ("[^]", (0, EreError::Bracket)),
        ("[a-", (0, EreError::Bracket)),
        ("[b-a]", (1, EreError::RangeOrder)),
        ("[a-[:digit:]]", (1, EreError::RangeOrder)),
        ("[[:letters:]]", (1, EreError::Class)),
        ("[[:alpha]", (1, EreError::Class)),
        ("[[=a=]]", (1, EreError::Class)),
        ("[[.a.]]", (1, EreError::Class)),
        ("*a", (0, EreError::Repetition)),
        ("a|*b", (2, EreError::Repetition)),
        ("(+)", (1, EreError::Repetition)),
        ("^*", (1, EreError::Repetition)),
        ("{2}", (0, EreError::Repetition)),
        ("a{", (1, EreError::Interval)),
        ("a{x}", (1, EreError::Interval)),
        ("a{}", (1, EreError::Interval)),
        ("a{,}", (1, EreError::Interval)),
        ("a{2", (1, EreError::Interval)),
        ("a{2,1}", (1, EreError::Interval)),
        ("a{256}", (1, EreError::Interval)),
        ("a{99999999999999999999}", (1, EreError::Interval)),
        (r"a\", (1, EreError::Escape)),
        (r"\1", (0, EreError::Escape)),
        (r"\d", (0, EreError::Escape)),
        (r"\bx\b", (0, EreError::Escape)),
        (r"\<x", (0, EreError::Escape)),
        ("(a{255}){255}", (0, EreError::TooLarge)),
    ] {
        assert_eq!(error(pattern), expected, "{pattern}");
    }
}

#[test]
fn neither_depth_nor_repetition_costs_more_than_a_bound() {
    assert!(matches!(
        error(&"(".repeat(100_000)),
        (32, EreError::TooDeep)
    ));
    assert!(matches!(
        error(&format!("a{}", "*".repeat(100_000))),
        (_, EreError::TooDeep)
    ));
    assert!(Ere::parse("a".repeat(1023).as_bytes()).is_ok());
    assert_eq!(error(&"a".repeat(1024)), (0, EreError::TooLarge));
    assert_eq!(
        error(&format!("a{}", "{255}".repeat(32))),
        (0, EreError::TooLarge)
    );
    assert_eq!(found(&format!("(){}", "{255}".repeat(32)), "a"), Some(0..0));
    // Exponential where alternatives are tried one after the other.
    let text = "a".repeat(512);
    assert_eq!(found("(a*)*b", &text), None);
    assert_eq!(
        found(&format!("{}{}c", "a?".repeat(200), "a".repeat(200)), &text),
        None
    );
}

#[test]
fn all_means_from_the_first_octet_to_the_last() {
    let all = |pattern: &str, text: &str| {
        Ere::parse(pattern.as_bytes())
            .unwrap()
            .matches_all(text.as_bytes())
    };
    assert!(all("a|ab", "ab"));
    assert!(all("", ""));
    assert!(!all("b", "ab"));
    assert!(!all("a", "ab"));
    assert!(!all(".*@R", "a@R.EVIL"));
}

#[test]
fn what_can_match_nothing_is_known() {
    let nothing = |pattern: &str| Ere::parse(pattern.as_bytes()).unwrap().matches_nothing();
    for pattern in ["", "a*", "a?|b", "^", "$", "^$", "(a{0,3})", "^a*"] {
        assert!(nothing(pattern), "{pattern}");
    }
    for pattern in ["a", "a+", "^a", ".{1}", "a$"] {
        assert!(!nothing(pattern), "{pattern}");
    }
}

/// Any text is a pattern or an error, and neither makes it panic.
#[test]
fn short_patterns_of_special_characters_never_panic() {
    let alphabet = b"a*({[^$|)]-\\,1}:";
    let mut pattern = [0_u8; 4];
    for number in 0..alphabet.len().pow(4) {
        let mut rest = number;
        for place in &mut pattern {
            *place = alphabet[rest % alphabet.len()];
            rest /= alphabet.len();
        }
        if let Ok(ere) = Ere::parse(&pattern) {
            let _ = (ere.find(b"a1,-a"), ere.matches_nothing());
        }
    }
}

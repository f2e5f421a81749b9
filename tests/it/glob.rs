//! The matcher against the servers' own algorithm, written down naively, on every short pattern and text.

use redis_acl::glob::{self, Inclusion, MAX_STARS, Pattern, Shape};

/// All that has a meaning somewhere, and some bytes that have none.
const ALPHABET: [u8; 10] = *b"ab*?[]^-\\\xe9";

#[test]
fn every_short_pattern_matches_as_the_naive_matcher_says() {
    let texts: Vec<_> = (0..=3).flat_map(|length| words(b"a-]\\\xe9", length)).collect();
    let (mut patterns, mut matched) = (0, 0_u32);
    for pattern in (0..=5).flat_map(|length| words(&ALPHABET, length)) {
        let prepared = Pattern::new(&pattern);
        for text in &texts {
            let naive = naive(&pattern, text);
            matched += u32::from(naive);
            let shown = || format!("{} on {}", pattern.escape_ascii(), text.escape_ascii());
            assert_eq!(glob::matches(&pattern, text), naive, "{}", shown());
            assert_eq!(prepared.matches(text), naive, "{} as {:?}", shown(), prepared.shape());
        }
        patterns += 1;
    }
    assert_eq!(patterns, 111_111);
    assert!(matched > 100_000, "only {matched} matched");
}

#[test]
fn longer_texts_are_matched_as_the_naive_matcher_says() {
    let texts: Vec<_> = words(b"ab", 7).collect();
    for pattern in (0..=6).flat_map(|length| words(b"ab*?", length)) {
        let prepared = Pattern::new(&pattern);
        for text in &texts {
            assert_eq!(glob::matches(&pattern, text), naive(&pattern, text), "{pattern:?} on {text:?}");
            assert_eq!(prepared.matches(text), naive(&pattern, text), "{pattern:?} on {text:?}");
        }
    }
}

#[test]
fn the_first_bytes_decide_nothing_else() {
    // around the eight bytes that are compared at once
    for length in 0..20 {
        let start = &"abcdefghijklmnopqrst"[..length];
        for pattern in [start.to_owned(), format!("{start}*"), format!("{start}?*"), format!("*{start}")] {
            let prepared = Pattern::new(&pattern);
            for text in
                ["abcdefg", "abcdefgh", "abcdefghi", "abcdefghX", "Xbcdefghi", "abcdefghijklmnopqrstuvw", ""]
            {
                assert_eq!(
                    prepared.matches(text),
                    naive(pattern.as_bytes(), text.as_bytes()),
                    "{pattern} {text}"
                );
            }
        }
    }
}

#[test]
fn the_corners() {
    for (pattern, text, matches) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", false),
        ("**", "", false),
        ("*", "a", true),
        ("app:*", "app:", true),
        ("*a", "a", true),
        ("[]", "]", false),
        ("[^]", "a", true),
        ("[abc", "a", true),
        ("[abc", "ab", false),
        ("[a-]", "]", true),
        ("[a-]", "^", true),
        ("[c-a]", "b", true),
        ("[\\a-c]", "b", false),
        ("[\\a-c]", "-", true),
        ("[!a]", "b", false),
        ("[!a]", "!", true),
        ("a\\", "a\\", true),
        ("\\*", "*", true),
        ("\\*", "a", false),
        ("[", "[", false),
        ("[^", "[", true),
        ("[\\", "\\", true),
        ("[a-", "-", true),
        ("A", "a", false),
    ] {
        assert_eq!(glob::matches(pattern, text), matches, "{pattern:?} on {text:?}");
    }
    // ends of ranges are signed: \xff is -1
    assert!(glob::matches(b"[a-\xff]", b"A"));
    assert!(!glob::matches(b"[a-\xff]", b"z"));
}

#[test]
fn shapes_are_told() {
    for (pattern, shape) in [
        ("", Shape::Literal),
        ("a]^-", Shape::Literal),
        ("a*", Shape::Prefix),
        ("a***", Shape::Prefix),
        ("**a", Shape::Suffix),
        ("*", Shape::AnyBytes),
        ("***", Shape::AnyBytes),
        ("*a*", Shape::General),
        ("a\\*", Shape::General),
        ("a*b", Shape::General),
        ("[a]", Shape::General),
        ("?", Shape::General),
    ] {
        assert_eq!(Shape::of(pattern), shape, "{pattern}");
    }
}

#[test]
fn more_than_a_thousand_stars_match_nothing() {
    let text = "a".repeat(2 * MAX_STARS);
    assert!(glob::matches("*a".repeat(MAX_STARS), &text));
    assert!(glob::matches("*a".repeat(MAX_STARS) + "*", &text));
    assert!(!glob::matches("*a".repeat(MAX_STARS + 1), &text));
    assert_eq!(Shape::of("*a".repeat(MAX_STARS + 1)), Shape::Nothing);
    // stars that are escaped, in a class, or side by side do not count
    assert!(glob::matches("\\*".repeat(MAX_STARS + 1), "*".repeat(MAX_STARS + 1)));
    assert!(glob::matches("[*]".repeat(MAX_STARS + 1), "*".repeat(MAX_STARS + 1)));
    assert!(glob::matches("*".repeat(3 * MAX_STARS) + "a", &text));
}

/// Every word of that many letters.
fn words(letters: &[u8], length: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..letters.len().pow(length as u32)).map(move |number| {
        let mut rest = number;
        let mut letter = || {
            let letter = letters[rest % letters.len()];
            rest /= letters.len();
            letter
        };
        (0..length).map(|_| letter()).collect()
    })
}

/// `stringmatchlen`, written as its description in words: every star tries every rest of the text.
fn naive(pattern: &[u8], text: &[u8]) -> bool {
    let Some((&byte, left)) = text.split_first() else {
        return pattern.is_empty();
    };
    match pattern {
        [] => false,
        [b'*', rest @ ..] => {
            rest.iter().all(|byte| *byte == b'*') || (0..text.len()).any(|from| naive(rest, &text[from..]))
        }
        [b'?', rest @ ..] => goes_on(rest, left),
        [b'[', class @ ..] => {
            let (matches, rest) = naive_class(class, byte);
            matches && goes_on(rest, left)
        }
        [b'\\', escaped, rest @ ..] => *escaped == byte && goes_on(rest, left),
        [literal, rest @ ..] => *literal == byte && goes_on(rest, left),
    }
}

/// Behind a matched byte; when that was the last, stars may be left.
fn goes_on(pattern: &[u8], text: &[u8]) -> bool {
    if text.is_empty() { pattern.iter().all(|byte| *byte == b'*') } else { naive(pattern, text) }
}

/// Byte by byte, as the server's loop goes through a class.
fn naive_class(class: &[u8], byte: u8) -> (bool, &[u8]) {
    let negated = class.first() == Some(&b'^');
    let (mut at, mut found) = (usize::from(negated), false);
    while at < class.len() {
        let left = class.len() - at;
        if class[at] == b'\\' && left >= 2 {
            at += 1;
            found |= class[at] == byte;
        } else if class[at] == b']' {
            return (found != negated, &class[at + 1..]);
        } else if left >= 3 && class[at + 1] == b'-' {
            let (a, b, c) = (class[at] as i8, class[at + 2] as i8, byte as i8);
            found |= if a <= b { a <= c && c <= b } else { b <= c && c <= a };
            at += 2;
        } else {
            found |= class[at] == byte;
        }
        at += 1;
    }
    (found != negated, &[])
}

#[test]
fn inclusion_agrees_with_every_short_text() {
    let up_to = |letters: &'static [u8], length| (0..=length).flat_map(move |length| words(letters, length));
    let patterns: Vec<_> = up_to(b"ab*?[]^-\\", 3).collect();
    let texts: Vec<_> = up_to(b"ab]-^x", 3).collect();
    let matched: Vec<Vec<bool>> = patterns
        .iter()
        .map(|pattern| texts.iter().map(|text| glob::matches(pattern, text)).collect())
        .collect();
    // a sample of all triples, a different one of each pattern
    for (p, q) in (0..patterns.len()).flat_map(|p| (p % 41..patterns.len()).step_by(41).map(move |q| (p, q)))
    {
        let r = (7 * p + 13 * q) % patterns.len();
        let only_p = |text: usize| matched[p][text] && !matched[q][text] && !matched[r][text];
        let shown = (&patterns[p], &patterns[q], &patterns[r]);
        match glob::inclusion(&patterns[p], [&patterns[q], &patterns[r]]) {
            Inclusion::Included => assert!(!(0..texts.len()).any(only_p), "{shown:?}"),
            Inclusion::Escapes(text) => {
                let escapes = |pattern: &Vec<u8>| !glob::matches(pattern, &text);
                assert!(
                    !escapes(&patterns[p]) && escapes(&patterns[q]) && escapes(&patterns[r]),
                    "{shown:?} {text:?}"
                );
                let shorter =
                    (0..texts.len()).find(|&other| texts[other].len() < text.len() && only_p(other));
                assert_eq!(shorter.map(|other| &texts[other]), None, "{shown:?} {text:?}");
            }
            Inclusion::Undecided => panic!("{shown:?}"),
        }
    }
}

#[test]
fn inclusion_of_patterns_as_people_write_them() {
    use Inclusion::{Escapes, Included};
    let escapes = |text: &str| Escapes(text.as_bytes().to_vec());
    for (pattern, others, answer) in [
        ("app:1*", &["app:*"][..], Included),
        ("app:*", &["app:?*"], escapes("app:")),
        ("*", &["?*"], Included),
        ("", &["*"], escapes("")),
        ("*", &[], escapes("a")),
        ("user:[0-9]", &["user:[0-4]", "user:[5-9]"], Included),
        ("user:[0-9]*", &["user:[0-4]*"], escapes("user:5")),
        ("a*c", &["a*b*c", "ac", "a[^b]*c"], Included),
        ("[]", &["x"], Included),
        ("a\\*", &["a*"], Included),
        ("a*", &["a\\*"], escapes("a")),
    ] {
        let answered = glob::inclusion(pattern, others);
        match (&answered, &answer) {
            // of equally short texts any will do
            (Escapes(text), Escapes(expected)) => {
                assert!(
                    glob::matches(pattern, text) && !others.iter().any(|other| glob::matches(other, text))
                );
                assert_eq!(text.len(), expected.len(), "{pattern} {others:?} {text:?}");
            }
            _ => assert_eq!(answered, answer, "{pattern} {others:?}"),
        }
    }
}

#[test]
fn a_pattern_of_one_text_takes_no_search() {
    let text = format!("xa{}b{}c", "1".repeat(400), "2".repeat(400));
    let escaped: String = text.chars().flat_map(|c| ['\\', c]).collect();
    // a search would compare each of 800 places with those before it
    for pattern in [&text, &escaped] {
        assert_eq!(glob::inclusion_within(1000, pattern, ["*a*b*?*c"]), Inclusion::Included);
        assert_eq!(
            glob::inclusion_within(1000, pattern, ["*a*b*?*d"]),
            Inclusion::Escapes(text.clone().into())
        );
    }
}

#[test]
fn too_much_work_is_undecided_and_soon_so() {
    let pattern = format!("{}b", "?*".repeat(20));
    let others: Vec<_> = (0..20).map(|number| format!("*a{}", "?".repeat(number))).collect();
    assert_eq!(glob::inclusion(pattern, &others), Inclusion::Undecided);
    assert_eq!(glob::inclusion_within(1, "a?", ["ab", "?a"]), Inclusion::Undecided);
}

#[test]
fn work_is_steps_and_comparisons() {
    let least = |pattern: &str, others: &[&str]| {
        (0..glob::WORK).find(|work| glob::inclusion_within(*work, pattern, others) != Inclusion::Undecided)
    };
    // the two bytes of the patterns; `a` compared with the start, `b` with that and what `a` led to, two words each
    assert_eq!(least("?", &["a"]), Some(2 + 2 * 2 + 2 * 3));
    // a look at four patterns counts as one
    assert_eq!(least("a", &["b"; 128]), Some(32));
    assert_eq!(least("a", &[]), Some(0));
}

#[test]
fn long_patterns_are_compared_as_short_ones_are() {
    // around the ends of the words that hold the places of an automaton
    for length in (50..66).chain(114..130) {
        let head = "x".repeat(length);
        let inclusion = |pattern: &str, others: &[&str]| {
            let others = others.iter().map(|other| format!("{head}{other}"));
            glob::inclusion(format!("{head}{pattern}"), others)
        };
        let escapes = |text: &str| Inclusion::Escapes(format!("{head}{text}").into());
        assert_eq!(inclusion("?a*", &["*a*"]), Inclusion::Included, "{length}");
        assert_eq!(inclusion("*a*b", &["*a?*b"]), escapes("ab"), "{length}");
        assert_eq!(inclusion("*ab*", &["*a*b*"]), Inclusion::Included, "{length}");
        assert_eq!(inclusion("?b", &["[a-m]b", "[^a-m]b"]), Inclusion::Included, "{length}");
        assert_eq!(inclusion("??", &["?[a-y]", "[^q]?"]), escapes("qz"), "{length}");
    }
}

#[test]
fn a_text_that_escapes_is_as_readable_as_can_be() {
    for (pattern, others, text) in [
        ("?", &[][..], "a"),
        ("?", &["[a-y]"], "z"),
        ("?", &["[a-z]"], "0"),
        ("?", &["[a-z]", "[0-9]"], "A"),
        ("?", &["[a-z]", "[0-9]", "[A-Z]"], "!"),
        ("[* ?\\]\\#]", &[], "#"),
        ("[?*]", &[], "*"),
        ("[^!-~]", &[], " "),
    ] {
        assert_eq!(glob::inclusion(pattern, others), Inclusion::Escapes(text.into()), "{pattern} {others:?}");
    }
}

//! The rules of a line about a user as one access string, and back.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::dialect::Dialect;
use crate::file::{Format, Line, UserLine};
use crate::quoting;
use crate::span::Span;

/// The rules of a line, with single spaces between them.
pub(super) struct LineText {
    text: String,
    /// INVARIANT: in order, with a space of the text between two.
    words: Vec<Word>,
    /// Where rules go if there are none.
    end: usize,
    format: Format,
    /// The whole line, where servers write it in one form: in ACL files.
    whole: Option<WholeLine>,
}

/// A line of an ACL file.
struct WholeLine {
    /// Where it stands, without its line end.
    source: Span,
    /// What a server writes before the rules: `user NAME `.
    head: String,
    /// Whether it has the blanks that a server writes, and no others.
    has_single_blanks: bool,
}

/// The blanks of a line that is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blanks {
    /// Words that stay keep the blanks around them.
    Kept,
    /// One between two words and none at either end, as `ACL SAVE` writes them.
    Single,
}

/// A word of the line, and what it says. A selector between quotes is one word.
struct Word {
    text: Span,
    source: Span,
    /// Whether it stands there as it is.
    is_plain: bool,
}

impl LineText {
    /// `None` where no text says the same: blanks inside a rule, a NUL, bytes that are not UTF-8.
    pub(super) fn read(source: &[u8], rules: Span, format: Format, dialect: Dialect) -> Option<Self> {
        let stretch = source.get(rules.range())?;
        if stretch.contains(&0) {
            return None;
        }
        let words = match format {
            Format::Config => quoting::split(stretch, dialect.splitter()).ok()?,
            _ => words_between_spaces(stretch),
        };
        let mut line = Self { text: String::new(), words: Vec::new(), end: rules.end, format, whole: None };
        for word in words {
            let said = core::str::from_utf8(&word.bytes).ok().filter(|said| is_rule(said))?;
            if !line.words.is_empty() {
                line.text.push(' ');
            }
            let start = line.text.len();
            line.text.push_str(said);
            let source = word.span.start + rules.start..word.span.end + rules.start;
            line.words.push(Word {
                text: Span::new(start, line.text.len()),
                is_plain: stretch[word.span.range()] == *word.bytes,
                source: Span::new(source.start, source.end),
            });
        }
        Some(line)
    }

    /// The same with the line around the rules. In a configuration words stand as they like, and what `ACL LIST`
    /// printed stands between quotes.
    pub(super) fn in_line(mut self, source: &[u8], line: &Line, user: &UserLine) -> Self {
        self.whole = Some(line.span()).filter(|_| self.format == Format::Acl).and_then(|mut span| {
            // the carriage return is a part of the line end
            if source.get(span.end) == Some(&b'\n') && source[span.range()].ends_with(b"\r") {
                span.end -= 1;
            }
            let stretch = source.get(span.range()).filter(|stretch| !stretch.contains(&0))?;
            let head = format!("user {} ", user.name());
            let has_single_blanks = *stretch == *format!("{head}{}", self.text).as_bytes();
            Some(WholeLine { source: span, head, has_single_blanks })
        });
        self
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a part of the text stands; a part of a word with quotes or escapes is where the whole word is.
    pub(super) fn in_source(&self, span: Span) -> Span {
        let start = self.start(span.start);
        Span::new(start, self.end(span.end.max(span.start)).max(start))
    }

    fn start(&self, at: usize) -> usize {
        match self.words.iter().find(|word| at < word.text.end) {
            Some(word) if word.is_plain => word.source.start + at.saturating_sub(word.text.start),
            Some(word) => word.source.start,
            None => self.words.last().map_or(self.end, |word| word.source.end),
        }
    }

    fn end(&self, at: usize) -> usize {
        match self.words.iter().rfind(|word| word.text.start < at) {
            Some(word) if word.is_plain => word.source.start + at.min(word.text.end) - word.text.start,
            Some(word) => word.source.end,
            None => self.words.first().map_or(self.end, |word| word.source.start),
        }
    }

    /// What to write, and where, so that the line says the new text. `None` where the line cannot say it.
    pub(super) fn edit(&self, new: &str, blanks: Blanks) -> Option<(Range<usize>, String)> {
        if new.contains(|c: char| c.is_control()) {
            return None;
        }
        Some(match blanks {
            Blanks::Kept => self.edited(new),
            Blanks::Single => self.respaced(new),
        })
    }

    /// Words at either end that stay are not touched.
    fn edited(&self, new: &str) -> (Range<usize>, String) {
        let front = self.kept_in_front(new);
        let rest =
            self.words[..front].last().map_or(new, |last| new[last.text.end..].trim_start_matches(' '));
        let back = self.kept_behind(rest, front);
        let behind = self.words.len() - back;
        let kept = self.words.get(behind).map_or(0, |first| self.text.len() - first.text.start);
        let middle = rest[..rest.len() - kept].trim_matches(' ');
        let written: Vec<_> =
            middle.split(' ').filter(|word| !word.is_empty()).map(|word| self.written(word)).collect();
        self.placed(front, behind, written.join(" "))
    }

    /// Whether it has the blanks that a server writes. Quoted words of a configuration may stand as they like.
    pub(super) fn has_single_blanks(&self) -> bool {
        let gap = |pair: &[Word]| pair[1].source.start - pair[0].source.end;
        match &self.whole {
            Some(line) => line.has_single_blanks,
            None => self.format == Format::Config || self.words.windows(2).all(|pair| gap(pair) == 1),
        }
    }

    fn respaced(&self, new: &str) -> (Range<usize>, String) {
        match (&self.whole, self.words.first(), self.words.last()) {
            (Some(line), ..) => (line.source.range(), format!("{}{new}", line.head)),
            (None, Some(first), Some(last)) if !self.has_single_blanks() => {
                (first.source.start..last.source.end, new.to_owned())
            }
            _ => self.edited(new),
        }
    }

    fn written(&self, word: &str) -> String {
        match self.format {
            Format::Config => quoting::quoted(word.as_bytes()),
            _ => word.to_owned(),
        }
    }

    /// How many words the new text begins with.
    fn kept_in_front(&self, new: &str) -> usize {
        let stays = |word: &&Word| {
            let text = &self.text[..word.text.end];
            new.strip_prefix(text).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        self.words.iter().take_while(stays).count()
    }

    /// How many words the rest ends with, of those behind the first ones.
    fn kept_behind(&self, rest: &str, front: usize) -> usize {
        let stays = |word: &&Word| {
            let text = &self.text[word.text.start..];
            rest.strip_suffix(text).is_some_and(|before| before.is_empty() || before.ends_with(' '))
        };
        self.words[front..].iter().rev().take_while(stays).count()
    }

    /// Puts words between those in front and those from `behind` on, with the blanks that it takes.
    fn placed(&self, front: usize, behind: usize, written: String) -> (Range<usize>, String) {
        let before = self.words[..front].last().map(|word| word.source.end);
        let after = self.words.get(behind).map(|word| word.source.start);
        match (&self.words[front..behind], before, after) {
            ([], Some(before), _) if !written.is_empty() => (before..before, format!(" {written}")),
            ([], None, Some(after)) if !written.is_empty() => (after..after, format!("{written} ")),
            ([], None, None) if !written.is_empty() => (self.end..self.end, format!(" {written}")),
            ([], ..) => (self.end..self.end, String::new()),
            ([_, ..], Some(before), _) if written.is_empty() => {
                (before..self.words[behind - 1].source.end, written)
            }
            ([first, ..], None, Some(after)) if written.is_empty() => (first.source.start..after, written),
            ([first, ..], ..) => (first.source.start..self.words[behind - 1].source.end, written),
        }
    }
}

/// A word that is one rule in a text, or a part of a selector, or all of it.
fn is_rule(word: &str) -> bool {
    let is_selector = word.starts_with('(') && word.ends_with(')');
    !word.is_empty() && !word.contains(|c: char| c.is_control() || c == ' ' && !is_selector)
}

/// The words of an ACL file, without the blanks that servers trim.
fn words_between_spaces(stretch: &[u8]) -> Vec<quoting::Word<'_>> {
    let mut at = 0;
    let mut words = Vec::new();
    for word in stretch.split(|byte| *byte == b' ') {
        let is_kept = |byte: &u8| !b"\t\r\n".contains(byte);
        if let (Some(first), Some(last)) = (word.iter().position(is_kept), word.iter().rposition(is_kept)) {
            let span = Span::new(at + first, at + last + 1);
            words.push(quoting::Word { span, bytes: stretch[span.range()].into() });
        }
        at += word.len() + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Blanks, LineText};
    use crate::dialect::Engine;
    use crate::file::Format;
    use crate::span::Span;
    use alloc::borrow::ToOwned;
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn read(line: &str, format: Format) -> LineText {
        LineText::read(line.as_bytes(), Span::new(0, line.len()), format, Engine::Redis7_2.into())
            .expect("rules")
    }

    fn edited(line: &str, format: Format, new: &str) -> String {
        let (range, text) = read(line, format).edit(new, Blanks::Kept).expect("an edit");
        format!("{}{text}{}", &line[..range.start], &line[range.end..])
    }

    #[test]
    fn words_that_stay_are_not_touched() {
        let config = |new| edited("on  '~it\\'s'\t\"(+get ~\\x41)\"   +set", Format::Config, new);
        assert_eq!(config("on ~it's (+get ~A) +set"), "on  '~it\\'s'\t\"(+get ~\\x41)\"   +set");
        assert_eq!(config("on ~it's (+get ~A)"), "on  '~it\\'s'\t\"(+get ~\\x41)\"");
        assert_eq!(config("~it's (+get ~A) +set"), "'~it\\'s'\t\"(+get ~\\x41)\"   +set");
        assert_eq!(config("on (+get ~A) +set"), "on\t\"(+get ~\\x41)\"   +set");
        assert_eq!(config("on ~it's (+get) ~\"q +set"), "on  '~it\\'s'\t(+get) \"~\\\"q\"   +set");
        assert_eq!(config(""), "");
        assert_eq!(edited("", Format::Acl, "on +get"), " on +get");
        assert_eq!(edited("on\t  +get", Format::Acl, "on ~a +get"), "on ~a\t  +get");
    }

    #[test]
    fn parts_are_found_through_quotes() {
        let line = "on  '~it\\'s' +get";
        let rules = read(line, Format::Config);
        assert_eq!(rules.text(), "on ~it's +get");
        assert_eq!(&line[rules.in_source(Span::new(4, 6)).range()], "'~it\\'s'");
        assert_eq!(&line[rules.in_source(Span::new(10, 13)).range()], "get");
        assert_eq!(&line[rules.in_source(Span::new(0, 13)).range()], line);
    }

    #[test]
    fn what_no_text_says_is_not_read() {
        let is_read = |line: &[u8], format| {
            LineText::read(line, Span::new(0, line.len()), format, Engine::Redis7_2.into()).is_some()
        };
        assert!(!is_read(b"on '~a b'", Format::Config));
        assert!(!is_read(b"on \"\"", Format::Config));
        assert!(!is_read(b"on \"\\n\"", Format::Config));
        assert!(!is_read(b"on ~a\0b", Format::Acl));
        assert!(!is_read(b"on ~a\tb", Format::Acl));
        assert!(!is_read(b"on ~\xff", Format::Acl));
        assert!(is_read(b"on '(~a +get)'", Format::Config));
    }

    fn word() -> impl Strategy<Value = String> {
        prop_oneof!["on", "~[ab]\"?", "\\+[gs]et", "~é'", ">p\\\\w", "\\(\\+get ~a\\)", "\\(\\+get\\)"]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            old in prop::collection::vec((word(), any::<bool>(), "[ ]{1,2}"), 0..6),
            new in prop::collection::vec(word(), 0..6),
            is_config in any::<bool>(),
        ) {
            let format = if is_config { Format::Config } else { Format::Acl };
            let written = |(word, is_quoted, blanks): &(String, bool, String)| {
                let quoted = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
                match (is_config, is_quoted) {
                    (true, true) => format!("\"{quoted}\"{blanks}"),
                    (true, false) => word.split(' ').map(|word| crate::quoting::quoted(word.as_bytes()) + blanks).collect(),
                    _ => format!("{word}{blanks}"),
                }
            };
            let line: String = old.iter().map(written).collect();
            let line = line.trim_end();
            let new = new.join(" ");
            let words: Vec<_> = old.iter().map(|(word, ..)| &**word).collect();
            prop_assert_eq!(read(line, format).text().to_owned(), words.join(" "));
            let edited = edited(line, format, &new);
            prop_assert_eq!(read(&edited, format).text().to_owned(), new, "{} -> {}", line, edited);
        }
    }
}

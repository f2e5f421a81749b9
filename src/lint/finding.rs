//! What was found, and the edits that mend it.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::registry::Lint;
use crate::dialect::Dialects;
use crate::report::{Level, Report};
use crate::span::Span;

/// Something found in an access string.
///
/// Texts are one line each and hold no passwords.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(super) lint: &'static Lint,
    pub(super) level: Level,
    pub(super) span: Span,
    pub(super) also: Vec<Span>,
    pub(super) message: String,
    pub(super) notes: Vec<String>,
    /// Whether the first note is what the server says.
    pub(super) is_quoted: bool,
    pub(super) help: Option<String>,
    pub(super) fix: Option<Fix>,
    /// Those that have it, where only some of the dialects that were asked about do.
    pub(super) dialects: Option<Dialects>,
    /// Masked; shared by all findings about one text.
    pub(super) text: Arc<str>,
}

/// Edits that fix a finding and leave the user equivalent, which was proven with [`compare`](crate::compare()).
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fix {
    pub(super) edits: Vec<Edit>,
}

/// A stretch of the text, and what to put there.
///
/// `Debug` does not tell the replacement: it can be a copy of what stands behind a lone `>`.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Edit {
    /// What to take out.
    pub span: Span,
    /// What to put in its place.
    pub replacement: String,
}

impl Finding {
    /// What kind of finding it is.
    #[must_use]
    pub fn lint(&self) -> &'static Lint {
        self.lint
    }

    /// How much it matters: the lint's level, or what was configured.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The part of the text that it is about.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// Other parts of the text that belong to it.
    #[must_use]
    pub fn also(&self) -> &[Span] {
        &self.also
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What else there is to know: first what the server says, where that is known.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The same finding with other words of the server, or none. Whoever reads a file knows what `ACL LOAD` reports of it.
    #[must_use]
    pub fn with_quote(mut self, quote: Option<String>) -> Self {
        let known = usize::from(self.is_quoted);
        self.is_quoted = quote.is_some();
        self.notes.splice(..known, quote);
        self
    }

    /// How to mend it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The dialects that have it, where [`lint_on`](super::lint_on) was asked about several and only some do.
    #[must_use]
    pub fn dialects(&self) -> Option<&Dialects> {
        self.dialects.as_ref()
    }

    /// The edits that fix it automatically. A finding without them has more than one remedy, or one that changes what
    /// the user can do: [`help`](Self::help) names it.
    #[must_use]
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// The finding drawn under the text.
    ///
    /// ```
    /// use redis_acl::{Catalog, Engine, lint};
    ///
    /// let catalog = Catalog::from(Engine::Redis7_2);
    /// let findings = lint::lint("on ~app:* -@all +get +@string", &catalog, &lint::Config::new());
    /// assert_eq!(findings[0].report().to_string(), "\
    /// hint[redundant-rule]: `+get` changes nothing: `+@string` after it allows it too
    ///   |
    ///   | on ~app:* -@all +get +@string
    ///   |                 ^^^^ --------
    ///   = fix (equivalent): remove `+get`
    ///   = see: docs/lints.md#redundant-rule");
    /// ```
    #[must_use]
    pub fn report(&self) -> Report {
        let mut report =
            Report::new(self.message.clone(), &self.text, self.span).finding(self.level, self.lint.id);
        report = report.also(&self.also);
        for note in &self.notes {
            report = report.with("note", Some(note.clone()));
        }
        let label = if self.fix.is_some() { "fix (equivalent)" } else { "help" };
        report.with(label, self.help.clone()).with("see", Some(self.lint.page()))
    }
}

impl Fix {
    /// What to change, in the order of the text.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }
}

impl Edit {
    pub(super) fn is_deletion(&self) -> bool {
        self.replacement.is_empty()
    }
}

impl core::fmt::Debug for Edit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Edit").field("span", &self.span).finish_non_exhaustive()
    }
}

/// The text with the fixes of these findings: all of them but those that would change what another one
/// before it changes.
///
/// `text` is the one that was linted. What comes out holds the passwords that it held.
///
/// ```
/// use redis_acl::{Catalog, Engine, lint};
///
/// let catalog = Catalog::from(Engine::Redis7_2);
/// let text = "on ~app:* ~app:1 +@read +get";
/// let findings = lint::lint(text, &catalog, &lint::Config::new());
/// assert_eq!(lint::apply_fixes(text, &findings), "on ~app:* +@read");
/// ```
#[must_use]
pub fn apply_fixes<'f>(text: &str, findings: impl IntoIterator<Item = &'f Finding>) -> String {
    let mut edits: Vec<&Edit> = Vec::new();
    for fix in findings.into_iter().filter_map(Finding::fix) {
        if !fix.edits.iter().any(|edit| edits.iter().any(|taken| clash(edit, taken))) {
            edits.extend(&fix.edits);
        }
    }
    apply_edits(text, edits)
}

/// Two deletions may overlap, anything else may not so much as touch.
fn clash(a: &Edit, b: &Edit) -> bool {
    let touch = a.span.start <= b.span.end && b.span.start <= a.span.end;
    touch && !(a.is_deletion() && b.is_deletion())
}

/// The text with these edits, which do not clash.
pub(super) fn apply_edits<'e>(text: &str, edits: impl IntoIterator<Item = &'e Edit>) -> String {
    let mut edits: Vec<_> = edits.into_iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let (mut edited, mut done) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let start = edit.span.start.max(done);
        edited.push_str(&text[done..start]);
        edited.push_str(&edit.replacement);
        done = edit.span.end.max(start);
        // what now stands first needs no blank before it
        if edit.is_deletion() && (edited.is_empty() || edited.ends_with('(')) {
            done += text[done..].len() - text[done..].trim_start_matches(' ').len();
        }
    }
    edited.push_str(&text[done..]);
    edited
}

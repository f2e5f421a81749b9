//! What is found in a file, with its place.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::{Document, Entry, Problem};
use crate::dialect::Dialects;
use crate::iac::Position;
use crate::lint::{self, Config, Finding, Group};
use crate::report::Level;
use crate::span::Span;

/// A finding of the linter, or a problem of the file.
#[derive(Clone, Debug)]
pub struct Found<'d> {
    /// The finding or problem.
    pub what: What<'d>,
    /// What it is about; empty if that is the file.
    pub name: &'d str,
    /// The engines that may read the string.
    pub dialects: Option<&'d Dialects>,
    /// Its bytes in the file.
    pub range: Range<usize>,
    /// Where they begin.
    pub start: Position,
    /// Where they end.
    pub end: Position,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum What<'d> {
    /// A finding of the linter.
    Lint {
        /// The finding; its spans are places in the entry's text.
        finding: Finding,
        /// The index of the entry it was found in.
        entry: usize,
    },
    /// A problem of the file.
    Problem(&'d Problem),
}

impl Document<'_> {
    /// Everything that is found in the file, in its order. What is said of a string holds on every engine that may read
    /// it, or names those on which it does: [`lint_on`](lint::lint_on).
    #[must_use]
    pub fn lint<'d>(&'d self, config: &Config) -> Vec<Found<'d>> {
        let mut found: Vec<Found<'d>> = Vec::new();
        for (index, entry) in self.entries().iter().enumerate() {
            self.lint_entry(index, entry, config, &mut found);
        }
        // what AWS rejects of the rules, the linter reports as what the dialect rejects
        let reported: Vec<_> =
            found.iter().filter(|found| found.is_rejection()).map(|found| found.range.clone()).collect();
        let is_reported = |problem: &&Problem| {
            let touches =
                |range: &Range<usize>| range.start <= problem.range.end && problem.range.start <= range.end;
            problem.is_about_rules && reported.iter().any(touches)
        };
        let problems = self.problems().iter().filter(|problem| !is_reported(problem));
        found.extend(problems.map(|problem| Found::of_problem(self, problem, None)));
        // a text that several strings are worked out of is one mistake
        let mut seen = BTreeSet::new();
        found.retain(|found| {
            seen.insert((found.range.start, found.range.end, found.id(), found.message().to_owned()))
        });
        found.sort_by_key(|found| found.range.start);
        found
    }

    fn lint_entry<'d>(
        &'d self,
        index: usize,
        entry: &'d Entry<'_>,
        config: &Config,
        found: &mut Vec<Found<'d>>,
    ) {
        let findings = lint::lint_on(&entry.text, &entry.dialects, config);
        let is_rejected = findings.iter().any(|finding| finding.lint().group() == Group::Refused);
        // of rules that are put after others, only what is rejected is known
        let is_known = |finding: &Finding| !entry.is_fragment || finding.lint().group() == Group::Refused;
        for finding in findings.into_iter().filter(is_known) {
            let range = self.range(entry, finding.span());
            let finding = match entry.is_line() && finding.lint().group() == Group::Refused {
                true => finding.with_quote(entry.quote_of(&range)),
                false => finding,
            };
            found.push(Found {
                start: self.position(entry, finding.span()),
                end: self.position_of_byte(range.end),
                name: &entry.name,
                dialects: Some(&entry.dialects),
                range,
                what: What::Lint { finding, entry: index },
            });
        }
        if !is_rejected {
            let refused = entry.refused.iter();
            found.extend(refused.map(|problem| Found::of_problem(self, problem, Some(&entry.dialects))));
        }
    }

    /// The strings that have fixes, by their index, with all of their fixes made.
    #[must_use]
    pub fn fixes(&self, config: &Config) -> Vec<(usize, String)> {
        let entries = self.entries().iter().enumerate().filter(|(_, entry)| !entry.is_fragment);
        let fixed = entries
            .map(|(index, entry)| (index, lint::fixed_on(&entry.text, &entry.dialects, config), &entry.text));
        fixed.filter(|(_, new, old)| new != *old).map(|(index, new, _)| (index, new)).collect()
    }
}

impl<'d> Found<'d> {
    /// A problem of a document.
    #[must_use]
    pub fn of_problem(document: &Document<'_>, problem: &'d Problem, dialects: Option<&'d Dialects>) -> Self {
        let end = document.position_of_byte(problem.range.end);
        Self { end: end.max(problem.position), dialects, ..Self::of_file(problem) }
    }

    /// A problem of a file without a document.
    #[must_use]
    pub fn of_file(problem: &'d Problem) -> Self {
        Self {
            name: &problem.name,
            dialects: None,
            range: problem.range.clone(),
            start: problem.position,
            end: problem.position,
            what: What::Problem(problem),
        }
    }

    fn is_rejection(&self) -> bool {
        matches!(&self.what, What::Lint { finding, .. } if finding.lint().group() == Group::Refused)
    }

    /// The id of the lint or of the kind of problem.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match &self.what {
            What::Lint { finding, .. } => finding.lint().id(),
            What::Problem(problem) => problem.kind.id(),
        }
    }

    /// How severe it is.
    #[must_use]
    pub fn level(&self) -> Level {
        match &self.what {
            What::Lint { finding, .. } => finding.level(),
            What::Problem(problem) => problem.level(),
        }
    }

    /// What is wrong, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        match &self.what {
            What::Lint { finding, .. } => finding.message(),
            What::Problem(problem) => &problem.message,
        }
    }

    /// What else there is to know.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match &self.what {
            What::Lint { finding, .. } => finding.notes(),
            What::Problem(problem) => &problem.notes,
        }
    }

    /// How to fix it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        match &self.what {
            What::Lint { finding, .. } => finding.help(),
            What::Problem(problem) => problem.help.as_deref(),
        }
    }

    /// The part of the entry's text, for a finding of the linter.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match &self.what {
            What::Lint { finding, .. } => Some(finding.span()),
            What::Problem(_) => None,
        }
    }
}

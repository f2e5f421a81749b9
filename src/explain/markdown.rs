//! An explanation for a comment on a pull request.

use alloc::string::String;
use core::fmt::Write as _;

use super::words::{self, EVERYTHING, Row};
use super::{Explanation, Step};
use crate::report::visible;

impl Explanation {
    /// The explanation in Markdown, as GitHub and GitLab render it: a heading, lists, a table of the rules.
    ///
    /// What the string holds stands between backticks, so that no pattern is markup, mentions anybody or breaks the
    /// table.
    ///
    /// ```
    /// use redis_acl::{Engine, explain};
    ///
    /// let explanation = explain(Engine::Redis7_2, "on >secret ~app:* +config|get")?;
    /// let markdown = explanation.to_markdown();
    /// assert!(markdown.starts_with("### What this access string grants on redis-7.2\n\n`on >****** ~app:* +config|get`\n"));
    /// assert!(markdown.ends_with("| `+config\\|get` | 1 command added: `config\\|get` |\n"));
    /// # Ok::<(), redis_acl::ApplyErrors>(())
    /// ```
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let what = if self.text.is_some() { "access string" } else { "user" };
        let mut out = format!("### What this {what} grants on {}\n\n", self.dialect);
        if let Some(text) = self.text.as_deref().filter(|text| !text.is_empty()) {
            line(&mut out, &format!("{}\n", code(&visible(text))));
        }
        if self.grants_everything() {
            line(&mut out, &format!("**Grants {EVERYTHING}.**\n"));
        }
        row(&mut out, &words::login(self.login));
        for (number, grant) in self.grants.iter().enumerate() {
            match number {
                _ if self.grants.len() == 1 => {}
                0 => line(&mut out, "\n#### By its own rules\n"),
                _ => line(&mut out, &format!("\n#### Or by selector {number}\n")),
            }
            grant.rows(self.dialect).iter().for_each(|told| row(&mut out, told));
        }
        if !self.steps.is_empty() {
            line(&mut out, "\n#### Rule by rule\n\n| rule | effect |\n|---|---|");
            steps(&mut out, &self.steps, "");
        }
        out
    }
}

fn line(out: &mut String, text: &str) {
    // writing to a String never fails
    let _ = writeln!(out, "{text}");
}

fn row(out: &mut String, row: &Row) {
    line(out, &format!("- **{}:** {}", row.label, row.line.marked(code)));
    row.more.iter().for_each(|more| line(out, &format!("  - {}", more.marked(code))));
}

fn steps(out: &mut String, told: &[Step], indent: &str) {
    for step in told {
        let (rule, effect) = (code_in_table(&visible(step.rule())), step.words().marked(code_in_table));
        line(out, &format!("| {indent}{rule} | {effect} |"));
        steps(out, step.inside(), "&emsp;");
    }
}

/// A text as code.
fn code(text: &str) -> String {
    // a code span drops blanks at both ends, and cannot be empty
    match text.contains('`') || text.starts_with(' ') || text.ends_with(' ') || text.is_empty() {
        true => code_of_entities(text),
        false => format!("`{text}`"),
    }
}

/// The same in a cell of a table, which ends at a `|` even within code.
fn code_in_table(text: &str) -> String {
    // `\|` is a `|` there, so that a text with both cannot be told from another
    match text.contains('|') && text.contains('\\') {
        true => code_of_entities(text),
        false => code(text).replace('|', "\\|"),
    }
}

/// As HTML in which nothing but letters, digits and blanks stands for itself.
fn code_of_entities(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || c == ' ' => out.push(c),
            // writing to a String never fails
            c => drop(write!(out, "&#{};", u32::from(c))),
        }
    }
    out + "</code>"
}

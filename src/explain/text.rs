//! An explanation for a terminal.

use core::fmt::{self, Display, Formatter};

use super::words::{self, EVERYTHING, Row};
use super::{Explanation, Grant, Step};
use crate::report::visible;

/// Where lines are broken between words.
const WIDTH: usize = 110;

/// The width of a label with the blanks behind it.
const LABEL: usize = 11;

/// Rules that are longer push their effect to the right.
const LONGEST: usize = 40;

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.dialect)?;
        match self.text.as_deref() {
            None => {}
            Some("") => f.write_str(": an empty string")?,
            Some(text) => write!(f, ": {}", visible(text))?,
        }
        if self.grants_everything() {
            write!(f, "\n\ngrants {EVERYTHING}")?;
        }
        writeln!(f)?;
        row(&words::login(self.login), f)?;
        for (number, grant) in self.grants.iter().enumerate() {
            self.grant(number, grant, f)?;
        }
        if !self.steps.is_empty() {
            f.write_str("\n\nrule by rule")?;
            steps(&self.steps, 1, f)?;
        }
        Ok(())
    }
}

impl Explanation {
    fn grant(&self, number: usize, grant: &Grant, f: &mut Formatter<'_>) -> fmt::Result {
        match number {
            _ if self.grants.len() == 1 => {}
            0 => f.write_str("\n\nby its own rules")?,
            _ => write!(f, "\n\nor by selector {number}")?,
        }
        grant.rows(self.dialect).iter().try_for_each(|told| row(told, f))
    }
}

fn row(row: &Row, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "\n{:LABEL$}", row.label)?;
    fill(&row.line.plain(), f)?;
    row.more.iter().try_for_each(|line| {
        write!(f, "\n{:LABEL$}", "")?;
        fill(&line.plain(), f)
    })
}

/// The text, broken where it would be too wide.
fn fill(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let mut column = LABEL;
    for (place, word) in text.split(' ').enumerate() {
        let width = word.chars().count();
        match place {
            0 => {}
            _ if column + 1 + width > WIDTH => {
                write!(f, "\n{:1$}", "", LABEL + 2)?;
                column = LABEL + 2;
            }
            _ => {
                f.write_str(" ")?;
                column += 1;
            }
        }
        f.write_str(word)?;
        column += width;
    }
    Ok(())
}

/// A line for each rule; those of a selector stand below it.
fn steps(told: &[Step], depth: usize, f: &mut Formatter<'_>) -> fmt::Result {
    let rule = |step: &Step| visible(step.rule()).into_owned();
    let width = told.iter().map(|step| rule(step).chars().count()).filter(|width| *width <= LONGEST).max();
    let (width, indent) = (width.unwrap_or(LONGEST), 2 * depth);
    for step in told {
        write!(f, "\n{:indent$}{:width$}  {}", "", rule(step), step.effect())?;
        steps(step.inside(), depth + 1, f)?;
    }
    Ok(())
}

//! `--output table` of the AWS CLI: a section for each structure and each list, boxes in boxes.

use std::collections::BTreeSet;

use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthChar;

use super::tree::Tree;

/// The error for a table that cannot be drawn; the AWS CLI fails as well.
const UNEVEN: &str = "--output table: the rows of a list have different lengths";

/// The style of a table.
#[derive(Clone, Copy)]
pub(super) struct Drawing {
    /// The width of the terminal. Wider tables show each row as a list of headers and values.
    pub(super) width: usize,
    pub(super) values: Style,
    pub(super) edges: Style,
}

impl Drawing {
    pub(super) const fn plain(width: usize) -> Self {
        Self { width, values: Style::new(), edges: Style::new() }
    }

    /// Whether values are bright blue and the edges of inner boxes dim yellow.
    pub(super) fn coloured(width: usize) -> Self {
        let of = |colour: AnsiColor, effects| Style::new().fg_color(Some(colour.into())).effects(effects);
        let values = of(AnsiColor::Blue, Effects::BOLD);
        Self { width, values, edges: of(AnsiColor::Yellow, Effects::DIMMED) }
    }
}

/// The lines of a value; none if the value is empty.
pub(super) fn lines(title: &str, value: &Tree, drawing: Drawing) -> Result<String, String> {
    let mut table = Table { sections: Vec::new() };
    match table.add(Some(title), value, 0)? {
        true => Ok(table.drawn(drawing)),
        false => Ok(String::new()),
    }
}

#[derive(Default)]
struct Section {
    title: String,
    headers: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The number of boxes around it.
    depth: usize,
    /// The widths of the columns' longest cells.
    widths: Vec<usize>,
}

struct Table {
    sections: Vec<Section>,
}

/// The width of a text in columns, as the AWS CLI counts it: two for characters that are wide in East Asian scripts,
/// also for those that are narrow elsewhere.
fn length(text: &str) -> usize {
    text.chars().map(|c| UnicodeWidthChar::width_cjk(c).unwrap_or(1).max(1)).sum()
}

// ---------------------------------------------------------------------------------------------------
// Sections

impl Table {
    /// Adds the contents of a value, and returns whether it has any.
    fn add(&mut self, title: Option<&str>, value: &Tree, depth: usize) -> Result<bool, String> {
        if value.is_nothing() {
            return Ok(false);
        }
        if let Some(title) = title {
            self.section(title, depth);
        }
        match value {
            Tree::List(items) if matches!(items[0], Tree::Map(_)) => {
                self.structures(title.unwrap_or_default(), items, depth)?;
            }
            Tree::List(items) => items.iter().try_for_each(|item| self.item(item))?,
            Tree::Map(members) => self.structure(members, depth)?,
            _ => {}
        }
        Ok(true)
    }

    fn section(&mut self, title: &str, depth: usize) {
        self.sections.push(Section { title: title.into(), depth, ..Section::default() });
    }

    fn last(&mut self) -> &mut Section {
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        self.sections.last_mut().expect("there is one")
    }

    /// An item of a list that is not a structure.
    fn item(&mut self, item: &Tree) -> Result<(), String> {
        match item {
            Tree::List(cells) if cells.iter().all(Tree::is_scalar) => {
                self.last().row(cells.iter().map(Tree::shown).collect())
            }
            Tree::List(_) => self.add(None, item, 0).map(|_| ()),
            Tree::Map(members) => self.last().row(members.iter().map(|(name, _)| name.clone()).collect()),
            scalar => self.last().row(vec![scalar.shown()]),
        }
    }

    fn structure(&mut self, members: &[(String, Tree)], depth: usize) -> Result<(), String> {
        let (scalars, others) = names(members.iter());
        let value_of = |name: &str| value_of(members, name).map(Tree::shown).unwrap_or_default();
        let values: Vec<_> = scalars.iter().map(|name| value_of(name)).collect();
        match &scalars.iter().collect::<Vec<_>>()[..] {
            [] => {}
            [only] => self.last().row(vec![(**only).into(), value_of(only)])?,
            _ => {
                self.last().head(scalars.iter().map(|name| (*name).into()).collect());
                self.last().row(values)?;
            }
        }
        for name in others {
            self.add(Some(name), value_of_other(members, name), depth + 1)?;
        }
        Ok(())
    }

    fn structures(&mut self, title: &str, items: &[Tree], depth: usize) -> Result<(), String> {
        let mut all = Vec::new();
        for item in items {
            let Tree::Map(members) = item else { return Err(UNEVEN.into()) };
            all.push(members);
        }
        let (mut scalars, mut others) = (BTreeSet::new(), BTreeSet::new());
        for members in &all {
            let (of_scalars, of_others) = names(members.iter());
            scalars.extend(of_scalars);
            others.extend(of_others);
        }
        let headers: Vec<String> = scalars.iter().map(|name| (*name).into()).collect();
        self.last().head(headers.clone());
        for (number, members) in all.into_iter().enumerate() {
            if number > 0 && !others.is_empty() {
                self.section(title, depth);
                self.last().head(headers.clone());
            }
            let cell = |name: &&str| value_of(members, name).map(Tree::shown).unwrap_or_default();
            self.last().row(scalars.iter().map(cell).collect())?;
            for name in &others {
                if let Some(value) = value_of(members, name) {
                    self.add(Some(name), value, depth + 1)?;
                }
            }
        }
        Ok(())
    }
}

fn value_of<'m>(members: &'m [(String, Tree)], name: &str) -> Option<&'m Tree> {
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn value_of_other<'m>(members: &'m [(String, Tree)], name: &str) -> &'m Tree {
    value_of(members, name).unwrap_or(&Tree::Null)
}

/// The sorted names of the scalars, and those of the lists and structures.
fn names<'m>(members: impl Iterator<Item = &'m (String, Tree)>) -> (BTreeSet<&'m str>, BTreeSet<&'m str>) {
    let (scalars, others): (Vec<_>, Vec<_>) = members.partition(|(_, value)| value.is_scalar());
    let names =
        |members: Vec<&'m (String, Tree)>| members.into_iter().map(|(name, _)| name.as_str()).collect();
    (names(scalars), names(others))
}

impl Section {
    fn head(&mut self, headers: Vec<String>) {
        self.widen(&headers);
        self.headers = headers;
    }

    fn row(&mut self, cells: Vec<String>) -> Result<(), String> {
        let columns = self.rows.first().map_or(self.headers.len(), Vec::len);
        if columns > 0 && columns != cells.len() {
            return Err(UNEVEN.into());
        }
        self.widen(&cells);
        self.rows.push(cells);
        Ok(())
    }

    fn widen(&mut self, cells: &[String]) {
        self.widths.resize(self.widths.len().max(cells.len()), 0);
        for (width, cell) in self.widths.iter_mut().zip(cells) {
            *width = length(cell).max(*width);
        }
    }

    /// Puts the headers of a section with a single row in one column and the values in another.
    fn turned(self) -> Self {
        if self.rows.len() != 1 || self.headers.is_empty() {
            return self;
        }
        let mut turned = Self { title: self.title, depth: self.depth, ..Self::default() };
        for row in self.headers.into_iter().zip(self.rows.into_iter().flatten()) {
            let row = vec![row.0, row.1];
            turned.widen(&row);
            turned.rows.push(row);
        }
        turned
    }
}

// ---------------------------------------------------------------------------------------------------
// Drawing

/// The width of the blanks on both sides of a cell and of its right edge.
const PADDING: usize = 4;

impl Table {
    fn drawn(mut self, drawing: Drawing) -> String {
        if self.width() > drawing.width {
            self.sections = self.sections.into_iter().map(Section::turned).collect();
        }
        let width = self.width();
        let mut lines = format!("{}\n", "-".repeat(width));
        self.sections.iter().for_each(|section| section.draw(width, drawing, &mut lines));
        lines
    }

    fn width(&self) -> usize {
        self.sections.iter().map(Section::width).max().unwrap_or_default()
    }
}

impl Section {
    fn width(&self) -> usize {
        let edges = 2 + 2 * self.depth;
        let cells: usize = self.widths.iter().map(|width| width + PADDING).sum();
        (cells + edges).max(length(&self.title) + edges)
    }

    fn draw(&self, width: usize, drawing: Drawing, to: &mut String) {
        let width = width.saturating_sub(2 * self.depth);
        let edges = (0..self.depth).map(|_| format!("{0}|{0:#}", drawing.edges)).collect::<String>();
        let mut line = |text: &str| {
            to.push_str(&format!("{edges}{text}{edges}\n"));
        };
        if !self.title.is_empty() {
            line(&centred(&self.title, width, "|"));
            if self.headers.is_empty() && self.rows.is_empty() {
                line(&format!("+{}+", "-".repeat(width.saturating_sub(2))));
            }
        }
        let columns = self.columns(width);
        if !self.headers.is_empty() {
            line(&border(&columns));
            let cells = columns.iter().zip(&self.headers).enumerate();
            line(
                &cells
                    .map(|(number, (width, header))| centred(header, *width, left_edge(number)))
                    .collect::<String>(),
            );
        }
        if !self.rows.is_empty() && !columns.is_empty() {
            line(&border(&columns));
            for row in &self.rows {
                let cells = columns.iter().zip(row).enumerate();
                let cell = |(number, (width, cell)): (usize, (&usize, &String))| {
                    aligned(cell, *width, left_edge(number), drawing.values)
                };
                line(&cells.map(cell).collect::<String>());
            }
            line(&border(&columns));
        }
    }

    /// The widths of the columns, stretched so that they fill the width.
    fn columns(&self, width: usize) -> Vec<usize> {
        let cells: Vec<_> = self.widths.iter().map(|cell| cell + PADDING).collect();
        let sum: usize = cells.iter().sum();
        if sum == 0 {
            return cells;
        }
        let factor = width as f64 / sum as f64;
        let mut scaled: Vec<_> =
            cells.iter().map(|cell| (factor * *cell as f64).round_ties_even() as usize).collect();
        let last = scaled.len() - 1;
        let mut at = 0;
        // rounding can exceed the width: the first columns shrink; it can fall short: the last one grows
        while scaled.iter().sum::<usize>() != width {
            match scaled.iter().sum::<usize>() > width {
                true => scaled[at % (last + 1)] -= 1,
                false => scaled[last - at % (last + 1)] += 1,
            }
            at += 1;
        }
        scaled
    }
}

/// Only the first cell of a row has an edge on the left.
fn left_edge(number: usize) -> &'static str {
    if number == 0 { "|" } else { "" }
}

fn border(columns: &[usize]) -> String {
    let part = |(number, width): (usize, &usize)| match number {
        0 => format!("+{}+", "-".repeat(width.saturating_sub(2))),
        _ => format!("{}+", "-".repeat(width.saturating_sub(1))),
    };
    columns.iter().enumerate().map(part).collect()
}

fn centred(text: &str, width: usize, left: &str) -> String {
    let (width, size) = (width as isize, length(text) as isize);
    let before = width / 2 - size / 2 - 1;
    let behind = width - 1 - (left.len() as isize + before + size);
    let blanks = |count: isize| " ".repeat(count.max(0) as usize);
    format!("{left}{}{text}{}|", blanks(before), blanks(behind))
}

fn aligned(text: &str, width: usize, left: &str, style: Style) -> String {
    let size = length(text);
    let padding = if width >= size + 3 + left.len() { 2 } else { 0 };
    let behind = width.saturating_sub(left.len() + padding + size + 1);
    format!("{left}{}{style}{text}{style:#}{}|", " ".repeat(padding), " ".repeat(behind))
}

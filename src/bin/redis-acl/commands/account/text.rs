//! `--output text` of the AWS CLI: a line of values with tabs between them, for each structure and each list.

use std::collections::BTreeSet;

use super::tree::Tree;

/// The lines of a value.
pub(super) fn lines(value: &Tree) -> String {
    let mut lines = String::new();
    add(&mut lines, value, None, None);
    lines
}

/// Adds a value under the name of its member, if it has one. Structures in a list have the same columns.
fn add(to: &mut String, value: &Tree, name: Option<&str>, columns: Option<&BTreeSet<&str>>) {
    match value {
        Tree::Map(members) => add_map(to, members, name, columns),
        Tree::List(items) => add_list(to, items, name),
        scalar => add_line(to, None, vec![scalar.shown()]),
    }
}

/// A line: the name of the member in upper case, then the values.
fn add_line(to: &mut String, name: Option<&str>, values: Vec<String>) {
    let cells: Vec<_> = name.map(str::to_uppercase).into_iter().chain(values).collect();
    to.push_str(&cells.join("\t"));
    to.push('\n');
}

fn add_list(to: &mut String, items: &[Tree], name: Option<&str>) {
    if items.iter().any(|item| matches!(item, Tree::Map(_))) {
        let columns = scalar_names(items);
        return items.iter().for_each(|item| add(to, item, name, Some(&columns)));
    }
    let (scalars, others): (Vec<_>, Vec<_>) = items.iter().partition(|item| item.is_scalar());
    let shown = scalars.iter().map(|item| item.shown());
    match name {
        Some(_) => shown.for_each(|value| add_line(to, name, vec![value])),
        None if scalars.is_empty() => {}
        None => add_line(to, None, shown.collect()),
    }
    others.iter().for_each(|item| add(to, item, name, None));
}

fn add_map(
    to: &mut String,
    members: &[(String, Tree)],
    name: Option<&str>,
    columns: Option<&BTreeSet<&str>>,
) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let value_of =
        |column: &str| sorted.iter().find(|(key, _)| key == column).map(|(_, value)| value.shown());
    let (line, others): (Vec<String>, Vec<_>) = match columns {
        Some(columns) => (
            columns.iter().map(|column| value_of(column).unwrap_or_default()).collect(),
            sorted.iter().copied().filter(|(key, _)| !columns.contains(key.as_str())).collect(),
        ),
        None => {
            let (scalars, others): (Vec<_>, Vec<_>) =
                sorted.iter().copied().partition(|(_, value)| value.is_scalar());
            (scalars.iter().map(|(_, value)| value.shown()).collect(), others)
        }
    };
    if !line.is_empty() {
        add_line(to, name, line);
    }
    others.iter().for_each(|(key, value)| add(to, value, Some(key), None));
}

/// The names of the members that are scalars in some structure of the list.
fn scalar_names(items: &[Tree]) -> BTreeSet<&str> {
    let members = items.iter().flat_map(|item| match item {
        Tree::Map(members) => members.as_slice(),
        _ => &[],
    });
    members.filter(|(_, value)| value.is_scalar()).map(|(name, _)| name.as_str()).collect()
}

//! `--query`: JMESPath. The crate sorts the members of objects; the AWS CLI keeps their order.

use std::collections::{BTreeMap, BTreeSet};

use jmespath::ast::Ast;
use jmespath::{Expression, Variable};
use serde_json::Value;

use super::tree::Tree;

/// An expression that was read.
pub(super) struct Query {
    expression: Expression<'static>,
}

impl Query {
    /// The error does not repeat the expression.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expression = jmespath::compile(&with_quoted_literals(text))
            .map_err(|error| format!("--query: not a JMESPath expression, at column {}", error.column + 1))?;
        Ok(Self { expression })
    }

    pub(super) fn search(&self, of: &Tree) -> Result<Tree, String> {
        let failed = |error: &dyn std::fmt::Display| format!("--query: {error}");
        let data = Variable::from_serializable(of).map_err(|error| failed(&error.reason))?;
        let found = self.expression.search(data).map_err(|error| failed(&error.reason))?;
        let found = Tree::of(&*found).map_err(|error| failed(&error))?;
        let mut orders = Orders::default();
        orders.of_expression(self.expression.as_ast());
        orders.of_value(of);
        Ok(orders.restored(found))
    }
}

/// The expression with quotes around literals that are not JSON. The AWS CLI reads `` `redis` `` as `` `"redis"` ``.
fn with_quoted_literals(text: &str) -> String {
    let (mut quoted, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(['`', '\'', '"']) {
        let (before, opened) = rest.split_at(start);
        let quote = opened.chars().next().unwrap_or_default();
        let Some(end) = closing(opened, quote) else { break };
        let (inside, after) = (&opened[1..end], &opened[end + 1..]);
        quoted.push_str(before);
        quoted.push_str(&match quote == '`'
            && serde_json::from_str::<Value>(&inside.replace("\\`", "`")).is_err()
        {
            true => format!("`{}`", Value::from(inside.trim_start())),
            false => format!("{quote}{inside}{quote}"),
        });
        rest = after;
    }
    quoted + rest
}

/// Where the quote that opens a text is closed; a backslash escapes it.
fn closing(opened: &str, quote: char) -> Option<usize> {
    let mut chars = opened.char_indices().skip(1);
    while let Some((place, c)) = chars.next() {
        match c {
            '\\' => drop(chars.next()),
            c if c == quote => return Some(place),
            _ => {}
        }
    }
    None
}

/// The order of an object's members, found by the set of its names. Objects that the expression makes come first.
#[derive(Default)]
struct Orders(BTreeMap<BTreeSet<String>, Vec<String>>);

impl Orders {
    fn add(&mut self, names: impl Iterator<Item = String>) {
        let names: Vec<_> = names.collect();
        self.0.entry(names.iter().cloned().collect()).or_insert(names);
    }

    fn of_value(&mut self, value: &Tree) {
        match value {
            Tree::List(items) => items.iter().for_each(|item| self.of_value(item)),
            Tree::Map(members) => {
                self.add(members.iter().map(|(name, _)| name.clone()));
                members.iter().for_each(|(_, value)| self.of_value(value));
            }
            _ => {}
        }
    }

    fn of_expression(&mut self, ast: &Ast) {
        match ast {
            Ast::MultiHash { elements, .. } => {
                self.add(elements.iter().map(|element| element.key.clone()));
                elements.iter().for_each(|element| self.of_expression(&element.value));
            }
            Ast::Comparison { lhs, rhs, .. }
            | Ast::Projection { lhs, rhs, .. }
            | Ast::And { lhs, rhs, .. }
            | Ast::Or { lhs, rhs, .. }
            | Ast::Subexpr { lhs, rhs, .. } => {
                [lhs, rhs].into_iter().for_each(|side| self.of_expression(side))
            }
            Ast::Condition { predicate, then, .. } => {
                [predicate, then].into_iter().for_each(|part| self.of_expression(part));
            }
            Ast::Expref { ast: node, .. }
            | Ast::Flatten { node, .. }
            | Ast::Not { node, .. }
            | Ast::ObjectValues { node, .. } => self.of_expression(node),
            Ast::Function { args: parts, .. } | Ast::MultiList { elements: parts, .. } => {
                parts.iter().for_each(|part| self.of_expression(part));
            }
            Ast::Identity { .. }
            | Ast::Field { .. }
            | Ast::Index { .. }
            | Ast::Literal { .. }
            | Ast::Slice { .. } => {}
        }
    }

    fn restored(&self, found: Tree) -> Tree {
        match found {
            Tree::List(items) => Tree::List(items.into_iter().map(|item| self.restored(item)).collect()),
            Tree::Map(mut members) => {
                let order = self.0.get(&members.iter().map(|(name, _)| name.clone()).collect());
                members.sort_by_key(|(name, _)| {
                    order.and_then(|order| order.iter().position(|other| other == name))
                });
                Tree::Map(members.into_iter().map(|(name, value)| (name, self.restored(value))).collect())
            }
            scalar => scalar,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_quoted_literals;

    #[test]
    fn literals_that_are_not_json_are_texts() {
        for (text, read) in [
            ("Users[?Engine==`redis`].UserId", "Users[?Engine==`\"redis\"`].UserId"),
            ("a[?b==`\"redis\"` && c==`1` && d=='`x`']", "a[?b==`\"redis\"` && c==`1` && d=='`x`']"),
            ("`[1]` || `a b`", "`[1]` || `\"a b\"`"),
            ("`open", "`open"),
        ] {
            assert_eq!(with_quoted_literals(text), read);
        }
    }
}

//! `--query`: JMESPath. The crate sorts the members of objects; the AWS CLI keeps their order.

use std::collections::{BTreeMap, BTreeSet};

use jmespath::ast::Ast;
use jmespath::{Expression, Variable};

use super::tree::Tree;

/// An expression that was read.
pub(super) struct Query {
    expression: Expression<'static>,
}

impl Query {
    /// The error does not repeat the expression.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expression = jmespath::compile(text)
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
